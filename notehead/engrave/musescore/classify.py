"""What is drawn -> marks with names: glyphs by their shape, strokes by their element."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np

from notehead.engrave.musescore.letters import Reader
from notehead.engrave.musescore.marks import Mark, make_mark
from notehead.engrave.musescore.rules import RULES, UNKNOWN, Rule
from notehead.engrave.musescore.shapes import GlyphMatcher
from notehead.engrave.musescore.svg import Drawn
from notehead.engrave.musescore.united import Letter, spell_united
from notehead.engrave.outlines import Outline
from notehead.vocabulary import VOCABULARY

EM = 100.0
"""Units in an em of MuseScore's glyphs before their transform."""
SMALL = 0.85
"""Glyphs below this share of their staff's usual scale are small (cue, grace)."""
EXTENDER = 8.0
"""A lyric line longer than this many of its thicknesses is an extender, else a hyphen."""

_PLAIN_HEADS = frozenset({"noteheadBlack", "noteheadHalf", "noteheadWhole", "noteheadDoubleWhole"})
_IN_KEY = {"accidentalFlat": "keyFlat", "accidentalNatural": "keyNatural", "accidentalSharp": "keySharp"}
_MERGED = {"Arpeggio": "arpeggiato", "TrillSegment": "wiggleTrill", "GlissandoSegment": "glissando"}
"""Elements whose wiggles, one glyph each, are one symbol."""
_PARTS = (
    "bracket", "brace", "gClef", "fClef", "cClef", "wiggle", "ornament", "ottava", "quindicesima",
    "keyboardPedal", "accidental", "fingering",
)  # fmt: skip
"""Glyphs that mean something though no class names them."""
_OCTAVES = ("ottava", "quindicesima", "ventiduesima")
_TIPS = frozenset({"bracketTop", "bracketBottom"})
_ALTERNATE = re.compile(r"(Oversized|Small|Large|Short|Straight|Narrow|Alt|LegerLine)$")
_LOUDNESS = re.compile(
    r"(poco |molto |più |piu |sempre |un poco |subito |sub\.? )*"
    r"(cresc|dim\b|dimin|decresc|descresc|mezza voce|sotto voce|smorz|calando|morendo|[mpf]+\b|(s|r)fz?\b)"
)
_RUNS, _BLANK = 4, 0.22
_SKIPPED = frozenset({"StaffLines", "BarLine"})


class Namer:
    """Names what is drawn, with the glyphs of one music font and those that it borrows."""

    def __init__(
        self,
        glyphs: Mapping[str, Outline],
        borrowed: Mapping[str, Outline],
        digits: Sequence[Mapping[str, Outline]] = (),
    ) -> None:
        self.glyphs = {**borrowed, **glyphs}
        lacking = {name: outline for name, outline in borrowed.items() if name not in glyphs}
        self._matcher = GlyphMatcher(glyphs, lacking, *digits)
        # A font holds many a shape twice; only names that mean a class, or part of one, are looked for.
        known = [name for name in (*self.glyphs, *(n for face in digits for n in face)) if _means(name)]
        self._names = {rule.element: rule.names(known) for rule in (*RULES.values(), UNKNOWN)}
        self._known: dict[tuple[str, int], tuple[object, str | None]] = {}

    def marks(self, drawn: list[Drawn], reader: Reader) -> list[Mark]:
        """The marks of a page, but for staves and the strokes of barlines, in drawing order."""
        marks: list[Mark] = []
        for piece in drawn:
            if piece.element not in _SKIPPED or (piece.element == "BarLine" and len(piece.contours)):
                self._take(piece, RULES.get(piece.element, UNKNOWN), marks, reader)
        return marks

    def _take(self, piece: Drawn, rule: Rule, marks: list[Mark], reader: Reader) -> None:
        if len(piece.points):
            _take_line(piece, rule, marks)
            return
        if rule.spelt and not piece.placed and (spelt := self._spelt(piece, rule)):
            for name, contours in spelt:
                marks.append(make_mark(name, [Drawn(piece.element, tuple(contours), piece.points)]))
                marks[-1].text = name[-1] if name[-1].isdigit() else ""
            return
        name = self.glyph(piece, rule) or rule.other
        merged = _MERGED.get(rule.element)
        if merged and name.startswith(("wiggle", "ornamentZigZag", "arpegg")):
            if _goes_on(piece, marks, merged):
                marks[-1].drawn.append(piece)
                marks[-1] = make_mark(merged, marks[-1].drawn)
                return
            name = merged
        if name.startswith("text"):
            _take_text(piece, name, marks, reader)
            return
        if name in _TIPS:
            name = "bracket"
            if marks and marks[-1].name == name and _touch(marks[-1], piece):
                marks[-1] = make_mark(name, [*marks[-1].drawn, piece])
                return
        marks.append(make_mark(name, [piece]))

    def _spelt(self, piece: Drawn, rule: Rule) -> list[Letter] | None:
        """The glyphs of a row, one by one."""
        found = self._matcher.spell(piece.contours, self._names[rule.element])
        if found is None and rule.united:
            found = spell_united(piece.contours, self.glyphs)
        return found

    def glyph(self, piece: Drawn, rule: Rule) -> str | None:
        """The SMuFL name of a path, None where it is no glyph that its element may show."""
        names = self._names[rule.element]
        if not names:
            return None
        if not piece.placed:
            free = self._matcher.free(piece.contours, names)
            return _plain(free) if free else None
        key = (rule.element, id(piece.contours))
        if key not in self._known:  # the contours are kept, so that their id stays theirs
            contours = [contour * (1000 / EM) for contour in piece.contours]
            found = self._matcher.placed(contours, names)
            self._known[key] = (piece.contours, _plain(found) if found else None)
        return self._known[key][1]


