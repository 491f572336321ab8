"""Our `Style` as MuseScore's: a style file, and the changes to a score before it is engraved."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml import etree

from notehead.engrave.musescore.dress import foot_values
from notehead.engrave.musescore.fonts import FAMILIES, TEXT_FONTS
from notehead.engrave.style import MM_PER_INCH, Style

OWN_SPACE = 25.4 / 72 * 5
"""MuseScore's usual staff space in millimetres: 5 points."""
_DODGE = 1.002
"""Glyphs of exactly the usual size come without their origin; staves this much larger do not."""
_DEFAULT_LINEAR = 0.25
_STAFF_GAP = 6.5 / 12
"""MuseScore's distance between staves for each half staff space of ours."""


def staff_space(style: Style) -> float:
    """The staff space in millimetres that MuseScore is asked for."""
    space = style.staff_space
    return OWN_SPACE * _DODGE if abs(space / OWN_SPACE - 1) < _DODGE - 1 else space


def style_values(style: Style, fonts: Mapping[str, object]) -> dict[str, float | str]:
    """MuseScore's style values; `fonts` are the music fonts that the program has.

    Raises:
        KeyError: it has not this one.
    """
    fonts[style.font]
    side, top = style.margin_side / MM_PER_INCH, style.margin_top / MM_PER_INCH
    values: dict[str, float | str] = {
        "pageWidth": style.paper.width / MM_PER_INCH,
        "pageHeight": style.paper.height / MM_PER_INCH,
        "pagePrintableWidth": style.paper.width / MM_PER_INCH - 2 * side,
        "pageTwosided": 0,
        **{f"page{page}LeftMargin": side for page in ("Even", "Odd")},
        **{f"page{page}{edge}Margin": top for page in ("Even", "Odd") for edge in ("Top", "Bottom")},
        "musicalSymbolFont": style.font,
        "musicalTextFont": TEXT_FONTS.get(style.font, f"{style.font} Text"),
        "staffDistance": style.spacing_staff * _STAFF_GAP,
        "akkoladeDistance": style.spacing_staff * _STAFF_GAP,
        "minSystemDistance": 6.5 + style.spacing_system / 2,
        "maxSystemDistance": 30.0 if style.justify else 8.0 + style.spacing_system,
        "measureSpacing": 1.2 * style.spacing_linear / _DEFAULT_LINEAR,
        "staffLineWidth": style.staff_line / 2,
        "stemWidth": style.stem / 2,
        "barWidth": style.barline / 2,
        "doubleBarWidth": style.barline / 2,
        "endBarWidth": style.thick_barline / 2,
        "doubleBarDistance": style.bar_spacing / 2 + style.barline / 2,
        "endBarDistance": style.bar_spacing / 2 + style.barline / 2,
        "ledgerLineWidth": style.ledger_line / 2,
        "ledgerLineLength": 0.7 * style.ledger_reach,
        "bracketWidth": 0.44 * style.bracket,
        "tupletBracketWidth": style.tuplet_line / 2,
        "ottavaLineWidth": style.octave_line / 2,
        "ottavaNumbersOnly": int(not style.octave_letters),
        "voltaLineWidth": style.ending_line / 2,
        "pedalLineWidth": style.octave_line / 2,
        "lyricsLineThickness": style.lyric_line / 2,
        "lyricsDashLineThickness": style.lyric_line / 2,
        "repeatBarlineDotSeparation": style.repeat_dots,
        "minMeasureWidth": style.measure_width / 3,
        "dividerLeft": int(style.system_divider == "left"),
        "SlurEndWidth": style.slur_end / 2,
        "slurMidWidth": style.slur_middle / 2,
        "hairpinHeight": style.hairpin / 2,
        "hairpinLineWidth": style.hairpin_line / 2,
        "lyricsOddFontSize": 11 * style.lyric / 4.5,
        "lyricsEvenFontSize": 11 * style.lyric / 4.5,
        "fingeringFontSize": 8 * style.fingering / 0.75,
        "tempoFontStyle": 0 if style.light_tempo else 1,
        "measureNumberFontStyle": 0 if style.upright_numbers else 2,
        "graceNoteMag": style.grace,
        "smallStaffMag": style.small_staff,
        **_text_values(style),
        **foot_values(style),
        "showMeasureNumber": int(style.measure_numbers != "none"),
        "measureNumberSystem": int(style.measure_numbers == "system"),
        "measureNumberInterval": 1 if style.measure_numbers == "every" else 5,
        "createMultiMeasureRests": 0,
        "Spatium": staff_space(style),
    }
    return values


_HEADS = {"title": 24, "subTitle": 14, "composer": 12, "lyricist": 12, "header": 11, "footer": 8}
"""Sizes in points of what is set in the font of titles, at MuseScore's usual staff space."""
_TEXTS = (
    "default", "lyricsOdd", "lyricsEven", "longInstrument", "shortInstrument", "partInstrument", "expression",
    "tempo", "metronome", "measureNumber", "translator", "system", "staff", "rehearsalMark", "repeatLeft",
    "repeatRight", "textLine", "volta", "chordSymbolA", "chordSymbolB", "instrumentChange",
)  # fmt: skip


def _text_values(style: Style) -> dict[str, float | str]:
    """Fonts of text, and sizes of titles, which go with the staves as they do elsewhere."""
    share = style.staff_space / OWN_SPACE
    return {
        **{f"{name}FontFace": FAMILIES[style.text_font] for name in _TEXTS},
        **{f"{name}FontFace": FAMILIES[style.head_font] for name in _HEADS},
        **{f"{name}FontSize": max(size * share, 5.0) for name, size in _HEADS.items()},
        **{f"{name}FontSpatiumDependent": 0 for name in _HEADS},
    }


def style_file(values: Mapping[str, float | str]) -> bytes:
    """A style file (`.mss`) of these values."""
    root = etree.Element("museScore", version="3.01")
    style = etree.SubElement(root, "Style")
    for name, value in values.items():
        etree.SubElement(style, name).text = f"{value:g}" if isinstance(value, float) else str(value)
    data: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return data


def prepared(score: bytes, *, header: bool) -> bytes:
    """A saved score (`.mscx`) without what binds it to the pages of its first edition.

    Breaks, rests of many measures as one, and, where no header is wanted, its title go.
    """
    root = etree.fromstring(score, etree.XMLParser(huge_tree=True, resolve_entities=False))
    unwanted = [*root.iter("LayoutBreak"), *(node for node in root.iter("Measure") if _many(node))]
    if not header:
        unwanted += root.iter("VBox")
    for node in unwanted:
        parent = node.getparent()
        if parent is not None:
            parent.remove(node)
    data: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return data


def _many(measure: etree._Element) -> bool:
    return measure.find("multiMeasureRest") is not None


_SPACE = re.compile(rb"(<Spatium>)[^<]*(</Spatium>)")


def with_space(score: bytes, space: float) -> bytes:
    """A saved score with staves of another size."""
    return _SPACE.sub(rb"\g<1>%g\g<2>" % space, score, count=1)
