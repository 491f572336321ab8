"""What a style changes in the score itself: heads and feet, sizes of staves, ossias, letters of lyrics.

Verovio has no options for these, but MEI has elements. The engraver exports a score as MEI without
laying it out, dresses it here, and loads it again; that costs little, since most of a load is the layout.
"""

from __future__ import annotations

import numpy as np
from lxml import etree

from notehead.engrave.style import Style
from notehead.engrave.transliterate import transliterate
from notehead.engrave.verovio.ossia import add_ossias
from notehead.engrave.wording import Titles, Wording

_MEI = "{http://www.music-encoding.org/ns/mei}"
_ID = "{http://www.w3.org/XML/1998/namespace}id"
_DASHED = "\u2013\u00a0{}\u00a0\u2013"


def dress(mei: str, style: Style) -> str:
    """An MEI document as Verovio exports it, changed as a style says; the same for the same style."""
    # As in `music.py`, recover forgives ids that Verovio gives twice.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True, recover=True)
    root = etree.fromstring(mei.encode(), parser)
    definition = root.find(f".//{_MEI}scoreDef")
    if definition is None:
        return mei
    rng = np.random.default_rng(style.details)
    _write_heads(definition, style, Wording(rng), _said(root))
    _resize_staves(definition, style, rng)
    _rewrite_lyrics(root, style)
    _drop_remarks(root)
    _spread_what_is_seen(root)
    if style.hide_empty:
        definition.set("optimize", "true")
    if style.ossias:
        add_ossias(root, style.ossias, rng)
    return etree.tostring(root, encoding="unicode")


def _write_heads(definition: etree._Element, style: Style, words: Wording, said: Titles) -> None:
    """First page's head and foot, and those of the others; `said` is what a score without a head says."""
    heads = definition.findall(f"{_MEI}pgHead")
    feet = definition.findall(f"{_MEI}pgFoot")
    made_up = words.titles()
    kept = [head for head in heads if head.get("func") in {None, "first"}]
    if not style.header:
        kept = []
    elif style.titles == "new":
        kept = [_titles(made_up)]
    elif not heads and said.title:
        kept = [_titles(said)]
    for head in kept:
        head.set("func", "first")
    for old in heads + feet:
        definition.remove(old)
    following = [_page_number(style)] if style.page_numbers not in {"none", "foot"} else []
    if following and not kept:  # else the first page is numbered as well
        kept = [_element("pgHead", func="first")]
    parts = kept + following + _feet(style, words, feet)
    for place, part in enumerate(parts):
        definition.insert(place, part)


def _element(name: str, text: str = "", **attributes: str) -> etree._Element:
    element = etree.Element(_MEI + name, {key: value for key, value in attributes.items() if value})
    element.text = text or None
    return element


def _said(root: etree._Element) -> Titles:
    """The title and the names that the document's header has."""
    statement = root.find(f"{_MEI}meiHead/{_MEI}fileDesc/{_MEI}titleStmt")
    if statement is None:
        return Titles()
    title = (statement.findtext(f"{_MEI}title") or "").strip()
    names = {name.get("role"): (name.text or "").strip() for name in statement.iter(f"{_MEI}persName")}
    composer = names.get("composer") or (statement.findtext(f"{_MEI}composer") or "").strip()
    return Titles(title=title, composer=composer, words=names.get("lyricist", ""))


def _titles(said: Titles) -> etree._Element:
    """A head with a title in the middle, and names to its sides."""
    head = _element("pgHead", func="first")
    lines = (
        _rend(said.dedication, "center", "top", "90%", italic=True),
        _rend(said.title, "center", "top", "180%", bold=True),
        _rend(said.subtitle, "center", "top", "120%"),
        _rend(said.opus, "center", "top", "100%"),
    )
    for line in lines:
        if line.text and len(head):
            head.append(_rend("\u00a0", "center", "top", "50%"))  # else lines touch
        if line.text:
            head.append(line)
    if said.words:
        head.append(_rend(said.words, "left", "bottom", "90%"))
    if said.composer:
        head.append(_rend(said.composer, "right", "bottom", "100%"))
    return head


def _rend(
    text: str, halign: str, valign: str, size: str, *, italic: bool = False, bold: bool = False
) -> etree._Element:
    return _element(
        "rend",
        text,
        halign=halign,
        valign=valign,
        fontsize=size,
        fontstyle="italic" if italic else "",
        fontweight="bold" if bold else "",
    )


