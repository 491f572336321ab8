"""`LocalStore`: a folder of this machine, or one that several machines share."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from notehead.errors import OutputError
from notehead.files import PARTIAL, locked, make_folder, output_error, size_of, write_file
from notehead.stores.store import Store

SCRATCH = ".build/scratch"


class LocalStore(Store):
    """A folder; files take their names by a rename."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = str(folder)

    def read(self, name: str) -> bytes | None:
        try:
            return (self.folder / name).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            message = f"{self.folder / name}: cannot be read: {error.strerror or error}"
            raise OutputError(message, "Check that you may read it.") from error

    def write(self, name: str, data: bytes) -> None:
        path = self.folder / name
        make_folder(path.parent)
        write_file(path, data)

    def put(self, name: str, path: Path) -> None:
        final = self.folder / name
        make_folder(final.parent)
        aside = final.with_name(f"{final.name}.{os.getpid()}{PARTIAL}")
        try:
            shutil.move(path, aside)  # a rename where both lie on one disk
            aside.replace(final)
        except OSError as error:
            aside.unlink(missing_ok=True)
            raise output_error(final, error) from error

    def size(self, name: str) -> int | None:
        return size_of(self.folder / name)

    def names(self, folder: str) -> dict[str, int]:
        try:
            with os.scandir(self.folder / folder) as entries:
                return {
                    entry.name: entry.stat().st_size
                    for entry in entries
                    if entry.is_file() and not entry.name.endswith(PARTIAL)
                }
        except (FileNotFoundError, NotADirectoryError):
            return {}

    def remove(self, name: str) -> None:
        try:
            (self.folder / name).unlink(missing_ok=True)
        except OSError as error:
            raise output_error(self.folder / name, error) from error

    def empty(self) -> bool:
        return not self.folder.is_dir() or not any(self.folder.iterdir())

    @contextmanager
    def claim(self, lock: str) -> Iterator[None]:
        path = self.folder / lock
        make_folder(path.parent)
        with locked(path, f"{self.folder}: another build is writing here"):
            yield

    def scratch(self, build: str) -> Path:
        return self.folder / SCRATCH / build

    def space(self) -> int | None:
        for folder in (self.folder.absolute(), *self.folder.absolute().parents):
            try:
                return shutil.disk_usage(folder).free
            except FileNotFoundError:
                continue  # it will be made
            except OSError:
                break
        return None
