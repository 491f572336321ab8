"""`notehead evaluate`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import orjson
from click.core import ParameterSource

from notehead.cli.bar import Bar
from notehead.cli.reading import open_dataset, reading_options, tell_left_out
from notehead.datasets import Dataset
from notehead.datasets.complaints import Complaints
from notehead.datasets.predictions import Predictions, open_predictions
from notehead.datasets.source import ReadOptions
from notehead.evaluate import (
    DetectionEvaluator,
    DetectionFigures,
    DetectionOptions,
    SegmentationOptions,
    classification_figures,
    segmentation_figures,
)
from notehead.evaluate.detection_plots import write_detection_plots
from notehead.evaluate.detection_table import classes_csv
from notehead.evaluate.music import METRICS, MusicFigures, MusicOptions, evaluate_music
from notehead.evaluate.staff_space import estimate_staff_space
from notehead.files import write_file

_READING = ("format_name", "split", "only", "classes", "annotation_set", "keep_going")
_OPTIONS = {
    "detection": (*_READING, "oriented", "confidence", "plots", "csv_file", "as_json"),
    "segmentation": (*_READING, "as_json"),
    "classification": ("keep_going", "as_json"),
    "music": ("keep_going", "metrics", "as_json"),
}
"""The options that each task has."""
_SHOWN = 5


@click.command("evaluate")
@click.argument("predictions", type=click.Path(path_type=Path))
@click.argument("truth", type=click.Path(path_type=Path))
@click.option(
    "--task",
    type=click.Choice(list(_OPTIONS)),
    default="detection",
    show_default=True,
    help="What was predicted.",
)
@reading_options
@click.option("--oriented", is_flag=True, help="Compare oriented boxes instead of upright ones.")
@click.option(
    "--confidence",
    type=click.FloatRange(0, 1),
    default=0.4,
    show_default=True,
    help="Precision, recall, F1 and confusions are those of detections with at least this score.",
)
@click.option(
    "--metrics",
    default="notes,tedn",
    show_default=True,
    help=f"What music is compared by, separated by commas: {', '.join(METRICS)}.",
)
@click.option("--json", "as_json", is_flag=True, help="All figures as JSON.")
@click.option(
    "--csv", "csv_file", type=click.Path(path_type=Path), help="Also write the classes to this file."
)
@click.option("--plots", type=click.Path(path_type=Path), help="Also write plots into this folder.")
@click.pass_context
def evaluate_command(
    context: click.Context,
    /,
    predictions: Path,
    truth: Path,
    task: str,
    oriented: bool,
    confidence: float,
    metrics: str,
    as_json: bool,
    csv_file: Path | None,
    plots: Path | None,
    **reading: Any,
) -> None:
    """Compare PREDICTIONS with TRUTH.

    \b
    detection       PREDICTIONS: a COCO result file, a proposals file of DeepScoresV2's
                    toolkit, or a dataset with scores. TRUTH: a dataset of any format.
    segmentation    PREDICTIONS: a dataset with masks, or a folder of class images.
                    TRUTH: a dataset with masks.
    classification  PREDICTIONS: CSV with the columns file, class, and score if wanted.
                    TRUTH: a folder with one folder of images per class, or such a CSV.
    music           PREDICTIONS: a MusicXML file, or a folder of them.
                    TRUTH: the same; files of folders belong together by name.

    --classes brings TRUTH to the classes in which PREDICTIONS are.

    Exit codes: 0 done; 5 done, but something was left out (--keep-going); 4 something cannot be used
    (3 a score); 6 cannot write; 7 a metric needs a package that is not installed.

    \b
    Examples:
      notehead evaluate results.json dataset/ --split test
      notehead evaluate found/ ds2_dense/ --oriented --plots plots/ --json > figures.json
      notehead evaluate masks/ dataset/ --task segmentation
      notehead evaluate read.musicxml true.mxl --task music --metrics notes,tedn,lmx,omr-ned
    """
    _check_options(context, task)
    tasks: dict[str, Callable[[], tuple[Any, Complaints]]] = {
        "detection": lambda: _detection(predictions, truth, DetectionOptions(oriented, confidence), reading),
        "segmentation": lambda: _segmentation(predictions, truth, reading),
        "classification": lambda: _classification(predictions, truth, keep_going=reading["keep_going"]),
        "music": lambda: _music(predictions, truth, _names(metrics), keep_going=reading["keep_going"]),
    }
    figures, complaints = tasks[task]()
    if csv_file is not None:
        write_file(csv_file, classes_csv(figures))
        click.echo(f"wrote {csv_file}", err=True)
    if plots is not None:
        for path in write_detection_plots(figures, plots):
            click.echo(f"wrote {path}", err=True)
    if as_json:
        click.echo(orjson.dumps(figures.to_json(), option=orjson.OPT_INDENT_2).decode())
    else:
        click.echo(figures.table(), nl=False)
    tell_left_out(complaints)


def _check_options(context: click.Context, task: str) -> None:
    for parameter in context.command.params:
        name = parameter.name or ""
        given = context.get_parameter_source(name) == ParameterSource.COMMANDLINE
        if isinstance(parameter, click.Option) and given and name not in (*_OPTIONS[task], "task"):
            message = f"{parameter.opts[0]} has no meaning for {task}"
            raise click.UsageError(message, context)


def _detection(
    place: Path, folder: Path, options: DetectionOptions, reading: dict[str, Any]
) -> tuple[DetectionFigures, Complaints]:
    names = _names(reading["only"])
    truth = open_dataset([folder], **{**reading, "only": ""})  # ids of predictions are those of all classes
    if names:
        truth.only(*names)  # says which do not exist
    keep_going = reading["keep_going"]
    predictions = open_predictions(place, truth, ReadOptions(keep_going, reading["annotation_set"]))
    evaluator, bar = DetectionEvaluator(truth.vocabulary, options), Bar()
    bar.stage("matching", len(truth))
    missing = 0
    for entry, symbols in truth.annotations():
        found = predictions.symbols(entry)
        missing += not predictions.has(entry)
        space = truth.staff_space(entry.name) or estimate_staff_space(symbols)
        if names:
            symbols, found = symbols.named(*names), found.named(*names)  # noqa: PLW2901  # of this page
        evaluator.add(symbols, found, space, entry.name)
        bar.step(pages=1)
    bar.close()
    complaints = Complaints(keep_going)
    complaints.merge(truth.complaints)
    complaints.merge(predictions.complaints.taken())  # before they are read again
    _tell_what_does_not_fit(predictions, truth, missing)
    return evaluator.finish(), complaints


def _tell_what_does_not_fit(predictions: Predictions, truth: Dataset, missing: int) -> None:
    if missing:
        text = f"{missing:,} of {len(truth):,} pages are not predicted: their symbols count as missed"
        click.echo(f"warning: {text}", err=True)
    if predictions.unmatched:
        some = _some(list(predictions.unmatched))
        click.echo(f"warning: predicted, but no page of the truth: {some}", err=True)
    unknown = predictions.unknown_classes()
    if unknown:
        some = _some([f"{name} {count:,}" for name, count in unknown.most_common()])
        click.echo(f"warning: left out, as the truth has no such class: {some}", err=True)


def _some(names: list[str]) -> str:
    more = f", and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def _names(only: str) -> list[str]:
    return [name.strip() for name in only.split(",") if name.strip()]


def _segmentation(place: Path, folder: Path, reading: dict[str, Any]) -> tuple[Any, Complaints]:
    truth = open_dataset([folder], **{**reading, "only": ""})
    options = SegmentationOptions(only=_names(reading["only"]))
    return segmentation_figures(place, truth, options, Bar()), truth.complaints


def _classification(place: Path, truth: Path, *, keep_going: bool) -> tuple[Any, Complaints]:
    complaints = Complaints(keep_going)
    return classification_figures(place, truth, complaints=complaints), complaints


def _music(
    place: Path, truth: Path, metrics: list[str], *, keep_going: bool
) -> tuple[MusicFigures, Complaints]:
    complaints = Complaints(keep_going)
    figures = evaluate_music(place, truth, MusicOptions(metrics), Bar(), complaints)
    missing = sum(not score.predicted for score in figures.scores)
    if missing:
        text = f"{missing:,} of {len(figures.scores):,} scores are not predicted: their notes count as missed"
        click.echo(f"warning: {text}", err=True)
    if figures.unmatched:
        some = _some(list(figures.unmatched))
        click.echo(f"warning: predicted, but no score of the truth: {some}", err=True)
    return figures, complaints
