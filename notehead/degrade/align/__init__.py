"""A known page found again on a scan of it, so that its annotations hold there.

`alignment.py` is the door. The ink of both (`ink.py`) is laid over each other roughly (`coarse.py`); then
patches of the page are looked for on the scan (`patches.py`), finer and finer, and a smooth displacement
(`field.py`) is fitted to what they say (`fit.py`), all of it in `register.py`. How uncertain it is where
nothing agrees is in `doubt.py`.
"""

from notehead.degrade.align.alignment import Alignment, AlignOptions, align

__all__ = ["AlignOptions", "Alignment", "align"]