def _number(form: str = "{}", **attributes: str) -> etree._Element:
    """A page number, which Verovio puts in for the `#`."""
    before, after = form.split("{}")
    rend = _element("rend", before, **attributes)
    number = _element("num", "#", label="page")
    number.tail = after or None
    rend.append(number)
    return rend


def _page_number(style: Style) -> etree._Element:
    head = _element("pgHead", func="all")
    side = style.page_numbers if style.page_numbers in {"left", "right"} else "center"
    form = _DASHED if style.page_numbers == "dashes" else "{}"
    head.append(_number(form, halign=side, valign="top"))
    return head


def _feet(style: Style, words: Wording, old: list[etree._Element]) -> list[etree._Element]:
    """The foot of the first page, and of all others."""
    first, following = _element("pgFoot", func="first"), _element("pgFoot", func="all")
    plate = words.plate()
    if style.foot == "rights":
        first.append(_rend(words.rights(), "center", "bottom", "75%"))
    elif style.foot == "note":
        first.append(_rend(words.note(), "left", "bottom", "75%"))
    elif style.foot == "plate":
        for foot in (first, following):
            foot.append(_rend(plate, "center", "bottom", "75%"))
    elif style.foot == "score":
        for foot in old[:1]:
            first.extend(foot)
    if style.page_numbers == "foot":
        side = "right" if style.foot == "plate" else "center"
        following.append(_number(halign=side, valign="bottom"))
    return [first, following] if len(first) or len(following) else []


def _resize_staves(definition: etree._Element, style: Style, rng: np.random.Generator) -> None:
    """Make some staves small, where the score has such: voices above a keyboard, or the other way round."""
    staves = list(definition.iter(f"{_MEI}staffDef"))
    keyboard = _keyboard(definition)
    others = [staff for staff in staves if staff not in keyboard]
    small: list[etree._Element] = []
    if style.small_staves == "above" and keyboard and others and staves[-1] in keyboard:
        small = others
    elif style.small_staves == "below" and keyboard and len(others) > 1:
        small = keyboard
    elif style.small_staves == "one" and len(staves) > 1 and len(others) > 0:
        small = [others[int(rng.integers(len(others)))]]
    for staff in small:
        staff.set("scale", f"{round(100 * style.small_staff)}%")


def _keyboard(definition: etree._Element) -> list[etree._Element]:
    """The staves of the last group that has a brace and two or three staves."""
    found: list[etree._Element] = []
    for group in definition.iter(f"{_MEI}staffGrp"):
        sign = group.find(f"{_MEI}grpSym")
        symbol = group.get("symbol") or (sign.get("symbol") if sign is not None else "")
        staves = group.findall(f"{_MEI}staffDef")
        if symbol == "brace" and len(staves) in {2, 3}:
            found = staves
    return found


def _drop_remarks(root: etree._Element) -> None:
    """Take out the warning signs that Verovio puts over what it finds strange in Humdrum files."""
    for remark in root.findall(f".//{_MEI}dir[@type='problem']"):
        parent = remark.getparent()
        if parent is not None:
            parent.remove(remark)


def _spread_what_is_seen(root: etree._Element) -> None:
    """Take hidden notes out of arpeggios.

    Verovio 6.4.1 draws an arpeggio to a hidden note now and then, and else not, for the same score.
    """
    arpeggios = [(one, one.get("plist", "").split()) for one in root.iter(f"{_MEI}arpeg")]
    named = {name.removeprefix("#") for _, names in arpeggios for name in names}
    if not named:
        return
    hidden = {
        f"#{one.get(_ID)}"
        for one in root.iter(f"{_MEI}note", f"{_MEI}chord")
        if one.get(_ID) in named and not _is_seen(one)
    }
    for arpeggio, names in arpeggios:
        seen = [name for name in names if name not in hidden]
        parent = arpeggio.getparent()
        if names and not seen and parent is not None:
            parent.remove(arpeggio)
        elif seen != names:
            arpeggio.set("plist", " ".join(seen))


def _is_seen(element: etree._Element) -> bool:
    """Whether something of a note, or of a chord, is drawn."""
    if element.get("visible") == "false":
        return False
    notes = element.findall(f"{_MEI}note")
    return not notes or any(note.get("visible") != "false" for note in notes)


def _rewrite_lyrics(root: etree._Element, style: Style) -> None:
    script = style.lyric_script
    if script == "as written":
        return
    for syllable in root.iter(f"{_MEI}syl"):
        ends = syllable.get("wordpos") not in {"i", "m"}
        for part in syllable.iter(f"{_MEI}*"):  # italics are in a <rend> inside
            if part.text:
                part.text = transliterate(part.text, script, word_ends=ends)
