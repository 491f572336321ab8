"""Drawing to page, in one exact pass: grey image, instance ids in two layers, boxes of whole symbols.

`raster.py` is the compiled kernel, `page.py` puts what it finds into a `Page`.
"""

from notehead.draw.page import draw

__all__ = ["draw"]
