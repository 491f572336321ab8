"""All models by name: each is one file and one line here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from notehead.errors import MissingExtraError, NoteheadError
from notehead.models.data.cutting import CropOptions, Pages
from notehead.models.data.stream import PageStream
from notehead.page import Page

if TYPE_CHECKING:
    import torch

    from notehead.models.lesson import Task


@dataclass(frozen=True, eq=False)
class Setting:
    """What a model is trained with.

    Attributes:
        paths: prepared pages, or a stream of them.
        crops: what a batch is made of.
        seed: of its first weights, and of all crops.
        device: where it is trained.
        pages: by which it is judged.
        composed: those of `paths` whose score was composed, so that their classes are about even.
        steps: of the whole training; 0 where nobody knows.
        parts: of a batch, whose numbers are counted on from batch to batch.
    """

    paths: Pages
    crops: CropOptions
    seed: int
    device: torch.device
    pages: Sequence[Page] = ()
    composed: Sequence[Path] = ()
    steps: int = 0
    parts: int = 1

    @property
    def files(self) -> Sequence[Path]:
        """The files of the prepared pages, for a model that must see all of them first."""
        assert not isinstance(self.paths, PageStream)  # `train_model` streams to no such model
        return self.paths


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """A model that can be trained.

    Attributes:
        name: on the command line.
        task: what it does: `detect`, `segment` ...
        paper: what it follows.
        factory: `module:function`, from a `Setting` to a `Task` of the training loop.
        instances: whether its pages must say which symbol each pixel shows.
        whole: whether it must see all pages before it begins, so that they cannot be streamed.
    """

    name: str
    task: str
    paper: str
    factory: str
    instances: bool = False
    whole: bool = False

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
    ModelEntry("resnet", "classify", "Tuggener et al., 2018, after He et al., 2016", "classify.resnet:task"),
    ModelEntry("centres", "detect", "notehead's own, which comes with the package", "detector.task:task"),
    ModelEntry("sliding-window", "detect", "Vaillant et al., 1994", "classify.sliding:task"),
    ModelEntry("rcnn", "detect", "Girshick et al., 2014", "boxes.rcnn:task"),
    ModelEntry("fast-rcnn", "detect", "Girshick, 2015", "boxes.fast_rcnn:task"),
    ModelEntry("faster-rcnn", "detect", "Ren et al., 2015", "boxes.faster_rcnn:task"),
    ModelEntry("rfcn", "detect", "Dai et al., 2016", "boxes.rfcn:task"),
    ModelEntry("ssd", "detect", "Liu et al., 2016", "boxes.ssd:task"),
    ModelEntry("mask-rcnn", "detect", "He et al., 2017", "boxes.mask_rcnn:task", instances=True),
    ModelEntry("retinanet", "detect", "Lin et al., 2017", "boxes.retinanet:task"),
    ModelEntry("dwd", "detect", "Tuggener et al., 2018", "boxes.dwd_task:published"),
    ModelEntry("dwd-rare-crops", "detect", "Elezi et al., 2018", "boxes.dwd_task:rare_crops", whole=True),
    ModelEntry("dwd-pretrained", "detect", "Elezi et al., 2018", "boxes.dwd_task:pretrained", whole=True),
    ModelEntry("dwd-cached-boxes", "detect", "Elezi et al., 2018", "boxes.dwd_task:cached_boxes", whole=True),
    ModelEntry("dwd-all", "detect", "Elezi et al., 2018", "boxes.dwd_task:measured", whole=True),
    ModelEntry("fcos", "detect", "Tian et al., 2019", "boxes.fcos:task"),
    ModelEntry("oriented", "detect", "Tian et al., 2019, with angles", "boxes.oriented:task"),
    ModelEntry("detr", "detect", "Lv et al., 2024, after Carion et al., 2020", "boxes.detr:task"),
    ModelEntry("centre-points", "points", "Zhou et al., 2019", "points.centre_points:task"),
    ModelEntry("fcn", "segment", "Long et al., 2015", "segment.fcn:task", instances=True),
    ModelEntry("unet", "segment", "Ronneberger et al., 2015", "segment.unet:task", instances=True),
    ModelEntry("linknet", "segment", "Chaurasia et al., 2017", "segment.linknet:task", instances=True),
    ModelEntry("pspnet", "segment", "Zhao et al., 2017", "segment.pspnet:task", instances=True),
    ModelEntry("refinenet", "segment", "Lin et al., 2017", "segment.refinenet:task", instances=True),
    ModelEntry("segnet", "segment", "Badrinarayanan et al., 2017", "segment.segnet:task", instances=True),
    ModelEntry("deeplab", "segment", "Chen et al., 2018", "segment.deeplab:task", instances=True),
    ModelEntry("crnn", "transcribe", "Shi et al., 2017", "staffs.crnn:task"),
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
