"""Pages to music: `transcribe` takes pages and gives a `Score`, `to_musicxml` writes one.

In the order of the work: staves (`staves.py`) and what stands on them (`placing.py`), systems, measures,
chords and rests (`chords.py`, `stem_heads.py`, `beams.py`, `dots.py`, `cues.py`), tuplets, ties: together a
`Sheet`.
What hangs at notes (`marks.py`, `slurs.py`, `graces.py`) and at staves (`directions.py`, `voltas.py`);
clefs, keys (`beginnings.py`) and accidentals to pitches (`pitches.py`); meters and columns to onsets
(`rhythm.py`), with what pages do not say: barlines (`undrawn.py`), meters (`usual_length.py`), numbers of
tuplets (`unmarked.py`); how surely all this is right (`evidence.py`, `confidence.py`); voices.
`parts.py` joins the staves of systems, `system_reader.py` and `book.py` put all together. `links.py` says
what belongs to what.
"""

from notehead.transcribe.linked import linked
from notehead.transcribe.links import links_of
from notehead.transcribe.musicxml import from_musicxml, to_musicxml
from notehead.transcribe.score import Chord, Direction, Measure, Note, Part, Score
from notehead.transcribe.transcriber import transcribe

__all__ = [
    "Chord",
    "Direction",
    "Measure",
    "Note",
    "Part",
    "Score",
    "from_musicxml",
    "linked",
    "links_of",
    "to_musicxml",
    "transcribe",
]
