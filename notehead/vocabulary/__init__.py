"""The classes of music symbols: one table (`classes.csv`), everything else derives from it.

A class is named as in DeepScoresV2 where V2 has it (with `ledgerLine` for `legerLine`), and after
SMuFL where V2 lacks it. Beside the name stand V2's id and grey value, MUSCIMA++'s class, DeepScores
v1's name and the SMuFL glyphs that draw it. `sets.py` has the vocabularies of published datasets,
`mapping.py` leads from one to another.
"""

from notehead.vocabulary.mapping import ClassMap, class_map, read_class_map
from notehead.vocabulary.sets import SETS, named_vocabulary
from notehead.vocabulary.table import VOCABULARY, SymbolClass, Vocabulary

__all__ = [
    "SETS",
    "VOCABULARY",
    "ClassMap",
    "SymbolClass",
    "Vocabulary",
    "class_map",
    "named_vocabulary",
    "read_class_map",
]