def _means(name: str) -> bool:
    return _plain(name) in _class_of_glyph() or name.startswith(_PARTS)


def _plain(name: str) -> str:
    """The name of what a glyph is another drawing of: MuseScore takes Bravura's oversized heads."""
    if name.startswith("brace"):  # one for each of several heights
        return "brace"
    base = _ALTERNATE.sub("", name)
    return base if base in _class_of_glyph() else name


def _goes_on(piece: Drawn, marks: list[Mark], merged: str) -> bool:
    """Whether a wiggle is the next one of the mark before it."""
    if not marks or marks[-1].name != merged or not marks[-1].drawn[-1].placed:
        return False
    last = marks[-1].drawn[-1].every_point()
    here = piece.every_point()
    reach = np.maximum(last.min(axis=0), here.min(axis=0)) - np.minimum(last.max(axis=0), here.max(axis=0))
    return bool((reach < 3).all())


def _take_text(piece: Drawn, name: str, marks: list[Mark], reader: Reader) -> None:
    """A run of letters: a mark of its own, or more of the line that it goes on with."""
    mark = make_mark(name if piece.filled else "textFrame", [piece])
    mark.scale = 0.0
    if not piece.filled:
        marks.append(mark)
        return
    mark.text = _worded(reader.read(piece.on_page(), piece.element))
    for before in reversed(marks[-_RUNS:]):
        if before.element != piece.element or piece.element == "Lyrics":  # syllables stand close together
            break
        if before.name == name and _goes_on_in_line(before, mark):
            gap = mark.box[0] - before.box[2]
            text = f"{before.text}{' ' if gap > _BLANK * _height(mark) else ''}{mark.text}"
            text = text.strip() if before.text and mark.text else ""
            joined = make_mark(name, [*before.drawn, piece])
            joined.scale, joined.text = 0.0, text
            marks[marks.index(before)] = joined
            return
    if name == "textDirection" and _is_dynamic(mark.text):
        mark.name = "textDynamic"
    marks.append(mark)


def _worded(text: str | None) -> str:
    return " ".join((text or "").split())


def _is_dynamic(text: str) -> bool:
    """Whether a direction says how loud, as Verovio takes such words too."""
    return bool(_LOUDNESS.match(text.lower()))


def _height(mark: Mark) -> float:
    return max(mark.box[3] - mark.box[1], 1e-9)


def _goes_on_in_line(before: Mark, mark: Mark) -> bool:
    """Whether a run stands right behind another one, high or low as signs of chords are."""
    gap = mark.box[0] - before.box[2]
    high = max(_height(before), _height(mark))
    beside = min(before.box[3], mark.box[3]) - max(before.box[1], mark.box[1])
    most = 2.5 if mark.element == "Tempo" else 0.6
    return -0.3 * high < gap < most * high and beside > 0.2 * min(_height(before), _height(mark))


