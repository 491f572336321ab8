"""The clef, the key and the meter that true symbols of one staff, beside each other, make."""

from __future__ import annotations

from notehead.page import ABSENT, Symbols

CLEFS = {
    "clefG": "G", "clefF": "F", "clefC": "C", "clefCAlto": "C", "clefCTenor": "C",
    "clefUnpitchedPercussion": "percussion",
}  # fmt: skip
OCTAVES = {"clef8": 1, "clef15": 2}
KEYS = {"keySharp": 1, "keyFlat": -1, "keyNatural": 0}
_NEAR = 2.0
"""Staff spaces between a clef and its number at most."""


Clef = tuple[str, int, int]
"""Sign, position of the line that it names, octaves."""
Meter = tuple[int, int]


def clef_among(symbols: Symbols, space: float) -> Clef | None:
    """The last clef among symbols."""
    rows = [k for k, name in enumerate(symbols.names) if name in CLEFS and symbols.position[k] != ABSENT]
    if not rows:
        return None
    row = max(rows, key=lambda k: symbols.box[k, 0])
    x0, y0, x1, y1 = symbols.box[row].tolist()
    octaves = 0
    for mark in symbols.named(*OCTAVES):
        a0, b0, a1, b1 = mark.box
        reach = _NEAR * space
        if a0 <= x1 and a1 >= x0 and b0 <= y1 + reach and b1 >= y0 - reach:
            octaves = OCTAVES[mark.name] * (1 if b0 + b1 < y0 + y1 else -1)
    return CLEFS[symbols[row].name], int(symbols.position[row]), octaves


def key_among(symbols: Symbols) -> int | None:
    """The key signature among symbols; one of naturals alone is of no accidentals."""
    marks = [KEYS[name] for name in symbols.names if name in KEYS]
    return sum(marks) if marks else None


def meter_among(symbols: Symbols) -> Meter | None:
    """The time signature among symbols: digits above each other, or a sign."""
    names = symbols.names
    if "timeSigCommon" in names:
        return 4, 4
    if "timeSigCutCommon" in names:
        return 2, 2
    digits = [
        (symbols[k].box, name) for k, name in enumerate(names) if name[7:].isdigit() and name[:7] == "timeSig"
    ]
    if not digits:
        return None
    heights = [(box[1] + box[3]) / 2 for box, _ in digits]
    middle = (min(heights) + max(heights)) / 2
    rows = [
        "".join(
            name[7:] for (box, name), y in sorted(zip(digits, heights, strict=True)) if (y < middle) == upper
        )
        for upper in (True, False)
    ]
    plus = any(name in {"timeSigPlus", "timeSigOther"} for name in names)
    return None if plus or not all(rows) or max(heights) == min(heights) else (int(rows[0]), int(rows[1]))
