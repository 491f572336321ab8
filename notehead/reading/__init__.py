"""Pages to a file of music: what `notehead read` does, for the command line and for Python.

`sources.py` finds what is to be read, `leaves.py` brings each page to symbols and sets it upright, `music.py`
makes music of them; `files.py` writes it as MusicXML, MEI or MIDI, and `report` shows it beside the pages.
"""

from notehead.reading.leaves import ReadingOptions
from notehead.reading.music import read

__all__ = ["ReadingOptions", "read"]
