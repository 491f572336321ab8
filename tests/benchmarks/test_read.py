"""Figures of reading: on small pages by hand whose figures are known."""

from __future__ import annotations

import itertools
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from benchmarks.read_damage import damaged, roc_area
from benchmarks.read_drawn import said_pitches
from benchmarks.read_errors import error_counts, error_lines
from benchmarks.read_filled import Filled
from benchmarks.read_match import Counts, by_id, by_place, matched, read_notes
from benchmarks.read_restore import restored
from benchmarks.read_scores import ScorePages, kind_of
from benchmarks.read_signs import signs_right, true_signs
from benchmarks.read_truth import drawn_starts, measure_starts, true_notes
from notehead import Page, Symbols
from notehead.page import ABSENT, COLUMNS, Pitch
from notehead.transcribe import Chord, Measure, Note, Part, Score
from notehead.transcribe.clefs import TREBLE, Clef
from notehead.transcribe.keys import Key
from notehead.transcribe.meters import Meter
from notehead.transcribe.score import Signs

SPACE = 10.0
IMAGE = np.full((120, 420), 255, np.uint8)
C5, D5, E5 = Pitch("C", 0, 5), Pitch("D", 0, 5), Pitch("E", 0, 5)
BLACK = "noteheadBlackInSpace"


def true_page() -> Page:
    """One staff in G: a clef, a sharp, 2/4; C5 and D5, a barline; E5 and C5, each a quarter.

    Heads have the ids 5, 6, 8, 9; the measures begin at the quarters 4 and 6 of the score.
    """
    names = [
        "clefG",
        "keySharp",
        "timeSig2",
        "timeSig4",
        BLACK,
        BLACK,
        "barlineSingle",
        BLACK,
        BLACK,
        "staff",
    ]
    boxes = [
        [10, 20, 30, 90], [35, 25, 43, 45], [50, 30, 60, 50], [50, 50, 60, 70], [80, 40, 92, 50],
        [120, 35, 132, 45], [160, 30, 162, 70], [200, 30, 212, 40], [240, 40, 252, 50], [0, 30, 400, 70],
    ]  # fmt: skip
    symbols = Symbols.build(
        names,
        boxes,
        staff=[0] * 10,
        system=[0] * 10,
        measure=[2, 2, 2, 2, 2, 2, 2, 3, 3, 2],
        position=[-2, ABSENT, ABSENT, ABSENT, 1, 2, ABSENT, 3, 1, ABSENT],
        onset=[4, 4, 4, 4, 4, 5, 6, 6, 7, 4],
        duration=[np.nan] * 4 + [1, 1, np.nan, 1, 1, np.nan],
        diatonic=[ABSENT] * 4 + [35, 36, ABSENT, 37, 35, ABSENT],
    )
    lines = np.array([[0, 0, y, 400, y] for y in range(30, 71, 10)], float)
    return Page("page-1", IMAGE, symbols, staff_lines=lines, staff_space=SPACE)


def chord(symbol: int, pitch: Pitch, onset: int, length: float = 1, confidence: float = 1.0) -> Chord:
    note = Note(pitch, 0, symbol, confidence=confidence)
    return Chord(Fraction(onset), Fraction(length), Fraction(1), notes=(note,))


def read_score(*measures: tuple[Chord, ...], clef: Clef = TREBLE, fifths: int = 1) -> Score:
    signs = (Signs(clef, Key(fifths)),)
    return Score((Part(1, tuple(Measure(Fraction(2), Meter(2, 4), signs, one) for one in measures)),))


def perfect() -> Score:
    return read_score((chord(5, C5, 0), chord(6, D5, 1)), (chord(8, E5, 0), chord(9, C5, 1)))


def test_a_perfect_reading_has_an_f1_of_one() -> None:
    truth = true_notes([true_page()])
    counts = matched(perfect(), truth, by_id(truth)).counts()
    assert counts == Counts(4, 4, 4, 4, 4, 4)
    assert counts.f1("placed") == 1


def test_measures_that_a_page_does_not_fill_are_known() -> None:
    page = true_page()
    measures = perfect().parts[0].measures
    assert [Filled.of([page]).fills(one) for one in measures] == [True, True]
    duration = page.symbols.duration.copy()
    duration[4] = 0.5  # and an eighth's rest that is not drawn
    gap = replace(page, symbols=replace(page.symbols, duration=duration))
    assert [Filled.of([gap]).fills(one) for one in measures] == [False, True]
    duration[4] = 1.0
    duration[8] = 1.5
    over = replace(page, symbols=replace(page.symbols, duration=duration))
    assert [Filled.of([over]).fills(one) for one in measures] == [True, True]  # it is the last one's end
    duration[5] = 1.5
    assert [Filled.of([over]).fills(one) for one in measures] == [False, True]


