"""MEI: at least one measure of music, unique ids, and numbers that a score can mean.

Only the music is checked, not the header, where the same attributes count pages and centimetres.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from notehead.engrave.checks.mei_structure import check_structure
from notehead.engrave.checks.place import refuse
from notehead.engrave.checks.values import REMEDY, Each, Fault, Number, Rule, Whole, quoted, words
from notehead.engrave.checks.xml import local_name
from notehead.errors import ScoreFormatError

if TYPE_CHECKING:
    from lxml import etree

_ID = "{http://www.w3.org/XML/1998/namespace}id"
_STAFF = Whole(1, 1_000)
_OCTAVE = Whole(0, 9)
_RATIO = Whole(1, 1_000)
_DURATION = words(
    "maxima long breve 1 2 4 8 16 32 64 128 256 512 1024 2048"
    " longa brevis semibrevis minima semiminima fusa semifusa"
)
_COUNT = Each(Number(0.5, 1_000), r"\s*[+*/|-]\s*")

_ANYWHERE: dict[str, Rule] = {
    "dots": Whole(0, 8),
    "dots.ges": Whole(0, 8),
    "dur": _DURATION,
    "dur.default": _DURATION,
    "dur.ges": _DURATION,
    "dur.ppq": Whole(0, 1_000_000_000),
    "layer": Each(_STAFF, r"\s+"),
    "lines": Whole(0, 16),
    "meter.count": _COUNT,
    "meter.unit": Number(1, 256),
    "num.default": _RATIO,
    "numbase": _RATIO,
    "numbase.default": _RATIO,
    "oct": _OCTAVE,
    "oct.default": _OCTAVE,
    "oct.ges": _OCTAVE,
    "ppq": Whole(1, 1_000_000),
    "staff": Each(_STAFF, r"\s+"),
    "tab.course": Whole(0, 64),
    "tab.fret": Whole(0, 64),
    "trans.diat": Number(-60, 60),
    "trans.semi": Number(-60, 60),
}
_BY_ELEMENT: dict[tuple[str, str], Rule] = {
    ("beatRpt", "slash"): words("1 2 3 4 5 6 7 8 mixed"),
    ("layer", "n"): _STAFF,
    ("layerDef", "n"): _STAFF,
    ("meterSig", "count"): _COUNT,
    ("meterSig", "unit"): Number(1, 256),
    ("multiRest", "num"): Whole(1, 2_000),
    ("multiRpt", "num"): Whole(1, 64),
    ("staff", "n"): _STAFF,
    ("staffDef", "n"): _STAFF,
    ("tuplet", "num"): _RATIO,
    ("tupletSpan", "num"): _RATIO,
}


def check_mei(root: etree._Element, file: str) -> None:
    """Raise where an MEI score cannot be meant as it stands.

    Raises:
        ScoreFormatError: no measure, an id that is used twice, or a value that is no number.
        ScoreLimitError: a number is out of the range of music.
    """
    _check_ids(root, file)
    scores = list(root.iterchildren("{*}music"))
    if not scores:
        raise ScoreFormatError(file, "it holds no <music>", REMEDY)
    for music in scores:
        check_structure(music, file)
        _check_values(music, file)


def _check_ids(root: etree._Element, file: str) -> None:
    seen: set[str] = set()
    for element in root.iter("{*}*"):
        name = element.get(_ID)
        if name in seen:
            refuse(file, Fault(ScoreFormatError, f"{quoted(name or '')} is used twice"), element, "xml:id")
        if name is not None:
            seen.add(name)


def _check_values(music: etree._Element, file: str) -> None:
    good: set[tuple[str, str, str]] = set()
    for element in music.iter("{*}*"):
        tag = local_name(element)
        for name, value in _items(element):
            rule = _ANYWHERE.get(name) or _BY_ELEMENT.get((tag, name))
            if rule is None or (tag, name, value) in good:
                continue
            if fault := rule.fault(value):
                refuse(file, fault, element, name)
            good.add((tag, name, value))


def _items(element: etree._Element) -> list[tuple[str, str]]:
    return element.items()  # type: ignore[return-value]  # the stubs allow bytes, which only HTML gives
