"""`ObjectStore`: a folder in an object store, through fsspec; what fails for a while is tried again."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, TypeVar

from notehead.errors import MissingExtraError, OutputError
from notehead.stores.lease import Lease
from notehead.stores.store import Store

T = TypeVar("T")

PATIENCE = 180.0
"""Seconds for which a store that does not answer, or answers with errors, is tried again."""
_FINAL = (FileNotFoundError, PermissionError, FileExistsError, IsADirectoryError, NotADirectoryError)
"""What will be the same the next time."""
_NAMES = {"NoCredentialsError", "PartialCredentialsError", "ProfileNotFound", "ParamValidationError"}
"""Errors of object stores' own libraries that will be the same the next time."""


class ObjectStore(Store):
    """Objects under one prefix. An object appears when it is whole: that is what object stores promise.

    Args:
        url: with its protocol, such as `s3://bucket/dataset`.
        patience: seconds for which one request is tried again.

    Raises:
        MissingExtraError: the library for this protocol is not installed.
        OutputError: there is no such protocol.
    """

    def __init__(self, url: str, patience: float = PATIENCE) -> None:
        self.url = url.rstrip("/")
        self._patience = patience
        self.files, self._root = file_system(self.url)

    def read(self, name: str) -> bytes | None:
        try:
            data: bytes = self._try(name, lambda: self.files.cat_file(self._path(name)))
        except FileNotFoundError:
            return None
        return data

    def write(self, name: str, data: bytes) -> None:
        self._try(name, lambda: self.files.pipe_file(self._path(name), data))

    def create(self, name: str, data: bytes) -> bool:
        """Write a file only where there is none; whether there was none."""
        try:
            self._try(name, lambda: self.files.pipe_file(self._path(name), data, mode="create"))
        except FileExistsError:
            return False
        return True

    def put(self, name: str, path: Path) -> None:
        self._try(name, lambda: self.files.put_file(str(path), self._path(name)))

    def size(self, name: str) -> int | None:
        try:
            found = self._try(name, lambda: self.files.info(self._path(name), refresh=True))
        except FileNotFoundError:
            return None
        return int(found["size"])

    def names(self, folder: str) -> dict[str, int]:
        try:
            found = self._try(folder, lambda: self.files.ls(self._path(folder), detail=True, refresh=True))
        except FileNotFoundError:
            return {}
        return {
            str(one["name"]).rpartition("/")[2]: int(one["size"]) for one in found if one["type"] == "file"
        }

    def remove(self, name: str) -> None:
        try:
            self._try(name, lambda: self.files.rm_file(self._path(name)))
        except FileNotFoundError:
            return

    def empty(self) -> bool:
        try:
            return not self._try("", lambda: self.files.ls(self._root, detail=False, refresh=True))
        except FileNotFoundError:
            return True

    def claim(self, lock: str) -> AbstractContextManager[None]:
        return Lease(self, lock)

    def scratch(self, build: str) -> Path:
        name = hashlib.sha256(f"{self.url} {build}".encode()).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"notehead-{os.getuid()}-{name}"

    def space(self) -> int | None:
        return None

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}"

    def _try(self, name: str, work: Callable[[], T]) -> T:
        """Do it, again and again where it may work later.

        Raises:
            OutputError: it does not work.
            FileNotFoundError, FileExistsError: what they say.
        """
        tries = _patient(self._patience)
        try:
            return tries(work)  # type: ignore[no-any-return]
        except (FileNotFoundError, FileExistsError):
            raise
        except Exception as error:
            where = f"{self.url}/{name}".rstrip("/")
            what = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
            message = f"{where}: the object store does not do as it is told: {what}"
            remedy = "Check the URL, your rights and the network, then run the same command again."
            raise OutputError(message, remedy) from error


def _patient(seconds: float) -> Any:
    """What calls a function again and again for so long."""
    import tenacity  # noqa: PLC0415  # of the same extra as fsspec

    return tenacity.Retrying(
        stop=tenacity.stop_after_delay(seconds),
        wait=tenacity.wait_exponential(multiplier=0.2, max=10) + tenacity.wait_random(0, 0.2),
        retry=tenacity.retry_if_exception(_may_pass), reraise=True,
    )  # fmt: skip


def _may_pass(error: BaseException) -> bool:
    final = isinstance(error, _FINAL) or type(error).__name__ in _NAMES
    return isinstance(error, Exception) and not final and not isinstance(error, TypeError | ImportError)


def file_system(url: str) -> tuple[Any, str]:
    """What fsspec has for a URL, and the path in it; raises as `ObjectStore` does."""
    try:
        import fsspec  # noqa: PLC0415  # an extra
        import tenacity  # noqa: F401, PLC0415
    except ImportError as error:
        message = "object stores need fsspec, which is not installed"
        raise MissingExtraError(message, "Run `pip install 'notehead[parquet]'`.") from error
    try:
        files, root = fsspec.url_to_fs(url, use_listings_cache=False)
    except ImportError as error:
        protocol = url.partition("://")[0]
        message = f"{protocol}:// needs a library that is not installed: {error}"
        extra = "s3" if protocol in {"s3", "s3a"} else "gcs" if protocol in {"gs", "gcs"} else ""
        remedy = f"Run `pip install 'notehead[{extra}]'`." if extra else "Install it."
        raise MissingExtraError(message, remedy) from error
    except ValueError as error:
        message = f"{url}: {error}"
        raise OutputError(message, "Name a folder, or a URL such as s3://bucket/dataset.") from error
    return files, str(root).rstrip("/")
