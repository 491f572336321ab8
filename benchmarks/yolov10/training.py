"""Training with seed 002's parameters, which goes on where it was stopped."""

from __future__ import annotations

import csv
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from benchmarks.yolov10.program import Program
from notehead.errors import NoteheadError
from notehead.files import PARTIAL

AUGMENTATION = {
    "hsv_h": 0.015,
    "hsv_s": 0.7,
    "hsv_v": 0.4,
    "degrees": 5.0,
    "translate": 0.1,
    "scale": 0.3,
    "shear": 0.0,
    "perspective": 0.0,
    "flipud": 0.0,
    "fliplr": 0.0,
    "mosaic": 0.0,
    "mixup": 0.0,
}
"""As seed 002 lists it. What else Ultralytics can do to an image, it does not do by default."""
MODEL = "model.pt"


@dataclass(frozen=True, slots=True)
class YoloOptions:
    """How the network is trained; what is not said is Ultralytics' default.

    Attributes:
        model: the plan of a network that Ultralytics brings along, or a file; `.yaml` begins from nothing.
        epochs: times that all slices are seen; seed 002 had 163.
        imgsz: pixels of a network's input.
        batch: slices at a time.
        seed: of its first weights, and of all that is drawn.
    """

    model: str = "yolov10n.yaml"
    epochs: int = 163
    imgsz: int = 640
    batch: int = 16
    seed: int = 0


def train(program: Program, folder: Path, options: YoloOptions, device: str) -> Path:
    """Train on `folder/slices`, or go on; nothing, where it is done.

    The network is that of the last epoch, with averaged weights: Ultralytics' `best.pt` is chosen by the
    pages that are called `val`, which may be those to be tested on.

    Returns:
        `folder/model.pt`.

    Raises:
        NoteheadError: Ultralytics ended with an error.
    """
    model, place = folder / MODEL, folder.resolve() / "train"
    if model.exists():
        return model
    last = place / "weights" / "last.pt"
    on = {"device": device} if device else {}
    if not last.exists():
        shutil.rmtree(place, ignore_errors=True)
        data = folder.resolve() / "slices" / "data.yaml"
        run = {"project": place.parent, "name": place.name, "exist_ok": True, "plots": False, "patience": 0}
        chosen = {name: getattr(options, name) for name in ("model", "epochs", "imgsz", "batch", "seed")}
        program.run("train", {"data": data, **chosen, **AUGMENTATION, **run, **on}, folder)
    elif len(epochs(folder)) < options.epochs:
        program.run("train", {"model": last, "resume": last, **on}, folder)
    if not last.exists():
        message = f"{last}: Ultralytics {program.version} ended well without it"
        raise NoteheadError(message, "Try the version that the documentation names.")
    aside = folder / f"{MODEL}.{os.getpid()}{PARTIAL}"
    shutil.copyfile(last, aside)
    aside.replace(model)
    return model


def epochs(folder: Path) -> list[dict[str, str]]:
    """What Ultralytics wrote of each epoch: losses, and its own figures on the slices of `val`."""
    file = folder / "train" / "results.csv"
    if not file.exists():
        return []
    with file.open(encoding="utf-8", newline="") as lines:
        return [
            {str(name).strip(): (value or "").strip() for name, value in row.items()}
            for row in csv.DictReader(lines)
        ]
