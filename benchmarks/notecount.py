"""How many noteheads a score asks for, counted in its text: what a drawing must show."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from notehead.engrave.score import Score

_HIDDEN_KERN = "yy"


@dataclass(frozen=True, slots=True)
class NoteCount:
    """Notes of a score that are to be seen, and those that it hides."""

    shown: int
    hidden: int


def count_notes(score: Score) -> NoteCount:
    """Notes of a score in MusicXML or Humdrum; chords count each note, rests none."""
    if score.format == "kern":
        return _kern(score.text)
    root = etree.fromstring(score.text.encode())
    shown = hidden = 0
    for note in root.iter("{*}note"):
        if note.find("{*}rest") is not None:
            continue
        head = note.find("{*}notehead")
        invisible = note.get("print-object") == "no" or (head is not None and head.text == "none")
        if invisible:
            hidden += 1
        else:
            shown += 1
    return NoteCount(shown, hidden)


def _kern(text: str) -> NoteCount:
    shown = hidden = 0
    kinds: list[str] = []
    repeated: set[int] = set()
    for line in text.splitlines():
        if not line or line.startswith("!"):
            continue
        fields = line.split("\t")
        if line.startswith("*"):
            # Between *rep and *Xrep a spine shows repeat signs instead of notes.
            repeated = {i for i, field in enumerate(fields) if field == "*rep"} | (
                repeated - {i for i, field in enumerate(fields) if field == "*Xrep"}
            )
            kinds = _spines(kinds, fields)
            continue
        if line.startswith("="):
            continue
        for spine, (kind, field) in enumerate(zip(kinds, fields, strict=False)):
            if kind != "**kern" or field == ".":
                continue
            for token in field.split(" "):
                if not re.search(r"[a-gA-G]", token) or "r" in token:
                    continue
                if _HIDDEN_KERN in token or spine in repeated:
                    hidden += 1
                else:
                    shown += 1
    return NoteCount(shown, hidden)


def _spines(kinds: list[str], fields: list[str]) -> list[str]:
    """The kinds of the spines after a line of interpretations."""
    if any(field.startswith("**") for field in fields):
        return list(fields)
    result: list[str] = []
    joining = False
    for kind, field in zip(kinds, fields, strict=False):
        if field == "*^":
            result += [kind, kind]
        elif field == "*v":
            if not joining:
                result.append(kind)
            joining = True
            continue
        elif field != "*-":
            result.append(kind)
        joining = False
    return result
