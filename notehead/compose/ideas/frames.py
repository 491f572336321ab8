"""What a whole measure shows: barlines, repeats, endings, key and time signatures, rests of many bars."""

from __future__ import annotations

from notehead.compose.idea import Frame, FrameIdea

_RIGHT = {
    "barlineDouble": "dbl",
    "barlineFinal": "end",
    "barlineHeavy": "heavy",
    "barlineHeavyHeavy": "dblheavy",
    "barlineDashed": "dashed",
    "barlineDotted": "dotted",
    "repeatRight": "rptend",
    "repeatDot": "rptend",
    "repeatRightLeft": "rptboth",
    "repeatLeft": "rptstart",
}
_METERS: dict[str, tuple[tuple[str, int], ...]] = {
    "timeSig0": (("10", 8), ("10", 16)),
    "timeSig1": (("12", 8), ("11", 8), ("1", 2)),
    "timeSig2": (("2", 4), ("2", 2), ("3", 2)),
    "timeSig3": (("3", 4), ("3", 8)),
    "timeSig4": (("4", 4), ("4", 8)),
    "timeSig5": (("5", 4), ("5", 8)),
    "timeSig6": (("6", 8), ("6", 4)),
    "timeSig7": (("7", 8), ("7", 4)),
    "timeSig8": (("8", 8), ("6", 8)),
    "timeSig9": (("9", 8),),
    "timeSigPlus": (("3+2", 8), ("2+2+3", 8), ("4+3", 8)),
}


def _right(style: str) -> FrameIdea:
    def write(frame: Frame) -> None:
        frame.attributes += f' right="{style}"'

    return write


def _reverse_final(frame: Frame) -> None:
    frame.attributes += ' right="end" type="barlineReverseFinal"'  # see `engrave.verovio.music.REVERSED`


def _tick(frame: Frame) -> None:
    frame.attributes += ' bar.len="2" bar.place="8"'


def _short(frame: Frame) -> None:
    frame.attributes += ' bar.len="4" bar.place="2"'


def _ending(frame: Frame) -> None:
    frame.ending = "1"
    frame.attributes += ' right="rptend"'


def _meter(choices: tuple[tuple[str, int], ...]) -> FrameIdea:
    def write(frame: Frame) -> None:
        others = [choice for choice in choices if choice != frame.shown[:2]] or [("3", 8)]
        frame.set_meter(*others[int(frame.rng.integers(len(others)))])

    return write


def _common(symbol: str, count: str, unit: int) -> FrameIdea:
    def write(frame: Frame) -> None:
        if frame.shown[2] == symbol:
            frame.set_meter("4", 4)
        else:
            frame.set_meter(count, unit, symbol)

    return write


def _product(frame: Frame) -> None:
    frame.set_meter("3*2", 8, length_as="6")


def _key(sign: str) -> FrameIdea:
    def write(frame: Frame) -> None:
        _set_key(frame, f"{frame.rng.integers(1, 8)}{sign}")

    return write


def _naturals(frame: Frame) -> None:
    if frame.key == "0":
        _set_key(frame, f"{frame.rng.integers(2, 6)}{'sf'[int(frame.rng.integers(2))]}")
    else:
        _set_key(frame, "0")


def _set_key(frame: Frame, key: str) -> None:
    frame.key = key
    cancel = ' cancelaccid="before"' if frame.rng.random() < 0.5 else ""
    frame.before += f'<scoreDef><keySig sig="{key}"{cancel}/></scoreDef>'


def _mark(func: str) -> FrameIdea:
    def write(frame: Frame) -> None:
        frame.controls.append(f'<repeatMark staff="1" tstamp="1" func="{func}" place="above"></repeatMark>')

    return write


def _rehearsal(frame: Frame) -> None:
    letter = "ABCDEFGHJKLMNOPRSTUVW"[int(frame.rng.integers(21))]
    form = ("box", "circle", "none")[int(frame.rng.choice(3, p=(0.5, 0.3, 0.2)))]
    frame.controls.append(
        f'<reh staff="1" tstamp="1" place="above"><rend rend="{form}">{letter}</rend></reh>'
    )


def _framed(frame: Frame) -> None:
    word = ("Solo", "Tutti", "Refrain", "A", "12")[int(frame.rng.integers(5))]
    frame.controls.append(f'<dir staff="1" tstamp="1" place="above"><rend rend="box">{word}</rend></dir>')


def _rests(frame: Frame) -> None:
    frame.whole = f'<multiRest num="{frame.rng.integers(2, 40)}"/>'


def _whole(xml: str) -> FrameIdea:
    def write(frame: Frame) -> None:
        frame.whole = xml

    return write


def _four_bars(frame: Frame) -> None:
    """Verovio draws the sign of two bars for every number; its glyph in a rest's place is the sign itself."""
    frame.set_meter("4", 4)
    frame.whole = '<rest dur="1" loc="4" glyph.auth="smufl" glyph.num="U+E502"/>'


IDEAS: dict[str, FrameIdea] = {
    **{name: _right(style) for name, style in _RIGHT.items()},
    "barlineReverseFinal": _reverse_final,
    "barlineTick": _tick,
    "barlineShort": _short,
    "voltaBracket": _ending,
    "textVolta": _ending,
    **{name: _meter(choices) for name, choices in _METERS.items()},
    "timeSigCommon": _common("common", "4", 4),
    "timeSigCutCommon": _common("cut", "2", 2),
    "timeSigOther": _product,
    "keySharp": _key("s"),
    "keyFlat": _key("f"),
    "keyNatural": _naturals,
    "segno": _mark("segno"),
    "coda": _mark("coda"),
    "textRehearsalMark": _rehearsal,
    "textFrame": _framed,
    "restHBar": _rests,
    "restHNr": _rests,
    "repeat1Bar": _whole("<mRpt/>"),
    "repeat2Bars": _whole("<mRpt2/>"),
    "repeat4Bars": _four_bars,
}
SHOWN_ONCE = frozenset(
    {"segno", "coda", "textRehearsalMark", "textFrame", "repeat1Bar", "repeat4Bars"}
    | {name for name in IDEAS if name.startswith("barline")}
)
"""Classes of which a measure shows one, so that they are dealt twice."""
