"""Files of MuNG nodes, as the package `mung` 1.2 writes them: read node by node, and written.

What a node's `Data` may hold, and where it goes:

| key | type | column |
|---|---|---|
| `onset_beats`, `duration_beats` | float | onset, duration |
| `normalized_pitch_step` or `pitch_step`, `pitch_octave` | str, int | diatonic |
| `pitch_modification`, else `midi_pitch_code` | int | alter |
| `staff_id`, `system_id`, `measure_id`, `voice`, `staff_position` | int | staff to position |
| `text` | str | text |
| `score` | float | score |
| `area` | int | area, where it is not what the masks say |
| `box`, `corners` | list[float] | box and corners, which a node's whole pixels cannot hold |
| `covered` | str | none: which pixels of the mask others cover, spelled as a mask; see `mung_masks.paint` |

`mung` and DoReMi have those for time and pitch, `staff_id` and `text`; the others are ours. A `box` that
is not within the node's own is out of date and not used.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import quoteattr

import numpy as np

from notehead.datasets.complaints import Complaints
from notehead.datasets.formats.common.xml import read_xml
from notehead.datasets.formats.common.xml_text import printable, xml_text
from notehead.datasets.formats.mung.masks import Runs, full_runs, parse_runs
from notehead.errors import DatasetError
from notehead.page import ABSENT, STEPS, Pitch
from notehead.vocabulary import Vocabulary

if TYPE_CHECKING:
    from lxml import etree

LARGEST_ID = int(np.iinfo(np.uint16).max)
"""Of a symbol: masks hold no larger one."""

ROOTS = ("Nodes", "CropObjectList", "CropObjects")
"""The roots of MuNG files; the last two until MUSCIMA++ 1.0."""

CLASS_REMEDY = (
    "List the classes in classes.csv (id,name) beside the annotations, or give ReadOptions a vocabulary; "
    "or leave such symbols out with --keep-going."
)

LINK_REMEDY = "Mend the link, or leave such links out with --keep-going."

WHOLE = {
    "staff_id": "staff", "system_id": "system", "measure_id": "measure", "voice": "voice",
    "staff_position": "position",
}  # fmt: skip
TIMES = {"onset_beats": "onset", "duration_beats": "duration"}

_SLACK = 1e-3


@dataclass(slots=True)
class Node:
    """One node of a file.

    Attributes:
        name: what messages call it.
        id: as the file has it, more by one where the file has an Id 0.
        label: class id.
        box: left, top, right, bottom as the node itself says it.
        runs: its mask; None where it has none.
        links: the ids that its Outlinks lead to.
        covered: which pixels of its mask another symbol covers; None where it does not say.
        columns: values of columns of `Symbols`.
    """

    name: str
    id: int
    label: int
    box: tuple[float, float, float, float]
    runs: Runs | None
    covered: Runs | None
    links: list[int]
    columns: dict[str, Any] = field(default_factory=dict)

    @property
    def corner(self) -> tuple[int, int]:
        """Left and top of the whole pixels that its box touches."""
        return math.floor(self.box[0]), math.floor(self.box[1])

    @property
    def filled(self) -> Runs:
        """Its mask; the whole box where it has none, as the format wants it."""
        left, top = self.corner
        return self.runs or full_runs((math.ceil(self.box[3]) - top, math.ceil(self.box[2]) - left))


def read_nodes(path: Path, vocabulary: Vocabulary, complaints: Complaints) -> list[Node]:
    """The usable nodes of a file, in its order.

    Raises:
        DatasetError: the file is missing or no such file; a node cannot be used, and complaints are raised.
    """
    elements = _elements(path)
    ids = [_id_of(element) for element in elements]
    shift = int(0 in ids)
    nodes: dict[int, Node] = {}
    for place, (element, identity) in enumerate(zip(elements, ids, strict=True), start=1):
        name = f"node number {place}" if identity is None else f"node {identity}"
        try:
            node = _node(element, name, vocabulary, shift)
        except _UnknownClassError as error:
            complaints.symbol(str(path), name, str(error), CLASS_REMEDY)
        except ValueError as error:
            complaints.symbol(str(path), name, str(error))
        else:
            if node.id in nodes:
                complaints.symbol(str(path), name, "another node has the same Id")
            else:
                nodes[node.id] = node
    _check_links(
        path, list(nodes.values()), {number + shift for number in ids if number is not None}, complaints
    )
    return list(nodes.values())


def _elements(path: Path) -> list[etree._Element]:
    root = read_xml(path)
    if root.tag not in ROOTS:
        message = f"{path}: it holds no MuNG nodes (its root is <{root.tag}>)"
        raise DatasetError(message, f"The root of a MuNG file is <{ROOTS[0]}>.")
    return [*root.iter("Node", "CropObject")]


def _check_links(path: Path, nodes: list[Node], ids: set[int], complaints: Complaints) -> None:
    """Leave out links to what is not there; those to nodes that were left out need no complaint."""
    usable = {node.id for node in nodes}
    for node in nodes:
        if not ids.issuperset(node.links):
            complaints.symbol(str(path), node.name, "it has a link to a node that is not there", LINK_REMEDY)
        node.links = [target for target in node.links if target in usable]


class _UnknownClassError(ValueError):
    """The vocabulary lacks a node's class."""


