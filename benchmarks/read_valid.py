"""Whether files are MusicXML: valid by its schema, and read whole by the programs that musicians use.

What is not installed is not asked: the schema comes with the package `musicxml`, its imports with
`xmlschema`.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from lxml import etree

_MUSESCORE = ("mscore3", "musescore3", "mscore", "musescore")
_COMPLAINTS = ("not a valid MusicXML", "calculated duration", "Fatal error", "not supported", "cannot read")
"""What MuseScore writes to standard error of a file that is wrong; its exit status says nothing."""
_SECONDS = 300


def checks() -> dict[str, Callable[[bytes], str]]:
    """The checks that can be made here, by name; each says what is wrong, nothing where all is right."""
    found: dict[str, Callable[[bytes], str]] = {}
    if _schema_file() is not None:
        found["schema"] = by_schema
    if any(shutil.which(name) for name in _MUSESCORE):
        found["MuseScore"] = by_musescore
    readers = {"music21": by_music21, "verovio": by_verovio}
    return found | {name: check for name, check in readers.items() if importlib.util.find_spec(name)}


def by_schema(data: bytes) -> str:
    """Validate against the schema of MusicXML 4.0."""
    schema = _schema()
    document = etree.fromstring(data, etree.XMLParser(no_network=True, load_dtd=False))
    return "" if schema.validate(document) else str(schema.error_log)[:300]


def by_musescore(data: bytes) -> str:
    """Convert to MIDI with MuseScore 3 without a screen."""
    program = next(path for name in _MUSESCORE if (path := shutil.which(name)))
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "score.musicxml"), Path(folder, "score.mid")
        source.write_bytes(data)
        environment = {
            **os.environ,
            "QT_QPA_PLATFORM": "offscreen",
            "XDG_RUNTIME_DIR": folder,
            "HOME": folder,
        }
        try:
            done = subprocess.run(
                [program, "-o", str(target), str(source)],
                capture_output=True,
                env=environment,
                timeout=_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return "took too long"
        said = done.stderr.decode("utf-8", "replace")
        wrong = [line for line in said.splitlines() if any(one in line for one in _COMPLAINTS)]
        if wrong or done.returncode:
            return wrong[0] if wrong else f"exit status {done.returncode}"
        return "" if target.exists() and target.stat().st_size else "nothing was written"


def by_music21(data: bytes) -> str:
    """Parse with music21: as many notes as the file has."""
    import music21  # noqa: PLC0415  # slow, and not everywhere

    try:
        score = music21.converter.parseData(data.decode(), format="musicxml")
    except Exception as error:  # noqa: BLE001  # whatever it raises, it has not opened
        return f"{type(error).__name__}: {error}"
    chords = score.recurse().getElementsByClass(music21.chord.ChordBase)
    heads = sum(len(one.notes) for one in chords if not isinstance(one, music21.harmony.Harmony))
    heads += len(score.recurse().getElementsByClass((music21.note.Note, music21.note.Unpitched)))
    return _compared(heads, data)


def by_verovio(data: bytes) -> str:
    """Load with Verovio: as many notes as the file has."""
    import verovio  # noqa: PLC0415

    toolkit = verovio.toolkit()
    toolkit.setOptions({"breaks": "none"})
    if not toolkit.loadData(data.decode()):
        return "not loaded"
    mei = etree.fromstring(toolkit.getMEI().encode(), etree.XMLParser(no_network=True))
    return _compared(sum(1 for _ in mei.iter("{http://www.music-encoding.org/ns/mei}note")), data)


def _compared(heads: int, data: bytes) -> str:
    document = etree.fromstring(data, etree.XMLParser(no_network=True, load_dtd=False))
    written = sum(note.find("rest") is None for note in document.iter("note"))
    return "" if heads == written else f"{heads} notes of {written}"


def _schema_file() -> Path | None:
    package = importlib.util.find_spec("musicxml")
    if package is None or package.origin is None or importlib.util.find_spec("xmlschema") is None:
        return None
    path = Path(package.origin).parent / "generate_classes" / "musicxml_4_0.xsd"
    return path if path.exists() else None


class _Local(etree.Resolver):
    """Finds what the schema imports in the package `xmlschema`: nothing is fetched."""

    def resolve(self, system_url: str, public_id: str, context: object = None) -> object:  # noqa: ARG002
        package = importlib.util.find_spec("xmlschema")
        folder = Path(package.origin or "").parent / "schemas" if package else Path()
        wanted = Path(system_url).name
        name = next((name for name in ("XLINK/xlink.xsd", "XML/xml.xsd") if Path(name).name == wanted), None)
        if name is None:
            return None
        return self.resolve_filename(str(folder / name), context)  # type: ignore[attr-defined]


@cache
def _schema() -> etree.XMLSchema:
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(_Local())
    return etree.XMLSchema(etree.parse(str(_schema_file()), parser))
