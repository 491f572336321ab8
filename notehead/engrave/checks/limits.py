"""How much a score may ask for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ScoreLimits:
    """Sizes that no real score reaches; the largest orchestral movements stay several times below.

    Attributes:
        file_bytes: a file as it lies on disk.
        text_bytes: the score inside an archive, unpacked.
        archive_ratio: how many times larger than its packed bytes an archive's member may be.
        archive_members: files in an archive.
        markup: tags and attributes of an XML score.
        text_chars: one attribute or one run of text between two tags.
        records: lines of a kern score.
        record_chars: one line of a kern score.
        spines: parallel columns of a kern score.
        staves: staves of one part of a MusicXML score.
    """

    file_bytes: int = 64 * 2**20
    text_bytes: int = 128 * 2**20
    archive_ratio: int = 200
    archive_members: int = 1_000
    markup: int = 8_000_000
    text_chars: int = 1_000_000
    records: int = 1_000_000
    record_chars: int = 100_000
    spines: int = 500
    staves: int = 16