def test_onsets_are_those_in_the_measure() -> None:
    assert [note.truths[0].onset for note in true_notes([true_page()])] == [0, 1, 1, 0]
    # grouped by pitch: both C5 come first
    assert [note.ids for note in true_notes([true_page()])] == [(5,), (9,), (6,), (8,)]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (chord(6, E5, 1), (3, 3, 3)),
        (chord(6, D5, 1, 0.5), (4, 3, 3)),
        (chord(6, D5, 0), (4, 4, 3)),
        (chord(6, Pitch("D", 1, 5), 1), (3, 3, 3)),
    ],
)
def test_a_wrong_pitch_costs_all_a_wrong_length_two_a_wrong_onset_one(
    changed: Chord, expected: tuple[int, int, int]
) -> None:
    truth = true_notes([true_page()])
    score = read_score((chord(5, C5, 0), changed), (chord(8, E5, 0), chord(9, C5, 1)))
    read = matched(score, truth, by_id(truth))
    counts = read.counts()
    assert (counts.pitch, counts.timed, counts.placed) == expected
    assert sum(error_counts(read).values()) == 1


def test_a_missed_note_and_a_false_one_count_once_each() -> None:
    truth = true_notes([true_page()])
    score = read_score((chord(5, C5, 0), chord(77, D5, 1)), (chord(8, E5, 0), chord(9, C5, 1)))
    read = matched(score, truth, by_id(truth))
    assert read.counts() == Counts(4, 4, 3, 3, 3, 3)
    assert error_counts(read) == {"missed": 1, "false": 1}
    lines = list(error_lines(ScorePages("page", "melody", (true_page(),)), read))
    assert any("missed: D5 at 1 for 1" in line for line in lines)
    assert any("symbol 77" in line for line in lines)


def test_a_head_that_two_voices_share_is_one_note_and_may_be_read_as_either() -> None:
    page = true_page()
    symbols = page.symbols
    twice = np.array([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 4])
    ids, duration = symbols.id[twice].copy(), symbols.duration[twice].copy()
    ids[-1], duration[-1] = 50, 2.0
    page = replace(page, symbols=symbols[twice].replace(id=ids, duration=duration))
    truth = true_notes([page])
    assert len(truth) == 4
    for length in (1, 2):
        score = read_score((chord(5, C5, 0, length), chord(6, D5, 1)), (chord(8, E5, 0), chord(9, C5, 1)))
        assert matched(score, truth, by_id(truth)).counts().placed == 4
    both = read_score(
        (chord(5, C5, 0), chord(50, C5, 0, 2), chord(6, D5, 1)), (chord(8, E5, 0), chord(9, C5, 1))
    )
    assert matched(both, truth, by_id(truth)).counts() == Counts(4, 4, 4, 4, 4, 4)
    neither = read_score((chord(50, C5, 0, 4), chord(6, D5, 1)), (chord(8, E5, 0), chord(9, C5, 1)))
    assert matched(neither, truth, by_id(truth)).counts().timed == 3


def test_the_onset_of_a_grace_note_is_not_asked_but_that_it_is_one() -> None:
    page = true_page()
    duration = page.symbols.duration.copy()
    duration[4] = 0
    truth = true_notes([replace(page, symbols=page.symbols.replace(duration=duration))])
    rest = (chord(6, D5, 1),), (chord(8, E5, 0), chord(9, C5, 1))
    for read, right in ((chord(5, C5, 1, 0), 4), (chord(5, C5, 0, 1), 3)):
        score = read_score((read, *rest[0]), rest[1])
        assert matched(score, truth, by_id(truth)).counts().placed == right


def test_measures_without_a_barline_between_them_are_one() -> None:
    page = true_page()
    starts = measure_starts([page])
    assert drawn_starts(page, starts) == {2: 4, 3: 6}
    open_page = replace(page, symbols=page.symbols[page.symbols.label != page.symbols.label[6]])
    assert drawn_starts(open_page, starts) == {2: 4, 3: 4}


