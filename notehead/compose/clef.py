"""`Clef`: from a place on the staff to the pitch that stands there."""

from __future__ import annotations

from dataclasses import dataclass

from notehead.page import STEPS

_REFERENCE = {"G": 32, "F": 24, "C": 28}
_KEY_ORDER = {"s": "FCGDAEB", "f": "BEADGCF"}


@dataclass(frozen=True, slots=True)
class Clef:
    """A clef: shape G, F, C or perc, its line from 1 at the bottom, octaves that its digit moves it.

    Example:
        >>> Clef().pitch(-6), Clef("F", 4).pitch(0)
        (('C', 4), ('D', 3))
    """

    shape: str = "G"
    line: int = 2
    octaves: int = 0

    @property
    def pitched(self) -> bool:
        """Whether its notes have a pitch."""
        return self.shape in _REFERENCE

    def pitch(self, position: int) -> tuple[str, int]:
        """Step and octave of a note, from half staff spaces above the middle line."""
        diatonic = _REFERENCE[self.shape] - 2 * (self.line - 3) + 7 * self.octaves + position
        return STEPS[diatonic % 7], diatonic // 7

    def attributes(self, prefix: str = "") -> str:
        """As attributes of `<clef>`, or with the prefix `clef.` of `<staffDef>`."""
        text = f'{prefix}shape="{self.shape}" {prefix}line="{self.line}"'
        if self.octaves:
            way = "above" if self.octaves > 0 else "below"
            text += f' {prefix}dis="{1 + 7 * abs(self.octaves)}" {prefix}dis.place="{way}"'
        return text


def key_alterations(signature: str) -> dict[str, str]:
    """Step -> s or f, of a key signature such as `3f`.

    Example:
        >>> key_alterations("2s"), key_alterations("0")
        ({'F': 's', 'C': 's'}, {})
    """
    if signature == "0":
        return {}
    sign = signature[-1]
    return dict.fromkeys(_KEY_ORDER[sign][: int(signature[:-1])], sign)
