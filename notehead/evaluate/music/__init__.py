"""Recognised music against the true music, both as MusicXML.

Notes by pitch, duration and onset (`notes.py`), clefs, keys, time signatures, measures that add up
(`adding_up.py`); the error rates that the field reports: TEDn (`tedn.py`), the symbol error rate of LMX
(`lmx_symbols.py`), OMR-NED (`omr_ned.py`).
"""

from notehead.evaluate.music.comparing import MusicComparer, MusicOptions, evaluate_music
from notehead.evaluate.music.counts import Matches, Share
from notehead.evaluate.music.figures import METRICS, MusicFigures, ScoreFigures
from notehead.evaluate.music.notes import CRITERIA, NoteComparison

__all__ = [
    "CRITERIA",
    "METRICS",
    "Matches",
    "MusicComparer",
    "MusicFigures",
    "MusicOptions",
    "NoteComparison",
    "ScoreFigures",
    "Share",
    "evaluate_music",
]
