"""Lines of text as outlines of letters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from notehead.engrave.lilypond.svg import Words
from notehead.engrave.outlines import Outline
from notehead.engrave.scripts import visual_order
from notehead.engrave.style import Style
from notehead.engrave.text import Face, TextFont, letter


@dataclass(frozen=True, slots=True)
class Letters:
    """The fonts of a page's text, whatever font LilyPond made room for.

    Attributes:
        text: for all letters but ...
        head: ... those of titles.
        width: of the letters, 1 as the font has it.
    """

    text: TextFont = "STIX"
    head: TextFont = "STIX"
    width: float = 1.0

    @classmethod
    def of(cls, style: Style) -> Letters:
        """The letters that a style asks for."""
        return cls(style.text_font, style.head_font, style.text_width)

    def set(self, words: Words, *, head: bool = False) -> Iterator[tuple[int, Outline, float, float]]:
        """Each letter from left to right: its place in `words.letters`, its outline, x, and x of its end."""
        face = Face(self.head if head else self.text, words.bold, words.italic, self.width)
        x, scale = words.x, words.size / 1000
        for sign in visual_order(words.letters):
            outline = letter(face, sign.form)
            end = x + outline.advance * scale
            yield sign.place, outline, x, end
            x = end
