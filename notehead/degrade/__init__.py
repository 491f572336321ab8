"""Pages as if printed, scanned or photographed: `degrade` takes a `Page` and gives a `Page`.

A recipe (`recipes.py`) is a row of steps. Steps that move pixels (`geometry.py`, by `warp.py`) move boxes,
oriented boxes, masks and staff lines along; the others (`ink.py`, `paper.py`, `optics.py`, `marks.py`)
change the image alone. All is drawn from a seed.
"""

from notehead.degrade.recipe import Recipe, Step, degrade
from notehead.degrade.recipes import RECIPES, check_recipes

__all__ = ["RECIPES", "Recipe", "Step", "check_recipes", "degrade"]
