"""MuseScore 3 as an engraver."""

from notehead.engrave.musescore.engraver import MuseScoreEngraver

__all__ = ["MuseScoreEngraver"]
