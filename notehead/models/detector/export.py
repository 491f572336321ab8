"""A trained network as ONNX files."""

from __future__ import annotations

import tempfile
import warnings
from pathlib import Path

import torch

from notehead.detect.model_files import FILES, PAGE_FILE, REFINE_FILE, SYMBOL_FILE, TIPS_FILE
from notehead.detect.refine import SIDE
from notehead.detect.shipped import describe_model
from notehead.detect.tips import KNOWN
from notehead.detect.tips import SIDE as TIP_SIDE
from notehead.errors import DatasetError
from notehead.files import write_file
from notehead.models.detector.network import DetectorNetwork
from notehead.models.loop import CHECKPOINT, UNREADABLE


def load_network(checkpoint: Path) -> tuple[DetectorNetwork, int]:
    """The averaged network of a checkpoint, and after how many steps."""
    saved = torch.load(checkpoint, weights_only=True)
    network = DetectorNetwork()
    network.load_state_dict(saved["average"])
    return network.eval(), int(saved["steps"])


def export_run(run: Path, folder: Path, *, int8: bool = False) -> None:
    """Write the model of a training's last checkpoint: its networks and their description.

    Args:
        run: the training.
        folder: of the model.
        int8: in whole numbers of eight bits, whose ranges are learnt from pages of the training.

    Raises:
        DatasetError: the folder holds no training.
    """
    try:
        network, steps = load_network(run / CHECKPOINT)
    except UNREADABLE as error:
        message = f"{run}: no training of a detector, or it has no checkpoint yet"
        raise DatasetError(message, "Train one with `notehead train detect`.") from error
    if int8:
        from notehead.models.detector.quantise import PAGES, quantise  # noqa: PLC0415  # loads onnx

        with tempfile.TemporaryDirectory() as single:
            export(network, Path(single))
            pages = sorted((run / "pages").glob("*.npz"))
            quantise(Path(single), folder, pages[:: max(1, len(pages) // PAGES)][:PAGES])
    else:
        export(network, folder)
    describe_model(folder, "detector", f"{steps} steps")


def export(network: DetectorNetwork, folder: Path) -> None:
    """Write the networks in single precision, for pages of any size."""
    folder.mkdir(parents=True, exist_ok=True)
    network = network.eval()
    height, width = torch.export.Dim("rows", min=2, max=1024), torch.export.Dim("columns", min=2, max=1024)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter's talk about itself
        torch.onnx.export(
            network.page,
            (torch.zeros(1, 1, 256, 320),),
            folder / PAGE_FILE,
            input_names=["ink"],
            output_names=["centres", "traces", "features"],
            dynamic_shapes={"x": {2: 32 * height, 3: 32 * width}},
            dynamo=True,
            external_data=False,
            verbose=False,
        )
        count = torch.export.Dim("n", max=1_000_000)
        torch.onnx.export(
            network.symbol,
            (torch.zeros(7, network.symbol.read.in_features), torch.zeros(7, dtype=torch.int64)),
            folder / SYMBOL_FILE,
            input_names=["features", "kind"],
            output_names=["label", "box"],
            dynamic_shapes={"features": {0: count}, "kinds": {0: count}},
            dynamo=True,
            external_data=False,
            verbose=False,
        )
        torch.onnx.export(
            network.refine,
            (
                torch.zeros(7, 2, SIDE, SIDE),
                torch.zeros(7, network.symbol.read.in_features),
                torch.zeros(7, dtype=torch.int64),
                torch.ones(7, 2),
            ),
            folder / REFINE_FILE,
            input_names=["seen", "features", "kind", "sides"],
            output_names=["moved", "centre", "label"],
            dynamic_shapes={name: {0: count} for name in ("seen", "features", "kinds", "sides")},
            dynamo=True,
            external_data=False,
            verbose=False,
        )
        torch.onnx.export(
            network.tips,
            (torch.zeros(7, 3, TIP_SIDE, TIP_SIDE), torch.zeros(7, KNOWN)),
            folder / TIPS_FILE,
            input_names=["seen", "known"],
            output_names=["away"],
            dynamic_shapes={name: {0: count} for name in ("seen", "known")},
            dynamo=True,
            external_data=False,
            verbose=False,
        )
    for name in FILES:
        strip(folder / name)


def strip(path: Path) -> None:
    """Take the exporter's notes out of a network's file: they name folders of the machine that it ran on."""
    import onnx  # noqa: PLC0415  # heavy

    model = onnx.load(path)
    parts = [model, model.graph, *model.functions]
    for graph in (model.graph, *model.functions):
        parts += [*graph.node, *graph.value_info]
    parts += [*model.graph.input, *model.graph.output, *model.graph.initializer]
    for part in parts:
        del part.metadata_props[:]
        part.doc_string = ""
    write_file(path, model.SerializeToString(deterministic=True))
