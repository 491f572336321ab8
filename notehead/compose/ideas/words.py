"""Text: lyrics, fingerings, tempo, directions, chord names, figured bass."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from notehead.compose.bar import Bar, length_of
from notehead.compose.idea import Idea

_WORDS = (
    ("A", "ve"), ("glo", "ria"), ("ky", "rie"), ("Ster", "ne"), ("nä", "he"), ("lu", "na"), ("пес", "ня"),
    ("φω", "νή"), ("ciel", "o"), ("žel", "va"), ("hå", "ra"), ("śnie", "gu"),
)  # fmt: skip
_METRONOME = ("\ueca2", "\ueca3", "\ueca5", "\ueca7", "\ueca9")
_SMUFL = '<rend glyph.auth="smufl">{}</rend>'


def _syllable(text: str, extra: str = "") -> str:
    return f'<verse n="1"><syl {extra}>{escape(text)}</syl></verse>'


def _lyrics(bar: Bar) -> None:
    first, second = _WORDS[int(bar.rng.integers(len(_WORDS)))]
    bar.note("4", inner=_syllable(first, 'wordpos="i" con="d"'))
    bar.note("4", inner=_syllable(second, 'wordpos="t"'))


def _extender(bar: Bar) -> None:
    first = bar.note("4", inner=_syllable(bar.pick("ah", "là", "o", "see", "du"), 'con="u"'))
    with bar.group("beam"):
        bar.control("slur", first, end=bar.note("8"))
        # Without a next syllable the line would run to the end of the piece.
        bar.note("8", inner=_syllable(bar.pick("ah", "là", "o", "see", "du")))


def _elision(bar: Bar) -> None:
    for _ in range(2):
        one, other = bar.pick("gra", "no", "che"), bar.pick("e", "il", "in")
        bar.note(
            "4",
            inner=f'<verse n="1"><syl wordpos="t" con="b">{one}</syl><syl wordpos="i">{other}</syl></verse>',
        )


def _finger(digit: int) -> Callable[[Bar], None]:
    def write(bar: Bar) -> None:
        for _ in range(2):
            bar.words("fing", bar.note("4"), str(digit))

    return write


def _other_finger(bar: Bar) -> None:
    for _ in range(2):
        bar.words("fing", bar.note("4"), bar.pick("p", "i", "m", "a", "T", "x"))


def _metronome(bar: Bar) -> None:
    sign = _METRONOME[int(bar.rng.integers(len(_METRONOME)))]
    word = bar.pick("", "Allegro ", "Lento ", "Moderato ")
    text = f'{word}<rend fontfam="smufl">{sign}</rend> = {bar.rng.integers(40, 180)}'
    bar.control("tempo", bar.note("2"), text=text)


def _text(name: str, *texts: str) -> Callable[[Bar], None]:
    return lambda bar: bar.words(name, bar.note("2"), bar.pick(*texts), 'place="above"')


def _dashes(bar: Bar) -> None:
    first = bar.note("4")
    bar.note("4")
    bar.note("4")
    name, text = ("dynam", "cresc.") if bar.chance(0.5) else ("dir", "dolce")
    bar.words(name, first, text, 'extender="true"', end=bar.note("4"))


def _chords(bar: Bar) -> None:
    for _ in range(2):
        root, kind = bar.pick(*"ABCDEFG"), bar.pick("", "m", "7", "maj7", "m7", "sus4", "dim", "6/9")
        sign = bar.pick("", "", '<rend fontfam="smufl">\ue260</rend>', '<rend fontfam="smufl">\ue262</rend>')
        bar.control("harm", bar.note("4"), 'place="above"', f"{root}{sign}{kind}")


def _figures(bar: Bar) -> None:
    for _ in range(2):
        figures = (("6",), ("6", "4"), ("7",), ("5", "3"), ("6", "5"), ("4", "2"), ("♯",), ("♭", "3"))
        chosen = figures[int(bar.rng.integers(len(figures)))]
        inside = "".join(f"<f>{figure}</f>" for figure in chosen)
        bar.control("harm", bar.note("4"), 'place="below"', f"<fb>{inside}</fb>")


def _other(bar: Bar) -> None:
    bar.words("ornam", bar.note("4"), bar.pick("x", "wr", "tr?", "+"))
    bar.note("4")


IDEAS: dict[str, Idea] = {
    "textLyrics": Idea(_lyrics),
    "lyricHyphen": Idea(_lyrics),
    "lyricExtender": Idea(_extender, weight=2),
    "lyricsElision": Idea(_elision),
    **{f"fingering{digit}": Idea(_finger(digit)) for digit in range(6)},
    "textFingering": Idea(_other_finger),
    "metronomeNote": Idea(_metronome, weight=2),
    "textTempo": Idea(_text("tempo", "Allegro", "Adagio", "Presto", "rit.", "a tempo", "Andante con moto")),
    "textDirection": Idea(_text("dir", "dolce", "pizz.", "arco", "con sord.", "espress.", "legato", "div.")),
    "textExtender": Idea(_dashes, length_of("1"), weight=2),
    "textChordSymbol": Idea(_chords),
    "textFigure": Idea(_figures),
    "textOther": Idea(_other, weight=2),
}