def _take_line(piece: Drawn, rule: Rule, marks: list[Mark]) -> None:
    """A stroke: a mark of its own, or more of the mark before it."""
    before = marks[-1] if marks and marks[-1].element == piece.element else None
    name = rule.line
    if name == "hairpin" and piece.dashes:
        name = "textExtender"
    if before is not None and _joins(name, before, piece):
        before.drawn.append(piece)
        octave = name == "ottavaBracket"
        merged = make_mark(name if octave else before.name, before.drawn)
        merged.scale = 0.0 if octave else merged.scale
        if name == "hairpin":
            merged.name = _hairpin(before.drawn)
        marks[-1] = merged
        return
    if name == "lyricExtender":
        length = float(np.ptp(piece.points[:, 0]))
        name = "lyricExtender" if length > EXTENDER * piece.width else "lyricHyphen"
    marks.append(make_mark(name, [piece]))


def _joins(name: str, before: Mark, piece: Drawn) -> bool:
    if name == "hairpin":
        return before.name == "hairpin" and len(before.drawn) == 1
    if name == "tupletBracket":
        return before.name == name and len(before.drawn) == 1 and before.box[2] < piece.points[:, 0].min()
    if name == "ottavaBracket":
        return before.name.startswith(_OCTAVES) and _near(before, piece)
    if name in {"bracket", "voltaBracket", "pedalLine"}:
        return before.name == name and _touch(before, piece)
    return False


def _near(before: Mark, piece: Drawn) -> bool:
    """Whether a line begins near the end of what stands before it, at its height or from there on."""
    (left, top), (_, bottom) = piece.points.min(axis=0), piece.points.max(axis=0)
    x0, y0, x1, y1 = before.box
    reach = 1.5 * max(y1 - y0, 10.0)
    return bool(x0 - reach < left < x1 + reach and y0 - reach < bottom and top < y1 + reach)


def _touch(before: Mark, piece: Drawn) -> bool:
    points = piece.every_point()
    low, high = points.min(axis=0), points.max(axis=0)
    x0, y0, x1, y1 = before.box
    slack = 2 * max(drawn.width for drawn in (piece, *before.drawn))
    return bool(
        low[0] <= x1 + slack and high[0] >= x0 - slack and low[1] <= y1 + slack and high[1] >= y0 - slack
    )


def _hairpin(lines: list[Drawn]) -> str:
    """The form of a hairpin: open to the right it grows."""
    ends = [line.points[np.argsort(line.points[:, 0])] for line in lines]
    left = abs(ends[0][0, 1] - ends[1][0, 1])
    right = abs(ends[0][-1, 1] - ends[1][-1, 1])
    return "dynamicCrescendoHairpin" if left <= right else "dynamicDiminuendoHairpin"


@cache
def _class_of_glyph() -> Mapping[str, str]:
    """Class by SMuFL name, for glyphs that mean one class wherever they stand."""
    classes: dict[str, str] = {}
    for row in VOCABULARY.classes:
        for glyph in row.smufl:
            classes.setdefault(glyph, row.name)
    classes.update({row.name: row.name for row in VOCABULARY.classes if row.name in row.smufl})
    for size in ("DoubleWhole", "Whole", "HalfUp", "QuarterUp", "8thUp", "16thUp", "32ndUp", "64thUp"):
        classes[f"note{size}"] = "metronomeNote"
    return classes


_OTHERS = {"Note": "noteheadOther", "Accidental": "accidentalOther", "TimeSig": "timeSigOther"}


def class_of(mark: Mark) -> str:  # noqa: PLR0911  # one per kind of element
    """The class of a mark whose staff and position are known."""
    name, element = mark.name, mark.element
    space = mark.staff.space if mark.staff is not None else 0.0
    small = 0 < mark.scale < SMALL * space / 25
    if element == "Note" and name.removesuffix("Square") in _PLAIN_HEADS and mark.staff is not None:
        place = "InSpace" if mark.position % 2 else "OnLine"
        return f"{name.removesuffix('Square')}{place}{'Small' if small else ''}"
    if name in VOCABULARY and not mark.scale:
        return name
    if element == "KeySig":
        return _IN_KEY.get(name, "accidentalOther")
    if element == "Clef" and name.startswith("cClef"):
        return {0: "clefCAlto", 2: "clefCTenor"}.get(mark.position, "clefC")
    if element == "Tempo" and name == "augmentationDot":
        return "metronomeNote"
    if element == "Articulation" and name.startswith("ornament"):
        return _class_of_glyph().get(name, "ornamentOther")
    found = _class_of_glyph().get(name) or (name if name in VOCABULARY else None)
    if found is None:
        return _OTHERS.get(element, "articOther" if element == "Articulation" else "otherGlyph")
    if small and element in {"Accidental", "Hook"} and f"{found}Small" in VOCABULARY:
        return f"{found}Small"
    return found
