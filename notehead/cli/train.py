"""`notehead train` and `notehead export`."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from notehead.cli.bar import Bar
from notehead.cli.places import DATASET
from notehead.datasets import Dataset
from notehead.detect.model_files import FILES
from notehead.errors import MissingExtraError
from notehead.runners import RUNNERS
from notehead.stores import is_url

_HELP = """
Pages of the split `train` are degraded (unless they are already), scaled, and kept in OUTPUT/pages; the
network is judged by some of the others. Stop it at any moment and run the same command again: it goes on
from its last checkpoint, to the same curve.

With --stream it begins at once, and takes hardly more memory and no more disk for a million pages than for a
hundred. With --workers several processes train one network; --parts decides the curve, not how many they are.

Exit codes: 0 done or out of time; 1 options that cannot be, or a worker that is lost again and again; 4 a
dataset cannot be used; 6 OUTPUT was begun otherwise; 7 an extra is missing.

\b
Examples:
  notehead train {task} dataset/ -o run/ --time 2h
  notehead train {task} verovio/ lilypond/ rare/ -o run/ --steps 30000 --copies 2
  notehead train {task} shards/ -o run/ --stream --buffer 256 --workers 2
  notehead train {task} s3://bucket/dataset -o run/ --stream --workers 4 --runner ray --address auto
"""

_Function = Callable[..., None]
_UNITS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400}


class Duration(click.ParamType[float]):
    """A time such as 90s, 45m, 2h or 1.5h, in seconds."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Seconds; fails for what is no time."""
        if isinstance(value, int | float):
            return float(value)
        match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(s|min|m|h|d)?\s*", str(value))
        if not match or float(match[1]) <= 0:
            self.fail(f"{value!r} is no time such as 45m or 2h", param, ctx)
        return float(match[1]) * _UNITS[match[2] or "s"]


def need_torch() -> None:
    """Say what is missing, before anything else fails; raises MissingExtraError."""
    try:
        import torch  # noqa: F401, PLC0415  # heavy, and only here
    except ImportError as error:
        message = "training needs PyTorch, which is not installed"
        raise MissingExtraError(message, "Install it with `pip install notehead[train]`.") from error


@click.group("train")
def train_command() -> None:
    """Train a network; needs the `train` extra.

    \b
    Examples:
      notehead train detect dataset/ -o run/ --time 2h
      notehead train detect dataset/ -o run-fcos/ --model fcos
      notehead train segment dataset/ -o run-unet/ --model unet
    """


def _streamed(command: _Function) -> _Function:
    """The options of a stream."""
    for option in (
        click.option(
            "--buffer", type=click.IntRange(1), default=128, show_default=True,
            help="Pages of a stream that wait in memory: the further it reaches, the better it is shuffled.",
        ),
        click.option("--stream", is_flag=True, help="Read pages as they are needed, in shuffled order."),
    ):  # fmt: skip
        command = option(command)
    return command


def _shared(command: _Function) -> _Function:
    """The options of several workers."""
    for option in (
        click.option("--address", default="", help="Of a Ray cluster; auto for the one that runs here."),
        click.option(
            "--runner", type=click.Choice(list(RUNNERS)), default="local", show_default=True,
            help="Where workers are: this machine, or a Ray cluster.",
        ),
        click.option(
            "--parts", type=click.IntRange(1),
            help="Of a batch, each of eight crops, which workers share; at first as many as workers.",
        ),
        click.option(
            "--workers", type=click.IntRange(1), default=1, show_default=True,
            help="Processes that train, each on its share of every batch.",
        ),
    ):  # fmt: skip
        command = option(command)
    return command


