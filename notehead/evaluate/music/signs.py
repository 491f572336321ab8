"""Clefs, keys and time signatures in force while a part is read."""

from __future__ import annotations

from fractions import Fraction

from lxml import etree

_LINES = {"G": "2", "F": "4", "C": "3"}
_WITHOUT_LINE = frozenset({"percussion", "none", "TAB", "jianpu"})


class SignsInForce:
    """The signs of each staff of a part; `begin` starts a measure, `change` reads `<attributes>`.

    Attributes:
        times: of each staff, "3/4", "3+2/8", "senza"; "" for none. Common time is 4/4, cut time 2/2.
        keys: of each staff in this measure's beginning, the number of fifths, or the altered steps of a key
            of other kind; "" for none.
        clefs: of each staff, with onsets in the measure: sign, line, octaves, "G2", "F4", "G2-1".
    """

    def __init__(self, staves: int) -> None:
        self.times = [""] * staves
        self.keys = [""] * staves
        self.clefs: list[list[tuple[Fraction, str]]] = [[] for _ in range(staves)]
        self._later_keys: dict[int, str] = {}

    def begin(self) -> None:
        """A measure begins with what was in force at the end of the one before."""
        self.clefs = [[(Fraction(0), clefs[-1][1])] if clefs else [] for clefs in self.clefs]
        for staff, key in self._later_keys.items():
            self.keys[staff] = key
        self._later_keys = {}

    def change(self, attributes: etree._Element, onset: Fraction) -> None:
        """Take over the signs of an `<attributes>` at an onset of the measure."""
        for key in attributes.iterchildren("key"):
            for staff in self._staves(key):
                if onset:  # in mid-measure: in force from the next on
                    self._later_keys[staff] = _key(key)
                else:
                    self.keys[staff] = _key(key)
        for time in attributes.iterchildren("time"):
            for staff in self._staves(time):
                self.times[staff] = _time(time)
        for clef in attributes.iterchildren("clef"):
            staff = int(clef.get("number") or 1) - 1
            if staff < len(self.clefs):
                kept = [change for change in self.clefs[staff] if change[0] != onset]
                self.clefs[staff] = sorted([*kept, (onset, _clef(clef))])

    def _staves(self, element: etree._Element) -> range:
        number = element.get("number")
        if number is None:
            return range(len(self.times))
        return range(int(number) - 1, min(int(number), len(self.times)))


def bar_length(time: str) -> Fraction | None:
    """Quarter notes in a measure of a time signature, as `SignsInForce` writes it; None without one.

    Example:
        >>> bar_length("3+2/8"), bar_length("")
        (Fraction(5, 2), None)
    """
    if "/" not in time:
        return None
    return sum((_counts(part) for part in time.split(" ")), Fraction(0))


def _counts(time: str) -> Fraction:
    beats, _, unit = time.partition("/")
    return 4 * sum((Fraction(int(beat), int(unit)) for beat in beats.split("+")), Fraction(0))


def _key(key: etree._Element) -> str:
    if (fifths := key.findtext("fifths")) is not None:
        return str(int(fifths))
    steps = [(element.text or "").strip() for element in key.iterchildren("key-step")]
    alters = [(element.text or "").strip() for element in key.iterchildren("key-alter")]
    return " ".join(f"{step}{alter}" for step, alter in zip(steps, alters, strict=False))


def _time(time: etree._Element) -> str:
    beats = ["".join((element.text or "").split()) for element in time.iterchildren("beats")]
    units = ["".join((element.text or "").split()) for element in time.iterchildren("beat-type")]
    if not beats or any("+" in unit for unit in units):
        return "senza"
    return " ".join(f"{beat}/{unit}" for beat, unit in zip(beats, units, strict=True))


def _clef(clef: etree._Element) -> str:
    sign = (clef.findtext("sign") or "").strip()
    if sign in _WITHOUT_LINE:
        return sign
    line = (clef.findtext("line") or _LINES.get(sign, "")).strip()
    octaves = int(clef.findtext("clef-octave-change") or 0)
    return f"{sign}{line}{octaves:+d}" if octaves else f"{sign}{line}"
