"""What a training is told: how it goes, and where."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch

from notehead.models.data.cutting import CropOptions
from notehead.models.data.order import StreamOptions
from notehead.models.data.pages import PageOptions
from notehead.models.loop import LoopOptions

OPTIONS = "options.json"
"""The file of a training's folder that holds the options it began with."""


@dataclass(frozen=True, slots=True)
class TrainingOptions:
    """How a model is trained; the same options and datasets give the same network.

    Attributes:
        model: its name in the registry.
        pages: what becomes of the pages first.
        crops: what a batch is made of, or each of its parts.
        loop: how many steps, how fast, of how many parts.
        judges: pages that it is not trained on, by which it is judged.
        seed: of its first weights, and of all crops.
        begin: folder of a training or of an exported detector with whose weights it begins, where they fit;
            `package` for the detector that comes with the package, empty for none.
        stream: how pages are streamed; None to prepare all of them in the folder first.
    """

    model: str = "centres"
    pages: PageOptions = field(default_factory=PageOptions)
    crops: CropOptions = field(default_factory=CropOptions)
    loop: LoopOptions = field(default_factory=LoopOptions)
    judges: int = 14
    seed: int = 0
    begin: str = ""
    stream: StreamOptions | None = None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where it is trained, which changes nothing but the time it takes.

    Attributes:
        seconds: stop after so many.
        device: `cpu`, `cuda`, or `auto` for the best there is.
        readers: processes that read and prepare pages, for each worker; 0 for one per processor, of which
            workers on one machine have their share.
        workers: processes that train, each on its share of every batch.
        runner: where they are: `local` or `ray`.
        address: of a cluster; "auto" for the one that runs here already, empty to start one.
    """

    seconds: float = float("inf")
    device: str = "auto"
    readers: int = 0
    workers: int = 1
    runner: str = "local"
    address: str = ""

    def place(self, number: int = 0) -> torch.device:
        """The device of a worker, by its number on its machine."""
        if self.device == "auto":
            count = torch.cuda.device_count() if torch.cuda.is_available() else 0
            return torch.device("cuda", number % count) if count else torch.device("cpu")
        if self.device == "cuda" and self.workers > 1:
            return torch.device("cuda", number % max(torch.cuda.device_count(), 1))
        return torch.device(self.device)
