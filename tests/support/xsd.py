"""The schema of MusicXML 4.0, from packages that bring it."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Mapping


def _folder(package: str) -> Path:
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        pytest.skip(f"the schema of MusicXML needs the package {package}")
    return Path(next(iter(spec.submodule_search_locations)))


class _Resolver(etree.Resolver):
    """Finds what the schema imports among installed files."""

    def __init__(self, files: Mapping[str, Path]) -> None:
        super().__init__()
        self._files = files

    def resolve(self, system_url: str, public_id: str, context: Any) -> Any:  # type: ignore[override]
        for name, path in self._files.items():
            if system_url.endswith(name):
                return self.resolve_filename(str(path), context)  # type: ignore[attr-defined]
        return None


@cache
def musicxml_schema() -> etree.XMLSchema:
    """The schema; the test is skipped where its packages are missing."""
    others = _folder("xmlschema") / "schemas"
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(
        _Resolver({"xlink.xsd": others / "XLINK/xlink.xsd", "xml.xsd": others / "XML/xml.xsd"})
    )
    return etree.XMLSchema(etree.parse(_folder("musicxml") / "generate_classes/musicxml_4_0.xsd", parser))


def complaints(data: bytes) -> list[str]:
    """What the schema finds wrong with a file."""
    schema = musicxml_schema()
    root = etree.fromstring(data, etree.XMLParser(load_dtd=False, no_network=True))
    schema.validate(root)
    log: Any = schema.error_log
    return [f"line {entry.line}: {entry.message}" for entry in log]
