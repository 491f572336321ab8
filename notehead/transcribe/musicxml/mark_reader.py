"""Marks at notes of a MusicXML file: articulations, ornaments, fermatas, tremolos, bowings, fingerings."""

from __future__ import annotations

from lxml import etree

from notehead.transcribe.musicxml.names import ARPEGGIO, MARKS, TREMOLO

_OURS: dict[str, list[tuple[dict[str, str], str, str]]] = {}
for _name, (_, _tag, _attributes, _text) in MARKS.items():
    _OURS.setdefault(_tag, []).append((dict(_attributes), _text, _name))
_GROUPS = frozenset({"articulations", "ornaments", "technical"})
_DEFAULTS = {"placement": "above", "type": "upright"}


def marks_of(note: etree._Element) -> tuple[str, ...]:
    """Classes of the marks at a note, in their order; an arpeggio comes last."""
    found = []
    for notations in note.iterfind("notations"):
        for child in notations:
            members = child if child.tag in _GROUPS else [child]
            found += [name for member in members if (name := _mark(member))]
    arpeggio = note.find("notations/arpeggiate") is not None
    return (*found, ARPEGGIO) if arpeggio else tuple(found)


def fingering_of(note: etree._Element) -> tuple[str, ...]:
    """The fingers written at a note."""
    return tuple(finger.text or "" for finger in note.iterfind("notations/technical/fingering"))


def _mark(element: etree._Element) -> str:
    """The class of a mark, "" for what is none; the best of those with its name where attributes differ."""
    tag = str(element.tag)
    if tag == "other-notation":
        return element.text or ""
    if tag == "tremolo" and element.get("type") in {"start", "stop"}:
        return TREMOLO
    best, most = "", -1
    for attributes, text, name in _OURS.get(tag, ()):
        if text and text != (element.text or "").strip():
            continue
        same = sum(element.get(key, _DEFAULTS.get(key)) == value for key, value in attributes.items())
        score = 2 * same - len(attributes)
        if score > most or not best:
            best, most = name, score
    return best