@pytest.mark.parametrize(("closing", "right"), [("", 4), ("barlineSingle", 2)])
def test_a_measure_may_be_read_as_several_where_no_barline_is_seen(closing: str, right: int) -> None:
    """One measure of four quarters, read as two of two: its notes are where they are in time."""
    page = true_page()
    symbols = page.symbols[page.symbols.label != page.symbols.label[6]]
    truth = true_notes([replace(page, symbols=replace(symbols, measure=np.full(len(symbols), 2)))])
    first, second = perfect().parts[0].measures
    score = Score((Part(1, (replace(first, closing=closing), second)),))
    assert [one.before for one in read_notes(score)] == [0, 0, *(2 if not closing else 0 for _ in range(2))]
    counts = matched(score, truth, by_id(truth)).counts()
    assert (counts.timed, counts.placed) == (4, right)


def test_detected_heads_are_matched_by_place_each_once() -> None:
    page = true_page()
    truth = true_notes([page])
    boxes = page.symbols[page.symbols.is_notehead].box
    moved = boxes + np.array([2, 1, 2, 1])
    far = boxes[:1] + np.array([0, 30, 0, 30])
    found = Symbols.build([BLACK] * 6, np.concatenate((moved[::-1], boxes[:1] + 4, far)))
    owner = by_place(truth, [found], [SPACE]).owner
    of_symbol = {symbol: truth[number].ids[0] for (_, symbol), number in owner.items()}
    assert of_symbol == {1: 9, 2: 8, 3: 6, 4: 5}


def test_a_head_farther_than_half_a_space_is_another() -> None:
    page = true_page()
    truth = true_notes([page])
    boxes = page.symbols[page.symbols.is_notehead].box
    for away, count in ((4.9, 4), (5.1, 0)):
        found = Symbols.build([BLACK] * 4, boxes + np.array([0, away, 0, away]))
        assert len(by_place(truth, [found], [SPACE]).owner) == count


def test_signs_in_force_are_those_drawn_before_the_measures_notes() -> None:
    signs = true_signs([true_page()])
    assert set(signs) == {(0, 0, 2), (0, 0, 3)}
    for one in signs.values():
        assert (one.clef, one.key, one.meter) == (("G", -2, 0), 1, (2, 4))
    assert signs[0, 0, 2].drawn == {"clef", "key", "meter"}
    assert not signs[0, 0, 3].drawn


def test_a_clef_behind_the_last_note_is_for_the_next_measure() -> None:
    page = true_page()
    added = Symbols.build(
        ["clefF"], [[145, 30, 155, 60]], id=[60], staff=[0], system=[0], measure=[2], position=[2]
    )
    symbols = joined_by_hand(page.symbols, added)
    signs = true_signs([replace(page, symbols=symbols)])
    assert signs[0, 0, 2].clef == ("G", -2, 0)
    assert signs[0, 0, 3].clef == ("F", 2, 0)
    assert signs[0, 0, 3].drawn == {"clef"}


def joined_by_hand(first: Symbols, second: Symbols) -> Symbols:
    """Both, with the links of the first."""
    columns = {
        name: np.concatenate((getattr(first, name), getattr(second, name)))
        for name in COLUMNS
        if name != "links"
    }
    return first.replace(**columns)


@pytest.mark.parametrize(
    ("score", "wrong"),
    [
        (perfect(), set()),
        (read_score((chord(5, C5, 0),), (chord(8, E5, 0),), clef=Clef("F", 2)), {"clef"}),
        (read_score((chord(5, C5, 0),), (chord(8, E5, 0),), fifths=0), {"key"}),
    ],
)
def test_signs_are_compared_at_the_measures_of_matched_notes(score: Score, wrong: set[str]) -> None:
    page = true_page()
    truth = true_notes([page])
    counts = signs_right(matched(score, truth, by_id(truth)), score, true_signs([page]))
    assert {name: counts.asked[name] for name in ("clef", "key", "meter")} == dict.fromkeys(
        ("clef", "key", "meter"), 2
    )
    assert {name for name in ("clef", "key", "meter") if counts.share(name) < 1} == wrong
    assert counts.asked["clef drawn"] == 1


def test_signs_of_a_measure_whose_notes_were_all_missed_are_wrong() -> None:
    page = true_page()
    truth = true_notes([page])
    score = read_score((chord(5, C5, 0),))
    assert signs_right(matched(score, truth, by_id(truth)), score, true_signs([page])).share("key") == 0.5


