"""Clefs and keys that are otherwise than in the systems around."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from notehead.page import Page
from notehead.transcribe import transcribe
from notehead.transcribe.beginnings import Beginning, corrected
from notehead.transcribe.clefs import TREBLE, Clef, PlacedClef
from notehead.transcribe.keys import Key, PlacedKey
from notehead.transcribe.pitches import StaffSigns
from notehead.transcribe.score import Measure
from notehead.vocabulary import VOCABULARY
from tests.support.engraved import COMMON, measure, mei, notes
from tests.support.engraved import page as engraved

BASS = Clef("F", 2)
BAR = measure(notes("f4:8 g4:8 a4:8 c5:8 f4:8 g4:8 a4:8 c5:8"))
THREE = engraved(mei(*[BAR] * 12, meter=COMMON + ' keysig="4s"'))


def signs(clef: Clef, key: Key) -> StaffSigns:
    return StaffSigns([PlacedClef(10, 0, clef)], [PlacedKey(20, key)])


def chosen(around: Sequence[Beginning], own: Beginning, at: int) -> StaffSigns:
    assert own.clef is not None
    assert own.key is not None
    rows = [*around[:at], own, *around[at:]]
    return corrected(signs(own.clef, own.key), [{0: one} for one in rows], at, 0)


@pytest.mark.parametrize("at", [0, 1, 2])
def test_two_systems_that_agree_are_right(at: int) -> None:
    usual, own = Beginning(TREBLE, Key(2), steady=True), Beginning(BASS, Key(3), steady=True)
    found = chosen([usual, usual], own, at)
    assert (found.clefs[0].clef, found.keys[0].key) == (TREBLE, Key(2))
    assert found.unsure_clef
    assert found.other_key == Key(3)


def test_one_that_differs_makes_it_doubtful() -> None:
    own, other = Beginning(TREBLE, Key(0), steady=True), Beginning(BASS, Key(-1), steady=True)
    found = chosen([other], own, 0)
    assert (found.clefs[0].clef, found.keys[0].key) == (TREBLE, Key(0))
    assert found.unsure_clef
    assert found.is_unsure(100, 34)
    assert found.other_key == Key(-1)


def test_systems_beyond_a_change_say_nothing() -> None:
    """It was announced at the end of the one before."""
    changing, own = Beginning(BASS, Key(2), steady=False), Beginning(TREBLE, Key(0), steady=True)
    found = chosen([changing, own], own, 1)
    assert not found.unsure_clef
    assert found.other_key is None


def test_only_steps_that_the_keys_differ_in_are_doubtful() -> None:
    found = StaffSigns([PlacedClef(10, 0, TREBLE)], [PlacedKey(20, Key(1))], other_key=Key(2))
    assert [found.is_unsure(100, 28 + step) for step in range(7)] == [step == 0 for step in range(7)]


def mislabelled(page: Page, name: str, number: int, new: str) -> Page:
    """One of the symbols of a class, counted system by system, taken for another one."""
    symbols = page.symbols
    rows = sorted(
        (k for k, one in enumerate(symbols.names) if one == name),
        key=lambda k: (symbols.system[k], symbols.box[k, 0]),
    )
    label = symbols.label.copy()
    label[rows[number]] = VOCABULARY.id(new)
    return Page(
        page.name,
        page.image,
        symbols.replace(label=label),
        staff_lines=page.staff_lines,
        staff_space=page.staff_space,
    )


def without(page: Page, name: str, number: int) -> Page:
    taken = mislabelled(page, name, number, "fermataAbove")
    kept = np.array([one != "fermataAbove" for one in taken.symbols.names])
    return replace(taken, symbols=taken.symbols[kept])


def measures(page: Page) -> Sequence[Measure]:
    return transcribe(page).parts[0].measures


@pytest.mark.parametrize("system", [0, 1, 2])
def test_a_clef_that_is_taken_for_another_one(system: int) -> None:
    found = measures(mislabelled(THREE, "clefG", system, "clefF"))
    assert {bar.system for bar in found} == {0, 1, 2}
    assert {bar.chords[0].notes[0].pitch.octave for bar in found} == {4}
    sure = {bar.system: bar.chords[0].notes[0].confidence for bar in found}
    assert sure[system] < measures(THREE)[0].chords[0].notes[0].confidence


@pytest.mark.parametrize("which", [0, 1, 2, 3])
def test_an_accidental_of_a_key_that_is_not_seen(which: int) -> None:
    """Within the signature it leaves a gap; of the last one the other systems know."""
    for page in (without(THREE, "keySharp", 4 + which), mislabelled(THREE, "keySharp", 4 + which, "keyFlat")):
        assert {bar.signs[0].key for bar in measures(page)} == {Key(4)}


def test_a_key_signature_of_one_system_with_a_gap() -> None:
    one = engraved(mei(BAR, meter=COMMON + ' keysig="4f"'))
    assert [bar.signs[0].key for bar in measures(without(one, "keyFlat", 1))] == [Key(-4)]


def test_systems_of_other_staffs_say_nothing() -> None:
    own, usual = Beginning(BASS, Key(3), steady=True), Beginning(TREBLE, Key(2), steady=True)
    around = {0: usual, 1: usual}
    found = corrected(signs(BASS, Key(3)), [{0: own}, around, around], 0, 0)
    assert found.clefs[0].clef == BASS
    assert not found.unsure_clef