def _node(element: etree._Element, name: str, vocabulary: Vocabulary, shift: int) -> Node:
    """Raises ValueError, with the cause as its message, where the node cannot be used."""
    identity = _whole(_text(element, "Id"), "Id") + shift
    if not 1 <= identity <= LARGEST_ID:
        message = f"its Id is not from 0 to {LARGEST_ID - shift}"
        raise ValueError(message)
    called = element.findtext("ClassName") or element.findtext("MLClassName") or ""
    left, top = _number(_text(element, "Left", "X"), "Left"), _number(_text(element, "Top", "Y"), "Top")
    width, height = (_number(_text(element, tag), tag) for tag in ("Width", "Height"))
    box = (left, top, left + width, top + height)
    items = {item.get("key", ""): item.text or "" for item in element.iter("DataItem")}
    place = (left, top, width, height)
    return Node(
        name=name,
        id=identity,
        label=_label(called, vocabulary),
        box=box,
        runs=_runs(element.findtext("Mask"), place),
        covered=_runs(items.get("covered"), place),
        links=list(
            dict.fromkeys(_whole(link, "Outlinks") + shift for link in _text(element, "Outlinks").split())
        ),
        columns=_columns(items, box),
    )


def _id_of(element: etree._Element) -> int | None:
    try:
        return _whole(_text(element, "Id"), "Id")
    except ValueError:
        return None


def _text(element: etree._Element, *tags: str) -> str:
    """The text of the first of these elements that is there; empty where none is."""
    return next((text for tag in tags if (text := element.findtext(tag))), "").strip()


def _label(name: str, vocabulary: Vocabulary) -> int:
    stripped = name.strip()
    for candidate in (name, stripped, former_names().get(stripped, "")):
        if candidate in vocabulary:
            return vocabulary.id(candidate)
    message = f"its class {stripped!r} is unknown"
    raise _UnknownClassError(message)


