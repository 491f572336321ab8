"""Verovio (LGPL-3), the default engraver: MusicXML, MEI and Humdrum in, five SMuFL fonts.

`engraver.py` drives the toolkit, `svg.py` reads what it draws, `music.py` what the score says,
`annotate.py` brings both together.
"""

from notehead.engrave.verovio.engraver import VerovioEngraver

__all__ = ["VerovioEngraver"]
