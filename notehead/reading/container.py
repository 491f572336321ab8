"""MusicXML as it is passed on: one file in a ZIP archive with a list of what it holds (.mxl)."""

from __future__ import annotations

import io
import zipfile

_WHEN = (1980, 1, 1, 0, 0, 0)
"""The first moment that a ZIP archive can name: the same music gives the same bytes."""
_CONTAINER = """<?xml version="1.0" encoding="UTF-8"?>
<container>
  <rootfiles>
    <rootfile full-path="score.musicxml" media-type="application/vnd.recordare.musicxml+xml"/>
  </rootfiles>
</container>
"""


def compressed(musicxml: bytes) -> bytes:
    """The bytes of an .mxl file from those of a .musicxml file."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        entries = (
            ("mimetype", b"application/vnd.recordare.musicxml", zipfile.ZIP_STORED),
            ("META-INF/container.xml", _CONTAINER.encode(), zipfile.ZIP_DEFLATED),
            ("score.musicxml", musicxml, zipfile.ZIP_DEFLATED),
        )
        for name, data, method in entries:
            entry = zipfile.ZipInfo(name, _WHEN)
            entry.compress_type = method
            entry.create_system = 3  # whatever the system that writes it
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)
    return target.getvalue()