@cache
def former_names() -> Mapping[str, str]:
    """The names of MUSCIMA++ 2.0 by those of 1.0 and 2.1, where one became one.

    Example:
        >>> former_names()["notehead-full"], former_names().get("notehead-empty")
        ('noteheadFull', None)
    """
    text = resources.files("notehead.vocabulary").joinpath("mung.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return {former: row["name"] for row in rows for former in row["former"].split()}


def _runs(text: str | None, place: tuple[float, float, float, float]) -> Runs | None:
    text = (text or "").strip()
    if text in ("", "None") or not all(map(math.isfinite, place)) or min(place[2:]) < 0:
        return None  # without a mask, or the box will be complained of
    if not all(side.is_integer() for side in place):
        message = "it has a mask, but its box is not made of whole pixels"
        raise ValueError(message)
    return parse_runs(text, (int(place[3]), int(place[2])))


# Data.


def _columns(items: Mapping[str, str], box: tuple[float, ...]) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    known = {key: text.strip() for key, text in items.items() if text.strip() not in ("", "None", "nan")}
    for key, column in WHOLE.items():
        if key in known:
            columns[column] = _whole(known[key], key)
    for key, column in TIMES.items():
        if key in known:
            columns[column] = _finite(known[key], key)
    if "score" in known:
        columns["score"] = _finite(known["score"], "score")
    if "area" in known:
        columns["area"] = _whole(known["area"], "area")
    if "text" in items:
        columns["text"] = items["text"]
    columns |= _pitch(known)
    columns |= _exact_box(known, box)
    return columns


def _pitch(items: Mapping[str, str]) -> dict[str, int]:
    step = (items.get("normalized_pitch_step") or items.get("pitch_step") or "")[:1].upper()
    if not step or "pitch_octave" not in items:
        return {}
    if step not in STEPS:
        message = f"it has no pitch step {step!r}"
        raise ValueError(message)
    octave = _whole(items["pitch_octave"], "pitch_octave", 99)
    columns = {"diatonic": 7 * octave + STEPS.index(step)}
    if "pitch_modification" in items:
        columns["alter"] = _whole(items["pitch_modification"], "pitch_modification", 99)
    elif "midi_pitch_code" in items:
        natural = Pitch(step, 0, octave).midi
        columns["alter"] = _whole(items["midi_pitch_code"], "midi_pitch_code", 9999) - natural
    return columns


def _exact_box(items: Mapping[str, str], box: tuple[float, ...]) -> dict[str, Any]:
    if "box" not in items:
        return {}
    exact = _numbers(items["box"], 4, "box")
    limits = np.array(box)
    inside = (exact[:2] >= limits[:2] - _SLACK).all() and (exact[2:] <= limits[2:] + _SLACK).all()
    if not inside or (exact[2:] < exact[:2]).any():
        return {}
    columns: dict[str, Any] = {"box": exact}
    if "corners" in items:
        columns["corners"] = _numbers(items["corners"], 8, "corners").reshape(4, 2)
    return columns


def _numbers(text: str, count: int, key: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    numbers = np.array([_finite(part, key) for part in text.split()])
    if len(numbers) != count:
        message = f"its {key} has {len(numbers)} numbers, not {count}"
        raise ValueError(message)
    return numbers


def _number(text: str, key: str) -> float:
    try:
        return float(text)
    except ValueError:
        message = f"its {key} is no number ({text!r})" if text else f"it has no {key}"
        raise ValueError(message) from None


def _finite(text: str, key: str) -> float:
    number = _number(text, key)
    if not math.isfinite(number):
        message = f"its {key} is no number ({text!r})"
        raise ValueError(message)
    return number


def _whole(text: str, key: str, most: int = int(np.iinfo(np.int32).max)) -> int:
    number = _finite(text, key)
    if not number.is_integer() or abs(number) > most:
        message = f"its {key} is no whole number ({text!r})"
        raise ValueError(message)
    return int(number)


# Writing.


@dataclass(frozen=True, slots=True)
class WrittenNode:
    """One node to be written: `box` in whole pixels, the text of its `Mask`, `data` (key, type, text)."""

    id: int
    name: str
    box: tuple[int, int, int, int]
    mask: str
    inlinks: list[int]
    outlinks: list[int]
    data: list[tuple[str, str, str]]


def nodes_xml(document: str, nodes: Iterable[WrittenNode]) -> bytes:
    """A file of nodes, tag by tag as `mung` writes it."""
    head = (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<Nodes dataset="notehead" document={quoteattr(printable(document))}'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        ' xsi:noNamespaceSchemaLocation="CVC-MUSCIMA_Schema.xsd">\n'
    )
    return "".join((head, *map(_node_xml, nodes), "</Nodes>\n")).encode()


def _node_xml(node: WrittenNode) -> str:
    left, top, right, bottom = node.box
    lines = [
        f"<Node>\n\t<Id>{node.id}</Id>\n\t<ClassName>{xml_text(node.name)}</ClassName>\n",
        f"\t<Top>{top}</Top>\n\t<Left>{left}</Left>\n",
        f"\t<Width>{right - left}</Width>\n\t<Height>{bottom - top}</Height>\n\t<Mask>{node.mask}</Mask>\n",
    ]
    for tag, links in (("Inlinks", node.inlinks), ("Outlinks", node.outlinks)):
        if links:
            lines.append(f"\t<{tag}>{' '.join(map(str, links))}</{tag}>\n")
    if node.data:
        items = (
            f'\t\t<DataItem key="{key}" type="{kind}">{xml_text(text)}</DataItem>\n'
            for key, kind, text in node.data
        )
        lines += ["\t<Data>\n", *items, "\t</Data>\n"]
    return "".join((*lines, "</Node>\n"))


def absent(value: float) -> bool:
    """Whether a symbol has no such value."""
    return math.isnan(value) or value == ABSENT
