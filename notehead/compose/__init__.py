"""Scores made up so that every class of the vocabulary appears about equally often.

Music as people write it holds ten thousand noteheads for each 1024th rest. `compose` writes a short score
in MEI from a row of **ideas**: small pieces of notation, each there for one class (`ideas/`). Every class is
dealt equally often, like cards from a deck that is shuffled anew when it is empty, so any run of scores is
balanced. What is written is engraved like any other score.
"""

from notehead.compose.folder import compose_scores, is_composed
from notehead.compose.ideas import FRAME_IDEAS, MUSIC_IDEAS
from notehead.compose.score import compose

__all__ = ["FRAME_IDEAS", "MUSIC_IDEAS", "compose", "compose_scores", "is_composed"]
