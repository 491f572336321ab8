"""Which symbol is drawn over which, whatever the engraver."""

from __future__ import annotations

from notehead.vocabulary import VOCABULARY

_LAYERS = (
    ("staff",),
    ("barline", "repeatLeft", "repeatRight"),
    ("ledgerLine",),
    ("stem", "graceNoteSlash"),
    ("beam", "tremoloTwoNote"),
    ("slur", "tie"),
    ("dynamicCrescendoHairpin", "dynamicDiminuendoHairpin"),
    ("brace", "bracket", "tupletBracket", "ottavaBracket", "voltaBracket", "pedalLine", "glissando", "lyric"),
)
_GLYPH_LAYER, _TEXT_LAYER, _COMPOUND_LAYER = len(_LAYERS), len(_LAYERS) + 1, len(_LAYERS) + 2


def _layer(name: str, kind: str) -> int:
    """Drawing order of a class: what stands first is covered by what follows."""
    if kind == "text":
        return _TEXT_LAYER
    if kind == "compound":
        return _COMPOUND_LAYER
    for layer, starts in enumerate(_LAYERS):
        if name.startswith(starts) and name != "textExtender":
            return layer
    return _GLYPH_LAYER


LAYER: dict[str, int] = {row.name: _layer(row.name, row.kind) for row in VOCABULARY.classes}
"""Drawing order by class name: what has a higher number covers what has a lower one."""
