"""The report of a reading: one web page, without other files, of pages beside the music that was read.

`marked.py` marks the music for Verovio, `drawing.py` takes what Verovio drew, `picture.py` and `scan.py` make
the page with its symbols, `html.py` fills `report.html`. Names come from strangers' files: all are escaped.
"""

from notehead.reading.report.html import Finding, write_reading

__all__ = ["Finding", "write_reading"]
