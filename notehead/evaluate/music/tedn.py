"""TEDn: how many edits of its notation turn one MusicXML part into another.

The tree edit distance of the `<part>` elements, attributes left out, as Hajič, Novotný, Pecina and Pokorný
define it (Further Steps Towards a Standard Testbed for Optical Music Recognition, ISMIR 2016), in the form
that the OLiMPiC benchmark uses (Mayer, Straka, Hajič, Pecina: Practical End-to-End Optical Music
Recognition for Pianoform Music, ICDAR 2024). A `<note>` is one node, with a code of four letters: pitch
("R" for rests), voice, type, stem; other children of it stay nodes. What only sounds, and the durations of
notes, are left out; other durations are in quarter notes. Costs are in `trees.py`.

Two flavours: `full` compares what stands in the files; `lmx` leaves out on both sides what the encoding LMX
does not have: directions, barlines, harmony, lyrics, fingerings, and all ornaments and articulations but
the common.

Pitches have letters of their own here, which no other text has; the published code shares some. That
differs only where two things of a note change at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

import numpy as np
from lxml import etree

from notehead.evaluate.music.counts import Share
from notehead.evaluate.music.trees import LETTERS, Tree, tree_distance
from notehead.evaluate.music.written import number

Flavour = Literal["full", "lmx"]

_NOT_NOTATED = {
    "score-partwise": frozenset(
        {"work", "movement-number", "movement-title", "identification", "defaults", "credit", "part-list"}
    ),
    "measure": frozenset({"print", "sound", "listening"}),
    "attributes": frozenset({"divisions"}),
    "note": frozenset({"duration", "listen", "play", "tie", "pitch", "voice", "type", "stem"}),
}
_NOWHERE = frozenset({"footnote", "level"})
_NOT_IN_LMX = {
    "measure": frozenset({"figured-bass", "bookmark", "grouping", "direction", "barline", "harmony"}),
    "attributes": frozenset({"instruments", "staff-details", "measure-style", "directive", "part-symbol"}),
    "note": frozenset({"cue", "lyric", "instrument", "notehead-text", "notehead"}),
}
_IN_LMX = {
    "rest": frozenset[str](),
    "tuplet": frozenset[str](),
    "time-modification": frozenset({"actual-notes", "normal-notes"}),
    "notations": frozenset({"tied", "slur", "tuplet", "ornaments", "articulations", "fermata", "arpeggiate"}),
    "articulations": frozenset({"staccato", "accent", "strong-accent", "tenuto"}),
    "ornaments": frozenset({"tremolo", "trill-mark"}),
    **dict.fromkeys(("staccato", "accent", "strong-accent", "tenuto", "trill-mark"), frozenset[str]()),
}
"""Of these elements LMX has no other children; of the last ones no text either."""
_BARE = frozenset({"staccato", "accent", "strong-accent", "tenuto", "trill-mark"})
_HOLDERS = frozenset({"notations", "articulations", "ornaments"})
"""Left out where nothing is left in them."""

_TYPES = {
    "1024th": "0", "512th": "0", "256th": "0", "128th": "0", "64th": "1", "32nd": "2", "16th": "3",
    "eighth": "4", "quarter": "5", "half": "6", "whole": "7", "breve": "8", "long": "9", "maxima": "9",
}  # fmt: skip
_STEMS = {"up": "U", "down": "D", "none": "N"}
_FIRST_PITCH = 0x110000
"""Letters of pitches come after all that Unicode has."""


def tedn(found: etree._Element, true: etree._Element, flavour: Flavour = "full") -> Share:
    """The cost of turning a found `<part>` into the true one, of the cost of writing the true one.

    The second is the cost of turning a part without anything into the true one. The ratio can exceed 1.

    Raises:
        MemoryError: the parts are too large.
    """
    names = _Names()
    trees = [_Planter(names, flavour).plant(part) for part in (found, true)]
    return Share(tree_distance(*trees), trees[1].cost - 1)


@dataclass(slots=True)
class _Names:
    """Numbers of tags and texts, and letters of pitches, the same in both trees."""

    words: dict[str, int] = field(default_factory=dict)
    pitches: dict[tuple[str, Fraction, str], int] = field(default_factory=dict)

    def word(self, text: str) -> int:
        return self.words.setdefault(text, len(self.words))

    def letter(self, pitch: etree._Element) -> int:
        step, octave = ((pitch.findtext(name) or "").strip() for name in ("step", "octave"))
        return self.pitches.setdefault(
            (step, number(pitch.findtext("alter")), octave), _FIRST_PITCH + len(self.pitches)
        )


@dataclass(slots=True)
class _Planter:
    """Makes a tree of a part; nodes are appended in post-order."""

    names: _Names
    flavour: Flavour
    divisions: Fraction = Fraction(1)
    leftmost: list[int] = field(default_factory=list)
    tags: list[int] = field(default_factory=list)
    texts: list[int] = field(default_factory=list)
    letters: list[list[int]] = field(default_factory=list)
    codes: list[bool] = field(default_factory=list)

    def plant(self, part: etree._Element) -> Tree:
        self._add(part)
        letters = np.zeros((len(self.tags), LETTERS), np.int32)
        for row, word in zip(letters, self.letters, strict=True):
            row[: len(word)] = word
        return Tree(
            np.array(self.leftmost, np.int32),
            np.array(self.tags, np.int32),
            np.array(self.texts, np.int32),
            letters,
            np.array([len(word) for word in self.letters], np.int32),
            np.array(self.codes, np.bool_),
        )

    def _add(self, element: etree._Element) -> int:
        """Append an element's nodes; the number of its leftmost leaf."""
        tag = str(element.tag)
        first = -1
        for child in self._children(element, tag):
            leaf = self._add(child)
            first = leaf if first < 0 else first
        if first < 0:
            first = len(self.tags)
        code = tag == "note"
        text = "" if code else self._text(element, tag)
        self.leftmost.append(first)
        self.tags.append(self.names.word(tag))
        self.texts.append(self.names.word(text))
        self.letters.append((self._code(element) if code else [ord(letter) for letter in text])[:LETTERS])
        self.codes.append(code)
        return first

    def _children(self, element: etree._Element, tag: str) -> Iterator[etree._Element]:
        left_out = _NOWHERE | _NOT_NOTATED.get(tag, frozenset())
        only = None
        if self.flavour == "lmx":
            left_out, only = left_out | _NOT_IN_LMX.get(tag, frozenset()), _IN_LMX.get(tag)
        for child in element:
            name = str(child.tag)
            if tag == "attributes" and name == "divisions":
                self.divisions = number(child.text) or Fraction(1)
            if name in left_out or (only is not None and name not in only):
                continue
            emptied = (
                self.flavour == "lmx" and name in _HOLDERS and next(self._children(child, name), None) is None
            )
            if not emptied:
                yield child

    def _text(self, element: etree._Element, tag: str) -> str:
        text = (element.text or "").strip()
        if tag == "duration":
            return str(number(text) / self.divisions)
        if self.flavour == "lmx" and tag in _BARE:
            return ""
        if self.flavour == "lmx" and tag in {"actual-notes", "normal-notes"}:
            return _reduced(element, tag)
        return text

    def _code(self, note: etree._Element) -> list[int]:
        pitch = note.find("pitch")
        head = ord("R") if note.find("rest") is not None else ord("~")
        if pitch is not None and note.find("rest") is None:
            head = self.names.letter(pitch)
        voice = (note.findtext("voice") or "1").strip()
        kind = _TYPES.get((note.findtext("type") or "whole").strip(), _TYPES["whole"])
        stem = _STEMS.get((note.findtext("stem") or "").strip(), "-")
        return [head, *(ord(letter) for letter in voice[: LETTERS - 3] + kind + stem)]


def _reduced(element: etree._Element, tag: str) -> str:
    """A number of a time modification in lowest terms."""
    both = element.getparent()
    counts = (
        [int(both.findtext(name) or 1) for name in ("actual-notes", "normal-notes")]
        if both is not None
        else [1]
    )
    ratio = Fraction(counts[0], counts[-1])
    return str(ratio.numerator if tag == "actual-notes" else ratio.denominator)
