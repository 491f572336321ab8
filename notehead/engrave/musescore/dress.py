"""What a style changes in the score itself: heads and feet, sizes of staves, letters of lyrics."""

from __future__ import annotations

import numpy as np
from lxml import etree

from notehead.engrave.style import Style
from notehead.engrave.transliterate import transliterate
from notehead.engrave.wording import Titles, Wording

_NUMBER = "$p"
"""What MuseScore puts the page number in for, from the second page on."""
_RIGHTS = "$C"
"""What it puts the score's rights in for, on the first page."""
_LINE = 4.0
"""Room for a line of a head, in staff spaces."""


def dressed(score: bytes, style: Style) -> bytes:
    """A saved score (`.mscx`) changed as a style says; the same for the same style."""
    root = etree.fromstring(score, etree.XMLParser(huge_tree=True, resolve_entities=False))
    inside = root.find("Score")
    if inside is None:
        return score
    words = Wording(np.random.default_rng(style.details))
    titles, plate = words.titles(), words.plate()
    del plate  # drawn here and in `foot_values`, so that both have the same words
    if style.header and style.titles == "new":
        _write_head(inside, titles)
    if style.foot in {"rights", "note"}:
        _write_rights(inside, words.rights() if style.foot == "rights" else words.note())
    _resize_staves(inside, style, np.random.default_rng(style.details))
    _rewrite_lyrics(inside, style)
    data: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return data


def foot_values(style: Style) -> dict[str, str | int]:
    """MuseScore's style values for heads and feet of pages."""
    words = Wording(np.random.default_rng(style.details))
    words.titles()
    plate = words.plate()
    head, foot = dict.fromkeys("LCR", ""), dict.fromkeys("LCR", "")
    numbers = {"left": "L", "middle": "C", "right": "R", "dashes": "C"}
    if style.page_numbers in numbers:
        dashes = style.page_numbers == "dashes"
        head[numbers[style.page_numbers]] = f"\u2013 {_NUMBER} \u2013" if dashes else _NUMBER
    if style.foot == "plate":
        foot["C"] = plate
    elif style.foot != "none":
        foot["L" if style.foot == "note" else "C"] = _RIGHTS
    if style.page_numbers == "foot":
        foot["R" if style.foot == "plate" else "C" if not foot["C"] else "R"] = _NUMBER
    values: dict[str, str | int] = {
        "showHeader": int(any(head.values())),
        "headerFirstPage": 0,
        "headerOddEven": 0,
        "showFooter": int(any(foot.values())),
        "footerFirstPage": 1,
        "footerOddEven": 0,
    }
    for page in ("odd", "even"):
        values |= {f"{page}Header{side}": text for side, text in head.items()}
        values |= {f"{page}Footer{side}": text for side, text in foot.items()}
    return values


def _write_head(score: etree._Element, said: Titles) -> None:
    """A head of our own in place of the score's."""
    for box in score.findall("Staff/VBox"):
        staff = box.getparent()
        if staff is not None:
            staff.remove(box)
    first = score.find("Staff")
    if first is None:
        return
    above = [line for line in (said.subtitle, said.opus, said.dedication) if line]
    box = etree.Element("VBox")
    etree.SubElement(box, "height").text = f"{_LINE * (3 + len(above)):g}"
    lines = {
        "Title": said.title,
        "Subtitle": "\n".join(above),
        "Composer": said.composer,
        "Lyricist": said.words,
    }
    for name, text in lines.items():
        if text:
            node = etree.SubElement(box, "Text")
            etree.SubElement(node, "style").text = name
            etree.SubElement(node, "text").text = text
    first.insert(0, box)


def _write_rights(score: etree._Element, text: str) -> None:
    for tag in score.findall("metaTag[@name='copyright']"):
        score.remove(tag)
    tag = etree.Element("metaTag", name="copyright")
    tag.text = text
    score.insert(0, tag)


def _resize_staves(score: etree._Element, style: Style, rng: np.random.Generator) -> None:
    """Make some staves small, where the score has such: voices above a keyboard, or the other way round."""
    parts = [part.findall("Staff") for part in score.findall("Part")]
    staves = [staff for part in parts for staff in part]
    keyboard = next((part for part in reversed(parts) if len(part) in {2, 3}), [])
    others = [staff for staff in staves if staff not in keyboard]
    small: list[etree._Element] = []
    if style.small_staves == "above" and keyboard and others and staves[-1] in keyboard:
        small = others
    elif style.small_staves == "below" and keyboard and len(others) > 1:
        small = keyboard
    elif style.small_staves == "one" and len(staves) > 1 and others:
        small = [others[int(rng.integers(len(others)))]]
    for staff in small:
        kind = staff.find("StaffType")
        if kind is not None:
            etree.SubElement(kind, "small").text = "1"


def _rewrite_lyrics(score: etree._Element, style: Style) -> None:
    script = style.lyric_script
    if script == "as written":
        return
    for lyric in score.iter("Lyrics"):
        ends = (lyric.findtext("syllabic") or "") not in {"begin", "middle"}
        for text in lyric.findall("text"):
            for part in text.iter():
                if part.text:
                    part.text = transliterate(part.text, script, word_ends=ends)
                if part is not text and part.tail:
                    part.tail = transliterate(part.tail, script, word_ends=ends)
