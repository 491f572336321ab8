"""Drawing to page, in one exact pass: grey image, instance ids in two layers, boxes of whole symbols.

`raster.py` is the compiled kernel, `extents.py` finds boxes, `page.py` puts both into a `Page`,
`canvas.py` keeps the memory.
"""

from notehead.draw.canvas import Canvas
from notehead.draw.page import draw

__all__ = ["Canvas", "draw"]
