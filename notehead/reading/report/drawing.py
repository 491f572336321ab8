"""What Verovio drew, fit to stand in a web page: only what draws, few ids, measures in doubt marked."""

from __future__ import annotations

import re
from collections.abc import Collection

from lxml import etree

_SVG = "{http://www.w3.org/2000/svg}"
_DRAWS = {
    "svg", "defs", "g", "path", "use", "rect", "polygon", "polyline", "ellipse", "circle", "line", "text",
    "tspan",
}  # fmt: skip
_LINKS = {"href", "{http://www.w3.org/1999/xlink}href"}
_SAYS = {
    "viewBox", "width", "height", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "rx", "ry", "r", "d",
    "points", "transform", "fill", "fill-opacity", "stroke", "stroke-width", "stroke-linecap",
    "stroke-linejoin", "stroke-dasharray", "opacity", "color", "font-size", "font-family", "font-style",
    "font-weight", "text-anchor", "overflow", "version", "visibility",
}  # fmt: skip
_KEPT_CLASSES = {
    "measure", "definition-scale", "ending", "fing", "reh", "tempo", "dir", "dynam", "mNum", "label",
}  # fmt: skip
_HIDDEN = "placeholder"
"""Class of marks of what Verovio has a place for and draws nothing."""
_MEASURE = re.compile(r"m[0-9]+")


def drawn(svg: str, doubtful: Collection[int], page: int) -> str:
    """The drawing of a page; measure k has `data-m="k"`, and the class `doubtful` where it is among those.

    Args:
        svg: as Verovio made it.
        doubtful: numbers of measures.
        page: its number; makes ids unique.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, huge_tree=True)
    root = etree.fromstring(svg.encode(), parser)
    for element in list(root.iter()):
        if _draws(element):
            _clean(element, doubtful, page)
            continue
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)
    etree.cleanup_namespaces(root)
    return str(etree.tostring(root, encoding="unicode", with_tail=False))


def _draws(element: etree._Element) -> bool:
    if not isinstance(element.tag, str) or element.tag.removeprefix(_SVG) not in _DRAWS:
        return False
    return _HIDDEN not in element.get("class", "").split()


def _clean(element: etree._Element, doubtful: Collection[int], page: int) -> None:
    given = {str(name): str(value) for name, value in element.attrib.items()}
    element.attrib.clear()
    for name, value in given.items():
        if name in _LINKS and value.startswith("#"):
            element.set("href", f"#e{page}-{value[1:]}")
        elif name in _SAYS:
            element.set(name, value)
    parent = element.getparent()
    if "id" in given and parent is not None and parent.tag == f"{_SVG}defs":
        element.set("id", f"e{page}-{given['id']}")
    kind = given.get("class", "").split(" ")[0]
    if kind in _KEPT_CLASSES:
        element.set("class", kind)
    if kind == "measure" and _MEASURE.fullmatch(given.get("id", "")):
        number = int(given["id"][1:])
        element.set("data-m", str(number))
        if number in doubtful:
            element.set("class", "measure doubtful")
