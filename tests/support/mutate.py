"""Damage a valid score at random: what broken editors, broken disks and hostile people would make of it.

The same text, format and generator state give the same mutant. Most mutants stay well-formed on purpose:
those are the ones that reach the engraver.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    from notehead.engrave.score import ScoreFormat

    Step = Callable[[str, random.Random], str]
    TreeStep = Callable[[list[etree._Element], random.Random], None]

VALUES = (
    *("0", "-1", "1", "2", "3", "7", "16", "255", "1000", "65536", "2147483648", "99999999999"),
    *("1.5", "-0", "0x10", "1e9", "NaN", "", " ", "x", "é", "A" * 5000),
)


def mutate(text: str, kind: ScoreFormat, rng: random.Random) -> str:
    """A damaged variant of a valid score, one to three injuries."""
    own = _KERN_STEPS if kind == "kern" else _XML_STEPS
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        step = rng.choice(_TEXT_STEPS) if rng.random() < 0.15 else rng.choice(own)
        text = step(text, rng)
    return text


# Injuries of any text.


def _truncate(text: str, rng: random.Random) -> str:
    return text[: rng.randrange(len(text) + 1)]


def _flip(text: str, rng: random.Random) -> str:
    letters = list(text)
    for _ in range(min(len(letters), rng.choice((1, 1, 4, 20)))):
        letters[rng.randrange(len(letters))] = chr(rng.randrange(32, 127))
    return "".join(letters)


def _span(text: str, rng: random.Random) -> tuple[int, int]:
    start = rng.randrange(len(text) + 1)
    return start, min(len(text), start + rng.choice((1, 3, 50, 2000)))


def _cut_span(text: str, rng: random.Random) -> str:
    start, end = _span(text, rng)
    return text[:start] + text[end:]


def _repeat_span(text: str, rng: random.Random) -> str:
    start, end = _span(text, rng)
    return text[:end] + text[start:end] * rng.choice((1, 1, 50)) + text[end:]


# Injuries of an XML tree; each takes all elements below the root, in document order.


def _pick(elements: list[etree._Element], rng: random.Random) -> etree._Element:
    """An element of a random tag: rare tags, which steer the engraver, come up as often as notes."""
    by_tag: dict[str, list[etree._Element]] = {}
    for element in elements:
        by_tag.setdefault(str(element.tag), []).append(element)
    return rng.choice(by_tag[rng.choice(sorted(by_tag))])


def _remove(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _copy(element: etree._Element) -> etree._Element:
    return etree.fromstring(etree.tostring(element, with_tail=False))


def _delete(elements: list[etree._Element], rng: random.Random) -> None:
    _remove(_pick(elements, rng))


def _duplicate(elements: list[etree._Element], rng: random.Random) -> None:
    element = _pick(elements, rng)
    for _ in range(rng.choice((1, 1, 2, 40))):
        element.addnext(_copy(element))


def _swap(elements: list[etree._Element], rng: random.Random) -> None:
    one, other = _pick(elements, rng), _pick(elements, rng)
    one_copy, other_copy = _copy(one), _copy(other)
    for old, new in ((one, other_copy), (other, one_copy)):
        parent = old.getparent()
        if parent is not None:
            parent.replace(old, new)


def _move(elements: list[etree._Element], rng: random.Random) -> None:
    element, target = _pick(elements, rng), _pick(elements, rng)
    moved = _copy(element)
    _remove(element)
    target.append(moved)


def _empty(elements: list[etree._Element], rng: random.Random) -> None:
    element = _pick(elements, rng)
    for child in list(element):
        element.remove(child)
    element.text = None


def _change_text(elements: list[etree._Element], rng: random.Random) -> None:
    leaves = [element for element in elements if not len(element) and (element.text or "").strip()]
    if leaves:
        _pick(leaves, rng).text = rng.choice(VALUES)


def _with_attributes(elements: list[etree._Element]) -> list[etree._Element]:
    return [element for element in elements if element.attrib]


def _change_attribute(elements: list[etree._Element], rng: random.Random) -> None:
    if owners := _with_attributes(elements):
        element = _pick(owners, rng)
        element.set(rng.choice(sorted(map(str, element.attrib))), rng.choice(VALUES))


def _borrow_attribute(elements: list[etree._Element], rng: random.Random) -> None:
    if owners := _with_attributes(elements):
        element, lender = _pick(owners, rng), rng.choice(owners)
        name, source = (rng.choice(sorted(map(str, owner.attrib))) for owner in (element, lender))
        element.set(rng.choice((name, source)), lender.get(source, ""))


def _drop_attribute(elements: list[etree._Element], rng: random.Random) -> None:
    if owners := _with_attributes(elements):
        element = _pick(owners, rng)
        del element.attrib[rng.choice(sorted(map(str, element.attrib)))]


def _rename(elements: list[etree._Element], rng: random.Random) -> None:
    _pick(elements, rng).tag = _pick(elements, rng).tag


def _attributes(element: etree._Element) -> dict[str, str]:
    return {str(name): str(value) for name, value in element.items()}


def _nest(elements: list[etree._Element], rng: random.Random) -> None:
    element = _pick(elements, rng)
    for _ in range(rng.choice((1, 3, 50, 300))):
        shell = etree.Element(str(element.tag), _attributes(element))
        element.addprevious(shell)
        shell.append(element)


def _on_tree(step: TreeStep) -> Step:
    def run(text: str, rng: random.Random) -> str:
        try:
            root = etree.fromstring(text.encode())
        except etree.XMLSyntaxError:
            return text  # an earlier injury of the text
        elements = [element for element in root.iter(etree.Element) if element is not root]
        if elements:
            step(elements, rng)
        return etree.tostring(root, encoding="unicode")

    return run


# Injuries of kern records.


def _on_token(change: Callable[[str, list[str], random.Random], str]) -> Step:
    def run(text: str, rng: random.Random) -> str:
        rows = [line.split("\t") for line in text.split("\n")]
        full = [row for row in rows if row[0] and not row[0].startswith("!")]
        if full:
            # Interpretations and barlines are few but steer most: half of the injuries go there.
            steering = [row for row in full if row[0][0] in "*="]
            row = rng.choice(steering if steering and rng.random() < 0.5 else full)
            column = rng.randrange(len(row))
            row[column] = change(row[column], rng.choice(full), rng)
        return "\n".join("\t".join(row) for row in rows)

    return run


def _change_number(token: str, _: list[str], rng: random.Random) -> str:
    digits = [i for i, letter in enumerate(token) if letter.isdigit()]
    if not digits:
        return token + rng.choice(VALUES)
    i = rng.choice(digits)
    return token[:i] + rng.choice(VALUES) + token[i + 1 :]


def _borrow_token(_: str, other: list[str], rng: random.Random) -> str:
    return rng.choice(other)


def _odd_token(_: str, __: list[str], rng: random.Random) -> str:
    steering = "*^ *v *+ *- *x * **kern **dynam *M0/4 *M4/0 *clefX *k[] = =="
    notes = ". ! !LO:TX:t=x 4 c 0. 4%0c 4%3c qqc r ["
    return rng.choice(["", "4c 4", *steering.split(), *notes.split()])


def _glue_token(token: str, other: list[str], rng: random.Random) -> str:
    return token + rng.choice(("", " ")) + rng.choice(other)


def _on_lines(change: Callable[[list[str], random.Random], None]) -> Step:
    def run(text: str, rng: random.Random) -> str:
        lines = text.split("\n")
        change(lines, rng)
        return "\n".join(lines)

    return run


def _delete_line(lines: list[str], rng: random.Random) -> None:
    del lines[rng.randrange(len(lines))]


def _repeat_line(lines: list[str], rng: random.Random) -> None:
    i = rng.randrange(len(lines))
    lines[i:i] = [lines[i]] * rng.choice((1, 1, 100))


def _swap_lines(lines: list[str], rng: random.Random) -> None:
    i, k = rng.randrange(len(lines)), rng.randrange(len(lines))
    lines[i], lines[k] = lines[k], lines[i]


def _steer_line(lines: list[str], rng: random.Random) -> None:
    """Insert a well-formed record of one interpretation for all spines."""
    i = rng.randrange(len(lines))
    width = lines[i].count("\t") + 1
    words = "*tuplet *Xtuplet *cue *8va *tremolo *M0/4 *M4/0 *M99999999999/4 *clefG9 *k[x#] *^ *v *-"
    numbers = "*rscale:0 *rscale:1/0 *MM0 *staff0 *part0 *staff99999"
    word = rng.choice([*words.split(), *numbers.split()])
    lines.insert(i, "\t".join([word] * width))


_TEXT_STEPS: tuple[Step, ...] = (_truncate, _flip, _cut_span, _repeat_span)
_TREE_STEPS: tuple[TreeStep, ...] = (
    *(_delete, _duplicate, _swap, _move, _empty, _rename, _nest),
    *(_change_text, _change_text, _change_attribute, _change_attribute, _borrow_attribute, _drop_attribute),
)
_XML_STEPS: tuple[Step, ...] = tuple(_on_tree(step) for step in _TREE_STEPS)
_KERN_STEPS: tuple[Step, ...] = (
    *(_on_token(step) for step in (_change_number, _borrow_token, _odd_token, _glue_token)),
    *(_on_lines(step) for step in (_delete_line, _repeat_line, _swap_lines, _steer_line)),
)
