"""LilyPond (GPL-3, a program of its own) as the second engraver: MusicXML in, the font Emmentaler.

`musicxml.py` makes a score harmless, `program.py` runs the programs within limits, `layout.py` writes
the style as LilyPond code, `tags.ily` names everything that is drawn, `svg.py` reads it,
`classify.py` and `annotate.py` make symbols of it.
"""

from notehead.engrave.lilypond.engraver import LilyPondEngraver

__all__ = ["LilyPondEngraver"]
