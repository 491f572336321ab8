"""Whether Ultralytics takes a YOLO dataset: its own check of `data.yaml`, of each image and each label.

Ultralytics is AGPL-3.0 and needs the CUDA build of PyTorch (5.4 GB), so it is no dependency of notehead: it
runs as a process of its own, in an environment of its own:

    python -m venv X
    X/bin/pip install torch torchvision ultralytics
    python -m benchmarks.ultralytics_check DATASET --python X/bin/python

`DATASET` is a folder that `notehead convert --to yolo` (or `yolo-obb`) wrote, or anybody's. The tests do the
same with their own datasets where the environment variable NOTEHEAD_ULTRALYTICS names such a Python.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

MOST_SECONDS = 3600


def check(dataset: Path, python: str) -> dict[str, Any]:
    """What Ultralytics, run by another interpreter, says of a dataset.

    Returns:
        `version`; `task`, "detect" or "obb"; `names`, the classes by number as text; `splits`, a map
        from "train", "val" and "test" (where they are) to the counts `images`, `boxes`, `outlines`,
        `background` and `corrupt` and to `messages`, what it says of single files.

    Raises:
        RuntimeError: Ultralytics refuses the dataset as a whole, or cannot be run.
    """
    with tempfile.TemporaryDirectory() as folder:
        result = subprocess.run(
            [python, "-I", __file__, str(dataset), "--inside"],
            capture_output=True, text=True, timeout=MOST_SECONDS, check=False,
            env={**os.environ, "YOLO_CONFIG_DIR": folder, "YOLO_OFFLINE": "true", "YOLO_VERBOSE": "false"},
        )  # fmt: skip
    if result.returncode:
        message = f"Ultralytics refuses {dataset}:\n{result.stdout[-2000:]}{result.stderr[-2000:]}"
        raise RuntimeError(message)
    found: dict[str, Any] = json.loads(result.stdout.splitlines()[-1])
    return found


def _inside(dataset: Path) -> dict[str, Any]:
    """What `check` returns, seen from inside of Ultralytics' interpreter; it writes no file."""
    version = importlib.import_module("ultralytics").__version__
    files = importlib.import_module("ultralytics.data.utils")
    datasets = importlib.import_module("ultralytics.data.dataset")
    datasets.__dict__["save_dataset_cache_file"] = lambda _prefix, _path, cache, version: cache.update(
        version=version
    )
    data = files.check_det_dataset(str(dataset), autodownload=False)
    task = "obb" if data.get("task") == "obb" else "detect"
    splits = {}
    for split in ("train", "val", "test"):
        if not data.get(split):
            continue
        found = datasets.YOLODataset(img_path=data[split], data=data, task=task, augment=False, imgsz=640)
        checked = [
            files.verify_image_label((image, label, "", False, len(data["names"]), 0, 0, False))
            for image, label in zip(found.im_files, files.img2label_paths(found.im_files), strict=True)
        ]
        splits[split] = {
            "images": len(found),
            "boxes": sum(len(label["bboxes"]) for label in found.labels),
            "outlines": sum(len(label["segments"]) for label in found.labels),
            "background": sum(result[5] + result[7] for result in checked),
            "corrupt": sum(result[8] for result in checked),
            "messages": [result[9] for result in checked if result[9]],
        }
    return {"version": version, "task": task, "names": data["names"], "splits": splits}


def main() -> None:
    """Print what Ultralytics says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--python", default=os.environ.get("NOTEHEAD_ULTRALYTICS", sys.executable))
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        print(json.dumps(_inside(options.dataset)))
        return
    found = check(options.dataset, options.python)
    print(f"Ultralytics {found['version']}, {found['task']}, {len(found['names'])} classes")
    for split, said in found["splits"].items():
        counts = ", ".join(f"{value} {name}" for name, value in said.items() if name != "messages")
        print(f"  {split:<6}{counts}")
        for message in said["messages"]:
            print(f"    {message}")


if __name__ == "__main__":
    main()
