"""Networks in eight bits."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from notehead.models.detector.quantise import shuffle_in_bytes


def network(*, twice: bool) -> onnx.ModelProto:
    """Bytes to floats, shuffled; `twice`: the floats are a result of their own as well."""
    nodes = [
        helper.make_node("QuantizeLinear", ["x", "scale", "zero"], ["bytes"]),
        helper.make_node("DequantizeLinear", ["bytes", "scale", "zero"], ["floats"]),
        helper.make_node("DepthToSpace", ["floats"], ["y"], blocksize=2, mode="CRD", name="shuffle"),
    ]
    results = ["y"]
    if twice:
        nodes.append(helper.make_node("Relu", ["floats"], ["z"]))
        results.append("z")
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 8, 3, 5])],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, list("abcd")) for name in results],
        [
            numpy_helper.from_array(np.array(0.05, np.float32), "scale"),
            numpy_helper.from_array(np.array(128, np.uint8), "zero"),
        ],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def results(model: onnx.ModelProto) -> list[np.ndarray]:
    onnx.checker.check_model(model)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    x = np.random.default_rng(0).normal(size=(1, 8, 3, 5)).astype(np.float32)
    return [np.asarray(part) for part in session.run(None, {"x": x})]


def test_bytes_are_shuffled_and_the_result_is_the_same() -> None:
    for twice in (False, True):
        given, changed = network(twice=twice), network(twice=twice)
        shuffle_in_bytes(changed)
        shuffle = next(node for node in changed.graph.node if node.op_type == "DepthToSpace")
        assert shuffle.input[0] == "bytes"
        for one, other in zip(results(given), results(changed), strict=True):
            np.testing.assert_array_equal(one, other)


def test_a_network_in_floats_stays_as_it_is() -> None:
    model = network(twice=False)
    del model.graph.node[:2]
    model.graph.node[0].input[0] = "x"
    before = model.SerializeToString()
    shuffle_in_bytes(model)
    assert model.SerializeToString() == before
