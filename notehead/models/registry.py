"""All models by name: each is one file and one line here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from notehead.errors import MissingExtraError, NoteheadError
from notehead.models.data.cutting import CropOptions
from notehead.page import Page

if TYPE_CHECKING:
    import torch

    from notehead.models.loop import Task


@dataclass(frozen=True, eq=False)
class Setting:
    """What a model is trained with.

    Attributes:
        paths: prepared pages.
        crops: what a batch is made of.
        seed: of its first weights, and of all crops.
        device: where it is trained.
        pages: by which it is judged.
    """

    paths: Sequence[Path]
    crops: CropOptions
    seed: int
    device: torch.device
    pages: Sequence[Page] = ()


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """A model that can be trained.

    Attributes:
        name: on the command line.
        task: what it does: `detect`, `segment` ...
        paper: what it follows.
        factory: `module:function`, from a `Setting` to a `Task` of the training loop.
        instances: whether its pages must say which symbol each pixel shows.
    """

    name: str
    task: str
    paper: str
    factory: str
    instances: bool = False

    def make(self, setting: Setting) -> Task:
        """The model as a task, with new weights.

        Raises:
            MissingExtraError: a library is not installed.
        """
        module, function = self.factory.split(":")
        try:
            made: Task = getattr(import_module(f"notehead.models.{module}"), function)(setting)
        except ModuleNotFoundError as error:
            message = f"the model {self.name} needs {error.name}, which is not installed"
            raise MissingExtraError(message, "Install it with `pip install notehead[zoo]`.") from error
        return made


MODELS = (
    ModelEntry("centres", "detect", "notehead's own, which comes with the package", "detector.task:task"),
    ModelEntry("fcos", "detect", "Tian et al., 2019", "boxes.fcos:task"),
    ModelEntry("unet", "segment", "Ronneberger et al., 2015", "segment.unet:task", instances=True),
)


def model_entry(name: str, task: str = "") -> ModelEntry:
    """A model by its name, of a task where one is given.

    Raises:
        NoteheadError: there is none.
    """
    names = [entry.name for entry in MODELS if entry.task == task or not task]
    if name not in names:
        message = f"unknown model {name}" + (f" of the task {task}" if task else "")
        raise NoteheadError(message, f"Choose one of {', '.join(names)}.")
    return next(entry for entry in MODELS if entry.name == name)
