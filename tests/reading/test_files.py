"""Files of music: every kind, the same bytes each time."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from notehead.errors import EngraverError, OutputError
from notehead.reading.files import kind_of_file, music_file
from notehead.reading.typeset import Typesetter
from notehead.sandbox import ChildDied, Sandbox
from notehead.transcribe.musicxml import to_musicxml
from tests.reading.pieces import piece

MUSICXML = to_musicxml(piece())


def test_endings() -> None:
    names = ("a.musicxml", "a.XML", "a.mxl", "a.mei", "a.mid", "a.midi")
    assert [kind_of_file(Path(name)) for name in names] == [
        "musicxml",
        "musicxml",
        "mxl",
        "mei",
        "midi",
        "midi",
    ]
    with pytest.raises(
        OutputError, match=r"a.pdf: its ending tells no kind of music file. Choose among .musicxml"
    ):
        kind_of_file(Path("a.pdf"))


def test_an_archive_holds_the_music_and_says_where() -> None:
    with Typesetter() as typesetter:
        data = music_file(MUSICXML, "mxl", typesetter)
        assert data == music_file(MUSICXML, "mxl", typesetter)
        assert music_file(MUSICXML, "musicxml", typesetter) == MUSICXML
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert archive.namelist()[0] == "mimetype"
        listed: Any = etree.fromstring(archive.read("META-INF/container.xml"))
        [root] = listed.iter("rootfile")
        assert archive.read(root.get("full-path")) == MUSICXML


def test_mei_and_midi_by_verovio() -> None:
    with Typesetter() as typesetter:
        mei, midi = typesetter.mei(MUSICXML), typesetter.midi(MUSICXML)
    with Typesetter() as typesetter:
        assert music_file(MUSICXML, "midi", typesetter) == midi
        assert music_file(MUSICXML, "mei", typesetter) == mei
    assert b"isodate" not in mei
    spaces = {"m": "http://www.music-encoding.org/ns/mei"}
    assert len(etree.fromstring(mei).findall(".//m:note", spaces)) == 16
    assert midi[:4] == b"MThd"
    assert struct.unpack(">I", midi[4:8]) == (6,)
    assert sum(midi.count(bytes((0x90, key, 90))) for key in (72, 74, 76, 77)) == 16


@pytest.mark.parametrize("function", ["mei", "midi"])
def test_what_verovio_does_not_survive_is_told(function: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def dies(*_: object) -> None:
        message = "crashed (SIGSEGV)"
        raise ChildDied(message)

    monkeypatch.setattr(Sandbox, "call", dies)
    with (
        Typesetter() as typesetter,
        pytest.raises(EngraverError, match=r"the music: Verovio crashed \(SIGSEGV\)"),
    ):
        getattr(typesetter, function)(MUSICXML)