def test_a_page_says_a_pitch_by_clef_key_and_accidental() -> None:
    page = true_page()
    assert said_pitches([page]) == [{5, 6, 8, 9}]
    alter = page.symbols.alter.copy()
    alter[5] = 1
    assert said_pitches([replace(page, symbols=page.symbols.replace(alter=alter))]) == [{5, 8, 9}]
    sharp = Symbols.build(
        ["accidentalSharp"], [[105, 30, 113, 50]], id=[70], staff=[0], system=[0], measure=[2]
    )
    symbols = joined_by_hand(page.symbols.replace(alter=alter, links=np.array([[6, 70]], np.int32)), sharp)
    assert said_pitches([replace(page, symbols=symbols)]) == [{5, 6, 8, 9}]
    wrong_clef = page.symbols.replace(
        diatonic=np.where(page.symbols.diatonic > 0, page.symbols.diatonic - 12, ABSENT)
    )
    assert said_pitches([replace(page, symbols=wrong_clef)]) == [set()]


def test_notes_whose_pitch_the_page_does_not_say_can_be_left_out() -> None:
    page = true_page()
    alter = page.symbols.alter.copy()
    alter[5] = 1
    truth = true_notes([replace(page, symbols=page.symbols.replace(alter=alter))])
    read = matched(perfect(), truth, by_id(truth))
    assert read.counts().pitch == 3
    assert read.counts(said=True) == Counts(3, 3, 3, 3, 3, 3)


def test_damage_is_seeded_and_of_the_share_that_is_asked() -> None:
    page = true_page()
    many = Symbols.build([BLACK] * 300, np.tile([80, 40, 92, 50], (300, 1)))
    page = replace(page, symbols=many)
    once, again = (damaged(page, 0.1, np.random.default_rng(3)).symbols for _ in range(2))
    np.testing.assert_array_equal(once.box, again.box)
    np.testing.assert_array_equal(once.label, again.label)
    rows = np.isin(many.id, once.id)
    dropped = 300 - len(once)
    shifted = int((once.box != many.box[rows]).any(axis=1).sum())
    other = int((once.label != many.label[rows]).sum())
    assert dropped + shifted + other == 30
    assert min(dropped, shifted, other) > 3
    assert all(name.startswith("notehead") for name in once.names)
    away = np.hypot(*(once.box - many.box[rows])[:, :2].T)
    assert away[away > 0].min() >= 0.5 * SPACE
    assert away.max() <= 1.5 * SPACE
    assert len(damaged(page, 0.0, np.random.default_rng(3)).symbols) == 300


def test_the_area_under_the_curve_is_the_share_of_pairs_in_order() -> None:
    rng = np.random.default_rng(1)
    scores, right = rng.integers(0, 5, 60) / 4, rng.random(60) < 0.4
    pairs = [
        1.0 if a > b else 0.5 if a == b else 0.0
        for a, b in itertools.product(scores[right].tolist(), scores[~right].tolist())
    ]
    assert roc_area(scores.tolist(), right.tolist()) == pytest.approx(np.mean(pairs))
    assert np.isnan(roc_area([0.5], [True]))


def test_one_kind_of_symbols_is_restored_and_the_others_stay() -> None:
    page = true_page()
    found = replace(
        page,
        symbols=Symbols.build(
            ["clefF", BLACK, "timeSig3"], [[10, 20, 30, 90], [80, 40, 92, 50], [50, 30, 60, 50]]
        ),
        staff_lines=page.staff_lines[:0],
    )
    clefs = restored(found, page, "clefs")
    assert sorted(clefs.symbols.names) == ["clefG", BLACK, "timeSig3"]
    assert len(set(clefs.symbols.id.tolist())) == 3
    assert len(restored(found, page, "staff lines").staff_lines) == 5
    assert sorted(restored(found, page, "staff lines").symbols.names) == ["clefF", BLACK, "timeSig3"]
    everything = restored(found, page, "all of these").symbols
    assert everything.names.count(BLACK) == 4


def test_kinds_of_scores() -> None:
    def page(staves: int, *, brace: bool = False, sung: int = 0) -> Symbols:
        names = ["staff"] * staves + ["brace"] * brace + ["textLyrics"] * (3 * sung)
        staff = [*range(staves), *[ABSENT] * brace, *(k for k in range(sung) for _ in range(3))]
        return Symbols.build(names, np.zeros((len(names), 4)), staff=staff, system=[0] * len(names))

    assert kind_of([page(1)]) == "melody"
    assert kind_of([page(2, brace=True)]) == "piano"
    assert kind_of([page(3, brace=True, sung=1)]) == "song"
    assert kind_of([page(4)]) == "quartet"
    assert kind_of([page(4, sung=4)]) == "choir"
    assert kind_of([page(12, sung=4)]) == "orchestra"
    assert kind_of([page(1), page(4)]) == "quartet"
