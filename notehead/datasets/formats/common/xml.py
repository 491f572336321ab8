"""XML annotations from strangers, read strictly."""

from __future__ import annotations

from pathlib import Path

from lxml import etree

from notehead.errors import DatasetError

MOST_BYTES = 256 * 2**20
"""Of one page's annotation; MUSCIMA++'s largest, with all its masks, has 13 MB."""

_REMEDY = "Fetch or export the file again."


def read_xml(path: Path) -> etree._Element:
    """The root of an annotation file.

    Nothing is fetched, and no entity is expanded: a document that defines any is refused.

    Raises:
        DatasetError: the file is missing, too large, cut off, not well-formed, or defines entities.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            message = f"{path}: larger than an annotation can be"
            raise DatasetError(message, _REMEDY)
        data = path.read_bytes()
    except OSError as error:
        message = f"{path}: {error.strerror or error}"
        raise DatasetError(message, "Check that the dataset is whole.") from error
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        message = f"{path}: it defines a document type of its own"
        raise DatasetError(message, "Do not use this file.")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, collect_ids=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        message = f"{path}: line {error.lineno}: it is no well-formed XML ({error.msg})"
        raise DatasetError(message, _REMEDY) from None
