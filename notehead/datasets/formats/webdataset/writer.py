"""Writes tar files that WebDataset reads, one open for each split."""

from __future__ import annotations

import re
import tarfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson

from notehead.datasets.formats.common.embedded import runs_of_layer
from notehead.datasets.formats.common.symbol_columns import json_bytes, plain_columns
from notehead.datasets.formats.format import WriteOptions, Writer
from notehead.datasets.formats.notehead.dataset import CLASSES, classes_csv
from notehead.datasets.formats.webdataset.layout import NO_SPLIT, PAGES, RENAMED, SHARDS, VERSION, page_key
from notehead.datasets.index import PageEntry
from notehead.files import GrowingFile, write_file
from notehead.images import encode_png, instance_image
from notehead.page import ABSENT, Page
from notehead.vocabulary import Vocabulary


class WebDatasetWriter(Writer):
    """Writes shards, one open for each split."""

    def __init__(self, folder: Path, vocabulary: Vocabulary, options: WriteOptions) -> None:
        super().__init__(folder, vocabulary, options)
        self._open: dict[str, _Shard] = {}
        self._done: list[dict[str, Any]] = []
        self._lines: list[bytes] = []

    def page(self, entry: PageEntry, page: Page) -> dict[str, bytes]:
        ids = page.ids if self.options.masks else None
        contents = {
            "png": encode_png(page.image, page.origin.resolution),
            "json": json_bytes(_document(entry, page, masks=ids is not None)),
        }
        if ids is not None:
            contents["instance.png"] = encode_png(instance_image(ids))
        return contents

    def add(self, entry: PageEntry, record: dict[str, bytes]) -> None:
        split = re.sub(r"[^\w-]", "_", entry.split) or NO_SPLIT
        if split not in self._open:
            number = sum(shard["split"] == split for shard in self._done)
            self._open[split] = _Shard(GrowingFile(self.folder / f"{split}-{number:06}.tar"))
        shard = self._open[split]
        shard.add(page_key(entry.name), record)
        self._lines.append(json_bytes({**asdict(entry), "key": shard.name}))
        if shard.pages >= self.options.shard_pages:
            self._finish_shard(split)

    def _finish_shard(self, split: str) -> None:
        shard = self._open.pop(split)
        size = shard.finish()
        self._done.append({"name": shard.name, "split": split, "pages": shard.pages, "bytes": size})

    def finish(self) -> None:
        for split in list(self._open):
            self._finish_shard(split)
        shards = sorted(self._done, key=lambda shard: str(shard["name"]))
        index = {"format": VERSION, "shards": shards}
        write_file(self.folder / CLASSES, classes_csv(self.vocabulary))
        write_file(self.folder / PAGES, b"".join(line + b"\n" for line in self._lines))
        write_file(self.folder / SHARDS, orjson.dumps(index, option=orjson.OPT_INDENT_2) + b"\n")

    def close(self) -> None:
        for shard in self._open.values():
            shard.file.discard()


@dataclass(slots=True)
class _Shard:
    """A tar file that grows."""

    file: GrowingFile
    pages: int = 0

    @property
    def name(self) -> str:
        return self.file.path.name

    def add(self, key: str, contents: dict[str, bytes]) -> None:
        for ending, data in contents.items():
            header = tarfile.TarInfo(f"{key}.{ending}")  # of nobody, made at no time
            header.size = len(data)
            self.file.write(header.tobuf(tarfile.PAX_FORMAT) + data + bytes(-len(data) % tarfile.BLOCKSIZE))
        self.pages += 1

    def finish(self) -> int:
        """End the tar file as the format wants it; returns its size."""
        end = self.file.size + 2 * tarfile.BLOCKSIZE
        self.file.write(bytes(2 * tarfile.BLOCKSIZE + -end % tarfile.RECORDSIZE))
        self.file.keep()
        return self.file.size


def _document(entry: PageEntry, page: Page, *, masks: bool) -> dict[str, Any]:
    symbols = page.symbols
    columns = plain_columns(symbols)
    links = columns.pop("links")
    midi = [None if key == ABSENT else key for key in symbols.midi.tolist()]
    named = {RENAMED.get(column, column): values for column, values in columns.items()}
    return {
        "name": entry.name,
        "width": page.width,
        "height": page.height,
        "staff_space": round(page.staff_space, 4),
        "staff_lines": page.staff_lines.round(3).tolist(),
        "origin": asdict(page.origin),
        "symbols": {"class": symbols.names, "midi": midi, **named},
        "links": links,
        "masks": masks,
        "covered": runs_of_layer(page.under if masks else None),
    }
