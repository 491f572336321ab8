"""A YOLOv10n of the size that seed 002 trained, as an ONNX file, with untrained weights.

Ultralytics is AGPL-3.0, so it is no dependency of notehead: it runs as a process of its own, in an
environment of its own:

    python -m venv X
    X/bin/pip install torch torchvision ultralytics onnx
    python -m benchmarks.detect_yolo -o yolov10n.onnx --python X/bin/python
"""

from __future__ import annotations

import argparse
import importlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SIDE = 640
CLASSES = 135
"""Of DeepScoresV2."""
_MOST_SECONDS = 1800


def write_yolo(target: Path, python: str) -> None:
    """Have another interpreter, which has Ultralytics, write the model.

    Raises:
        RuntimeError: it could not.
    """
    with tempfile.TemporaryDirectory() as folder:
        own = {"YOLO_CONFIG_DIR": folder, "YOLO_OFFLINE": "true", "YOLO_AUTOINSTALL": "false"}
        result = subprocess.run(
            [python, __file__, "--inside", "-o", str(target.resolve())],
            capture_output=True, text=True, timeout=_MOST_SECONDS, check=False, cwd=folder,
            env={**os.environ, **own},
        )  # fmt: skip
    if result.returncode or not target.is_file():
        message = f"Ultralytics wrote no model:\n{result.stdout[-2000:]}{result.stderr[-2000:]}"
        raise RuntimeError(message)


def _inside(target: Path) -> None:
    """Write the model, seen from inside of Ultralytics' interpreter."""
    ultralytics = importlib.import_module("ultralytics")
    plan = Path(str(ultralytics.__file__)).parent / "cfg" / "models" / "v10" / "yolov10n.yaml"
    own = Path("yolov10n.yaml")
    own.write_text(re.sub(r"(?m)^nc: *\d+", f"nc: {CLASSES}", plan.read_text()))
    yolo = ultralytics.YOLO(own)
    # without NMS, as YOLOv10 was meant: the 300 best of its one-to-one head
    written = yolo.export(format="onnx", imgsz=SIDE, simplify=False, nms=False, device="cpu")
    shutil.move(written, target)


def main() -> None:
    """Write the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("-o", "--output", type=Path, default=Path("yolov10n.onnx"))
    parser.add_argument("--python", default=os.environ.get("NOTEHEAD_ULTRALYTICS", sys.executable))
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        _inside(options.output)
        return
    write_yolo(options.output, options.python)
    print(f"{options.output}: {options.output.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
