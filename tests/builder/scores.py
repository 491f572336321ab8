"""Score files for builds: small, valid, each another piece; and everything that may be wrong with one."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" \
"http://www.musicxml.org/dtds/partwise.dtd">
"""


def song(steps: str = "CDEFGAGF", measures: int = 4) -> str:
    """A one-voice piece in MusicXML: `steps` again and again, four quarters a measure."""
    parts = []
    for number in range(measures):
        notes = "".join(
            f"<note><pitch><step>{steps[(4 * number + i) % len(steps)]}</step>"
            f"<octave>{4 + i % 2}</octave></pitch><duration>1</duration><type>quarter</type></note>"
            for i in range(4)
        )
        head = ""
        if number == 0:
            head = (
                "<attributes><divisions>1</divisions><key><fifths>1</fifths></key>"
                "<time><beats>4</beats><beat-type>4</beat-type></time>"
                "<clef><sign>G</sign><line>2</line></clef></attributes>"
            )
        parts.append(f'<measure number="{number + 1}">{head}{notes}</measure>')
    return (
        f'{_HEAD}<score-partwise version="4.0"><part-list><score-part id="P1"><part-name>Voice</part-name>'
        f'</score-part></part-list><part id="P1">{"".join(parts)}</part></score-partwise>'
    )


KERN = """**kern\t**kern
*clefF4\t*clefG2
*k[b-]\t*k[b-]
*M3/4\t*M3/4
=1\t=1
4F\t4f
4A\t4a
4c\t4cc
=2\t=2
2.F\t2.f
==\t==
*-\t*-
"""

MEI = """<?xml version="1.0" encoding="UTF-8"?>
<mei xmlns="http://www.music-encoding.org/ns/mei" meiversion="5.0">
<meiHead><fileDesc><titleStmt><title>A</title>
</titleStmt><pubStmt/></fileDesc></meiHead><music><body><mdiv><score><scoreDef meter.count="2" meter.unit="4">
<staffGrp><staffDef n="1" lines="5" clef.shape="C" clef.line="3"/></staffGrp></scoreDef><section>
<measure n="1" right="end"><staff n="1"><layer n="1"><note pname="c" oct="4" dur="4"/>
<note pname="e" oct="4" dur="4"/></layer></staff></measure></section></score></mdiv></body></music></mei>
"""


def _container(name: str) -> str:
    return f'<container><rootfiles><rootfile full-path="{name}"/></rootfiles></container>'


def mxl(text: str, name: str = "score.xml") -> bytes:
    """Compressed MusicXML."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("META-INF/container.xml", _container(name))
        archive.writestr(name, text)
    return data.getvalue()


def bomb() -> bytes:
    """A small archive that unpacks to half a gigabyte."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("META-INF/container.xml", _container("a.xml"))
        with archive.open("a.xml", "w", force_zip64=True) as member:
            for _ in range(512):
                member.write(b" " * (1 << 20))
    return data.getvalue()


_ENTITIES = '<!DOCTYPE score-partwise [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


def bad_files() -> dict[str, bytes]:
    """File name -> content of every bad input that a build must survive, with a word of its cause."""
    good = song()
    return {
        "empty.musicxml": b"",
        "wrong-encoding.musicxml": good.replace("Voice", "Stimme ä").encode("latin-1"),
        "no-score.xml": b"<html><body>Hello</body></html>",
        "picture.mxl": b"\x89PNG\r\n\x1a\n" + bytes(100),
        "entity-bomb.musicxml": (
            f"{_ENTITIES}]>" + good.partition('dtd">')[2].replace("Voice", "&i;")
        ).encode(),
        "external-entity.musicxml": (
            '<!DOCTYPE score-partwise [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
            + good.partition('dtd">')[2].replace("Voice", "&x;")
        ).encode(),
        "climbing.mxl": mxl(good, "../../score.xml"),
        "bomb.mxl": bomb(),
        "beat-type-0.musicxml": good.replace("<beat-type>4", "<beat-type>0").encode(),
        **{
            f"staves{value}.musicxml": good.replace("<clef>", f"<staves>{value}</staves><clef>").encode()
            for value in ("0", "-1", "99999999999")
        },
        "long-duration.musicxml": good.replace("<duration>1<", "<duration>99999999999<", 1).encode(),
        "tremolo.musicxml": good.replace(
            "<type>quarter</type>",
            "<type>quarter</type><notations><ornaments><tremolo>99999999999</tremolo></ornaments></notations>",
            1,
        ).encode(),
        **{f"truncated-{tenth}.musicxml": good.encode()[: len(good) * tenth // 10] for tenth in range(1, 10)},
        **{f"truncated-{tenth}.krn": KERN.encode()[: len(KERN) * tenth // 10] for tenth in range(1, 10)},
        "truncated.mxl": mxl(good)[:-40],
    }


def good_files() -> dict[str, bytes]:
    """File name -> content of scores in every format and encoding that a build takes."""
    return {
        "plain.musicxml": song().encode(),
        "bom.xml": song("CEGE").encode("utf-8-sig"),
        "utf-16.xml": song("DFAF").replace('encoding="UTF-8"', 'encoding="UTF-16"').encode("utf-16"),
        "packed.mxl": mxl(song("EGBG")),
        "two.krn": KERN.encode(),
        "viola.mei": MEI.encode(),
    }


def write(folder: Path, files: dict[str, bytes]) -> Path:
    """Write files into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder
