"""Train seed 002's YOLOv10 on slices of a dataset, read its test pages in slices, and evaluate.

    python -m venv X
    X/bin/pip install torch torchvision ultralytics
    python -m benchmarks.yolov10 DATASET -o run/ --python X/bin/python

Each step is done once: stopped, or given another --confidence, the same command goes on where it was.

Exit codes: 0 done; 1 Ultralytics ended with an error; 4 the dataset cannot be used; 6 cannot write, or the
folder was begun with other options; 7 there is no Ultralytics.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from dataclasses import asdict
from pathlib import Path

import orjson

from benchmarks.yolov10.cutting import LEARNT, CutOptions, some_pages, write_slices
from benchmarks.yolov10.predicting import PredictOptions, Reader
from benchmarks.yolov10.program import LOG, Program, find_program
from benchmarks.yolov10.training import AUGMENTATION, YoloOptions, epochs, train
from notehead.cli.bar import Bar
from notehead.cli.reading import open_dataset
from notehead.datasets import Dataset
from notehead.datasets.predictions import open_predictions
from notehead.errors import DatasetError, NoteheadError
from notehead.evaluate import DetectionFigures, evaluate_detection
from notehead.files import write_file
from notehead.models.claim import claim


def main(arguments: list[str] | None = None) -> int:
    """Run all steps and print the figures; returns the exit code."""
    options = _parser().parse_args(arguments)
    try:
        _run(options, find_program(options.python))
    except NoteheadError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


def _run(options: argparse.Namespace, program: Program) -> None:
    cut = CutOptions(options.short, options.slice, options.overlap, options.min_visible, options.empty)
    cut.slicing()  # says what is out of range
    plan = YoloOptions(options.model, options.epochs, options.imgsz, options.batch, options.seed)
    folder: Path = options.output
    dataset = open_dataset([options.dataset], classes=options.classes)
    begun = {
        "dataset": str(options.dataset.resolve()),
        "classes": options.classes,
        "split": options.split,
        "pages": options.pages,
        "cut": asdict(cut),
        "plan": asdict(plan),
        "augmentation": AUGMENTATION,
    }
    claim(
        folder / "options.json",
        begun,
        "it was begun with other options, or with another dataset",
        "Choose another folder, or give the options that it began with.",
    )
    pages = some_pages(dataset, (*LEARNT, options.split), options.pages)
    held = pages.where(lambda entry: entry.split == options.split)
    if not len(held):
        message = f"{options.dataset}: no page is of the split {options.split!r}"
        raise DatasetError(message, "Name the pages to be read with --split.")
    write_slices(pages, folder / "slices", cut, options.workers, Bar())
    print(f"Ultralytics {program.version}; what it says is in {folder / LOG}", flush=True)
    train(program, folder, plan, options.device)
    _tell_training(folder)
    found = folder / f"found-{options.confidence:g}"
    how = PredictOptions(options.confidence, plan.imgsz, plan.batch, options.device)
    Reader(program, folder, cut, how).read(held, found, Bar())
    figures = _evaluated(held, found)
    write_file(found / "figures.json", orjson.dumps(figures.to_json(), option=orjson.OPT_INDENT_2))
    print(figures.table(), end="")


def _tell_training(folder: Path) -> None:
    """What Ultralytics measured on the slices that it calls `val`, as seed 002's figures were."""
    rows = epochs(folder)
    images = sum(1 for _ in (folder / "slices" / "images").rglob("*.png"))
    if rows:
        ap50, ap = (float(rows[-1].get(f"metrics/{name}(B)") or "nan") for name in ("mAP50", "mAP50-95"))
        own = f"Ultralytics on slices: mAP50 {ap50:.3f}, mAP50-95 {ap:.3f}"
        print(f"{images:,} slices, {len(rows)} epochs; {own}", flush=True)


def _evaluated(truth: Dataset, found: Path) -> DetectionFigures:
    predictions = open_predictions(found, truth)
    pages = ((entry, symbols, predictions.symbols(entry)) for entry, symbols in truth.annotations())
    return evaluate_detection(
        pages, truth.vocabulary, staff_space=lambda entry: truth.staff_space(entry.name)
    )


def _parser() -> argparse.ArgumentParser:
    cut, plan = CutOptions(), YoloOptions()
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.yolov10",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("dataset", type=Path, help="of any format, with the splits train and test")
    add("-o", "--output", type=Path, required=True, help="folder of the run")
    add("--python", default=os.environ.get("NOTEHEAD_ULTRALYTICS", ""), help="a Python that has Ultralytics")
    add("--classes", help="other classes, as for notehead convert: deepscores for seed 002's")
    add("--split", default="test", help="the pages to be read (%(default)s)")
    add("--pages", type=int, default=0, help="at most so many to train on, and to read (all)")
    add(
        "--short",
        type=int,
        default=cut.short,
        help="shorter side that pages get; 0: as they are (%(default)s)",
    )
    add("--slice", type=int, default=cut.size, help="pixels of a slice (%(default)s)")
    add("--overlap", type=float, default=cut.overlap, help="share that slices have in common (%(default)s)")
    add("--min-visible", type=float, default=cut.least, help="least share of a cut symbol (%(default)s)")
    add("--empty", type=float, default=cut.empty, help="share of the empty slices to train on (%(default)s)")
    add("--model", default=plan.model, help="network (%(default)s)")
    add("--epochs", type=int, default=plan.epochs, help="(%(default)s)")
    add("--imgsz", type=int, default=plan.imgsz, help="pixels of the network's input (%(default)s)")
    add("--batch", type=int, default=plan.batch, help="slices at a time (%(default)s)")
    add("--seed", type=int, default=plan.seed, help="(%(default)s)")
    add("--confidence", type=float, default=0.4, help="least score of what is found (%(default)s)")
    add("--device", default="", help="cpu, 0, ... (the best there is)")
    add("--workers", type=int, default=0, help="processes that cut pages; 0 for one per processor")
    return parser


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that Ultralytics goes, too
    sys.exit(main())