def _command(task: str, usual: str, what: str) -> click.Command:
    """The command of a task: all tasks have the same options.

    Args:
        task: its name.
        usual: the model that is trained where none is named.
        what: the help text's first line.
    """

    @click.command(task, help=what + "\n" + _HELP.format(task=task))
    @click.argument("datasets", nargs=-1, required=True, type=DATASET)
    @click.option(
        "-o", "--output", required=True, type=click.Path(path_type=Path), help="Folder of the training."
    )
    @click.option(
        "--model", default=usual, show_default=True, help="Which network; `notehead train models` lists them."
    )
    @click.option(
        "--steps", type=click.IntRange(1), default=10_000, show_default=True, help="Batches in all."
    )
    @click.option("--time", "seconds", type=Duration(), default=None, help="Stop after this time: 45m, 2h.")
    @click.option(
        "--device", default="auto", show_default=True, help="cpu, cuda, or auto: the best there is."
    )
    @click.option(
        "--recipes", default="", help="Recipes that pages go through, separated by commas; by default all."
    )
    @click.option(
        "--copies",
        type=click.IntRange(1),
        default=1,
        show_default=True,
        help="Of each page, each degraded anew.",
    )
    @click.option(
        "--readers",
        type=click.IntRange(0),
        default=0,
        help="Processes that read and prepare pages, of each worker; 0 for one per processor.",
    )
    @_streamed
    @_shared
    @click.option(
        "--begin",
        default="",
        metavar="RUN",
        help="Begin with the weights of another training or of an exported detector, where they fit;"
        " `package` for the detector that comes with the package.",
    )
    @click.option(
        "--rate",
        type=click.FloatRange(0, 1, min_open=True),
        default=0.002,
        show_default=True,
        help="Of learning, at its highest; less leaves more as it was where it begins with other weights.",
    )
    @click.option("--seed", type=int, default=0, show_default=True, help="Of all that is drawn at random.")
    def command(datasets: tuple[Path, ...], **options: Any) -> None:
        _train(task, datasets, options)

    return command


def _train(task: str, datasets: tuple[Path, ...], given: dict[str, Any]) -> None:
    need_torch()
    from notehead.models.data.order import StreamOptions  # noqa: PLC0415  # needs PyTorch
    from notehead.models.data.pages import PageOptions  # noqa: PLC0415
    from notehead.models.loop import LoopOptions  # noqa: PLC0415
    from notehead.models.options import Surroundings, TrainingOptions  # noqa: PLC0415
    from notehead.models.registry import model_entry  # noqa: PLC0415
    from notehead.models.training import begun_parts, train_model  # noqa: PLC0415

    entry = model_entry(given["model"], task)
    recipes = tuple(name.strip() for name in given["recipes"].split(",") if name.strip())
    pages = PageOptions(recipes or PageOptions().recipes, copies=given["copies"], seed=given["seed"])
    parts = given["parts"] or begun_parts(given["output"]) or given["workers"]
    options = TrainingOptions(
        entry.name,
        pages,
        loop=LoopOptions(steps=given["steps"], rate=given["rate"], parts=parts),
        seed=given["seed"],
        begin=given["begin"],
        stream=StreamOptions(buffer=given["buffer"]) if given["stream"] else None,
    )
    where = {name: given[name] for name in ("device", "readers", "workers", "runner", "address")}
    done = train_model(
        [Dataset(path if is_url(path) else path.absolute()) for path in datasets],
        given["output"],
        options,
        Surroundings(given["seconds"] or float("inf"), **where),
        Bar(),
        lambda text: click.echo(text, file=sys.stderr),
    )
    state = "done" if done else "stopped; run the same command to go on"
    click.echo(f"{given['output']}: {state}")


for _task, _usual, _what in (
    ("detect", "centres", "Train a detector on DATASETS that `notehead build` has made."),
    (
        "classify",
        "resnet",
        "Train a classifier of single symbols on DATASETS that `notehead build` has made.",
    ),
    ("segment", "unet", "Train a network that tells each pixel's class on DATASETS of `notehead build`."),
    ("points", "centre-points", "Train a network that finds noteheads and ends of stems as points."),
    ("transcribe", "crnn", "Train a network that reads single staffs as sequences of tokens."),
):
    train_command.add_command(_command(_task, _usual, _what))


@train_command.command("models")
def train_models_command() -> None:
    """List the networks that can be trained: task, name, paper.

    \b
    Example:
      notehead train models
    """
    from notehead.models.registry import MODELS  # noqa: PLC0415  # among what is trained

    for entry in MODELS:
        click.echo(f"{entry.task:10}{entry.name:18}{entry.paper}")


@click.command("export")
@click.argument("run", type=click.Path(path_type=Path))
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="Folder of the model.")
@click.option("--int8", is_flag=True, help="In whole numbers of eight bits: smaller, and often faster.")
def export_command(run: Path, output: Path, int8: bool) -> None:
    """Write the network of a training as ONNX files, which `notehead detect --model` reads.

    \b
    Example:
      notehead export run/ -o model/
      notehead export run/ -o small/ --int8
    """
    need_torch()
    from notehead.models.detector.export import export_run  # noqa: PLC0415  # needs PyTorch

    export_run(run, output, int8=int8)
    click.echo(f"{output}: {', '.join(FILES)}, weights.json")
