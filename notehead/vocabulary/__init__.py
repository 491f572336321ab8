"""The classes of music symbols: one table (`classes.csv`), everything else derives from it.

A class is named as in DeepScoresV2 where V2 has it (with `ledgerLine` for `legerLine`), and after
SMuFL where V2 lacks it. Beside the name stand V2's id and grey value, MUSCIMA++'s class, DeepScores
v1's name and the SMuFL glyphs that draw it.
"""

from notehead.vocabulary.table import VOCABULARY, SymbolClass, Vocabulary

__all__ = ["VOCABULARY", "SymbolClass", "Vocabulary"]
