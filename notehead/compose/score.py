"""`compose`: one score, from a hand of ideas."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from notehead.compose.bar import Bar, Staff
from notehead.compose.deck import deal
from notehead.compose.idea import Frame
from notehead.compose.ideas import FRAME_IDEAS, MUSIC_IDEAS, SHOWN_ONCE
from notehead.compose.plans import PLANS, Plan

HAND = 120
"""Ideas for staves in one score: about three pages."""
FRAME_HAND = 32
"""Ideas for whole measures in one score."""
_MUSIC, _FRAMES, _PLANS = 1, 2, 3
_LONG_METERS = (("4", 4), ("4", 2), ("8", 2), ("16", 2))
_CARDS = tuple(name for name, idea in MUSIC_IDEAS.items() for _ in range(idea.weight))
_FRAME_CARDS = tuple(name for name in FRAME_IDEAS for _ in range(1 + (name in SHOWN_ONCE)))
_TITLES = ("Étude", "Übung", "Study", "Esercizio", "Ćwiczenie", "Этюд")


def compose(seed: int, number: int) -> str:
    """A score in MEI: number `number` (from 0) of an endless row that the seed decides.

    Over any run of scores every class that the engraver draws is shown about equally often, apart from
    those without which there is no music.

    Example:
        >>> compose(0, 5) == compose(0, 5), compose(0, 5) == compose(1, 5)
        (True, False)
    """
    music = deal(_CARDS, 10 * seed + _MUSIC, number, HAND)
    frames = deal(_FRAME_CARDS, 10 * seed + _FRAMES, number, FRAME_HAND)
    (plan,) = deal(tuple(PLANS), 10 * seed + _PLANS, number, 1)
    rng = np.random.default_rng([seed, number])
    title = f"{_TITLES[int(rng.integers(len(_TITLES)))]} {number + 1}"
    return _document(title, PLANS[plan], _Composer(PLANS[plan], rng).write(music, frames))


class _Composer:
    """Writes measures until all ideas have been used."""

    def __init__(self, plan: Plan, rng: np.random.Generator) -> None:
        self._rng = rng
        self._staves = [Staff(number, clef) for number, clef in enumerate(plan.clefs, 1)]
        self._meter = self._shown = ("4", 4, "")
        self._key = "0"
        self._after_ending = False
        self._count = 0

    def write(self, music: list[str], frames: list[str]) -> str:
        """All measures with what stands between them."""
        text = []
        measures = max(len(music) // (2 * len(self._staves)), 1)
        odds = len(frames) / measures
        while music or frames or self._after_ending:
            frame = self._frame(frames, odds)
            if not self._after_ending and not frame.whole:
                self._room_for(music, frame)
            text.append(self._measure(frame, music, frames))
        return "".join(text)

    def _frame(self, frames: list[str], odds: float) -> Frame:
        frame = Frame(self._rng, self._meter, self._key)
        frame.shown = self._shown
        if self._after_ending:
            frame.ending, self._after_ending = "2", False
        elif frames and self._rng.random() < odds:
            FRAME_IDEAS[frames.pop()](frame)
            self._after_ending = frame.ending == "1"
        return frame

    def _room_for(self, music: list[str], frame: Frame) -> None:
        """Where no idea that is left fits the measure, another meter."""
        lengths = [MUSIC_IDEAS[name].length for name in music]
        if lengths and min(lengths) > frame.length:
            meter = next(meter for meter in _LONG_METERS if Fraction(int(meter[0]), meter[1]) >= min(lengths))
            frame.set_meter(*meter)

    def _measure(self, frame: Frame, music: list[str], frames: list[str]) -> str:
        self._meter, self._shown, self._key = frame.meter, frame.shown, frame.key
        self._count += 1
        staves, controls = [], list(frame.controls)
        for staff in self._staves:
            staff.key = frame.key
            bar = Bar(staff, frame.length, self._rng)
            if staff.clef.shape == "TAB":
                _tablature(bar, frame)
            elif frame.whole:
                bar.events.append(frame.whole)
            else:
                self._fill(bar, music)
            controls += bar.controls
            inside = "".join(bar.events)
            staves.append(f'<staff n="{staff.number}"><layer n="1">{inside}</layer></staff>')
        attributes = frame.attributes
        if not (music or frames or self._after_ending) and "right=" not in attributes:
            attributes += ' right="end"'
        measure = f'<measure n="{self._count}"{attributes}>{"".join(staves)}{"".join(controls)}</measure>'
        if frame.ending:
            measure = f'<ending n="{frame.ending}">{measure}</ending>'
        return frame.before + measure

    def _fill(self, bar: Bar, music: list[str]) -> None:
        """As many ideas as fit, then plain notes."""
        ideas = 0
        while ideas < 3:
            fits = (
                at
                for at, name in enumerate(music)
                if MUSIC_IDEAS[name].length <= bar.room_from_beat
                and (bar.staff.clef.pitched or not MUSIC_IDEAS[name].pitched)
            )
            at = next(fits, None)
            if at is None:
                break
            bar.complete()
            MUSIC_IDEAS[music.pop(at)].write(bar)
            ideas += 1
        bar.fill()


def _tablature(bar: Bar, frame: Frame) -> None:
    """Frets on strings."""
    if frame.whole:
        bar.events.append("<mRest/>" if "multi" not in frame.whole else frame.whole)
        return
    while bar.room:
        duration = next(d for d in ("4", "8", "16", "32") if Fraction(1, int(d)) <= bar.room)
        frets = "".join(
            f'<note tab.course="{course}" tab.fret="{bar.rng.integers(0, 10)}"/>'
            for course in sorted(bar.rng.choice(6, size=int(bar.rng.integers(1, 3)), replace=False) + 1)
        )
        bar.raw(f'<tabGrp dur="{duration}"><tabDurSym/>{frets}</tabGrp>', Fraction(1, int(duration)))


def _document(title: str, plan: Plan, music: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<mei xmlns="http://www.music-encoding.org/ns/mei" meiversion="5.0"><meiHead><fileDesc><titleStmt>'
        f"<title>{title}</title></titleStmt><pubStmt/></fileDesc></meiHead><music><body><mdiv><score>"
        f'<scoreDef meter.count="4" meter.unit="4">{plan.xml()}</scoreDef>'
        f"<section>{music}</section></score></mdiv></body></music></mei>\n"
    )
