"""Small real models whose outputs are known: ONNX by the onnx package, others byte by byte."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from camwatch.cameras.simulator.sample import known_picture
from camwatch.domain import Boxes

Array = npt.NDArray[Any]

PICTURE_WH = (1280, 720)
SIDE = 640


def onnx_model(
    outputs: Mapping[str, Array],
    *,
    shape: Sequence[int | str] = (1, 3, SIDE, SIDE),
    element: int = TensorProto.FLOAT,
    more_inputs: Sequence[Any] = (),
    more_nodes: Sequence[Any] = (),
) -> Any:
    """Return a model that takes a picture and gives these outputs, whatever is in it."""
    nodes = [
        helper.make_node("Cast", ["images"], ["as_float"], to=TensorProto.FLOAT),
        helper.make_node("ReduceMean", ["as_float"], ["mean"], keepdims=0),
        helper.make_node("Mul", ["mean", "nought"], ["nothing"]),
        *more_nodes,
    ]
    initialisers = [numpy_helper.from_array(np.float32(0.0).reshape(()), "nought")]
    values = []
    for name, array in outputs.items():
        initialisers.append(numpy_helper.from_array(array.astype(np.float32), f"{name}_value"))
        nodes.append(helper.make_node("Add", [f"{name}_value", "nothing"], [f"{name}_sum"]))
        is_whole = array.dtype == np.int64
        kind = TensorProto.INT64 if is_whole else TensorProto.FLOAT
        nodes.append(helper.make_node("Cast", [f"{name}_sum"], [name], to=kind))
        values.append(helper.make_tensor_value_info(name, kind, array.shape))
    picture = helper.make_tensor_value_info("images", element, shape)
    graph = helper.make_graph(nodes, "known", [picture, *more_inputs], values, initialisers)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)


def save(model: Any, file: Path) -> Path:
    """Write a model; return where."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(model.SerializeToString())
    return file


def people_in_input(*, is_stretched: bool = False, wh: tuple[int, int] = (SIDE, SIDE)) -> Boxes:
    """Return the people of the test picture as they stand in a model's input, in pixels."""
    _, people = known_picture()
    factors = np.divide(wh, PICTURE_WH, dtype=np.float32)
    if not is_stretched:
        factors[:] = factors.min()
    boxes: Boxes = people * np.tile(factors, 2)
    return boxes


def centred(boxes: Boxes) -> Boxes:
    """Turn x1 y1 x2 y2 into centre x, centre y, width, height."""
    return np.hstack([(boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:] - boxes[:, :2]])


def yolov8_outputs(boxes: Boxes, classes: int = 80) -> dict[str, Array]:
    """Return YOLOv8's output for a square input, with these people in it."""
    columns = np.zeros((1, 4 + classes, 8400), np.float32)
    columns[0, :4, : len(boxes)] = centred(boxes).T
    columns[0, 4, : len(boxes)] = 0.9
    return {"output0": columns}


def good_model() -> Any:
    """Return a model that finds exactly the people of the test picture."""
    return onnx_model(yolov8_outputs(people_in_input()))


def blind_model() -> Any:
    """Return a model that finds two people of the test picture, and one who is not there."""
    boxes = people_in_input()[:3].copy()
    boxes[2] = 5, 5, 60, 120
    return onnx_model(yolov8_outputs(boxes))


# ---------------------------------------------------------------- protocol buffers by hand


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def part(number: int, value: float | str | bytes) -> bytes:
    """Return one field of a message."""
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    if isinstance(value, float):
        return _varint(number << 3 | 5) + struct.pack("<f", value)
    data = value.encode() if isinstance(value, str) else value
    return _varint(number << 3 | 2) + _varint(len(data)) + data


def detection_rows(boxes: Boxes, person: int, wh: tuple[int, int] = PICTURE_WH) -> Array:
    """Return rows of a DetectionOutput: the boxes in parts of the picture, and a bird."""
    rows = np.zeros((len(boxes) + 1, 7), np.float32)
    rows[:-1, 1], rows[:-1, 2] = person, 0.9
    rows[:-1, 3:] = boxes / np.array([*wh, *wh], np.float32)
    rows[-1] = 0, 3, 0.95, 0.1, 0.1, 0.2, 0.2
    return rows


PROTOTXT = """name: "Known"
input: "data"
input_shape { dim: 1 dim: 3 dim: 300 dim: 300 }
layer { name: "pool" type: "Pooling" bottom: "data" top: "pool"
  pooling_param { pool: AVE global_pooling: true } }
layer { name: "fc" type: "InnerProduct" bottom: "pool" top: "fc"
  inner_product_param { num_output: %d } }
layer { name: "detection_out" type: "Reshape" bottom: "fc" top: "detection_out"
  reshape_param { shape { dim: 1 dim: 1 dim: -1 dim: 7 } } }
"""


def caffe_model(rows: Array) -> tuple[str, bytes]:
    """Return a .prototxt and a .caffemodel that give these rows for every picture."""
    count = rows.size

    def blob(shape: Sequence[int], values: Array) -> bytes:
        dims = b"".join(_varint(side) for side in shape)
        data = values.astype("<f4").tobytes()
        return part(7, part(1, dims)) + part(5, data)

    weights = blob((count, 3), np.zeros((count, 3), np.float32))
    bias = blob((count,), rows.reshape(-1))
    layer = part(1, "fc") + part(2, "InnerProduct") + part(7, weights) + part(7, bias)
    return PROTOTXT % count, part(1, "Known") + part(100, layer)


def tensorflow_graph(rows: Array) -> bytes:
    """Return a frozen graph of TensorFlow that gives these rows for every picture."""
    count = rows.size
    d_float, d_int = 1, 3

    def attribute(name: str, value: bytes) -> bytes:
        return part(5, part(1, name) + part(2, value))

    def node(name: str, operator: str, inputs: Sequence[str], *attributes: bytes) -> bytes:
        named = part(1, name) + part(2, operator) + b"".join(part(3, one) for one in inputs)
        return part(1, named + b"".join(attributes))

    def shape(*sides: int) -> bytes:
        return b"".join(part(2, part(1, side)) for side in sides)

    def constant(name: str, kind: int, sides: Sequence[int], content: bytes) -> bytes:
        tensor = part(1, kind) + part(2, shape(*sides)) + part(4, content)
        return node(
            name,
            "Const",
            [],
            attribute("dtype", part(6, kind)),
            attribute("value", part(8, tensor)),
        )

    kind = attribute("T", part(6, d_float))
    kernel = np.zeros((300, 300, 3, count), "<f4").tobytes()
    return b"".join(
        (
            node(
                "image",
                "Placeholder",
                [],
                attribute("dtype", part(6, d_float)),
                attribute("shape", part(7, shape(1, 300, 300, 3))),
            ),
            constant("kernel", d_float, (300, 300, 3, count), kernel),
            node(
                "conv",
                "Conv2D",
                ["image", "kernel"],
                kind,
                attribute("padding", part(2, "VALID")),
                attribute("strides", part(1, part(3, b"\x01\x01\x01\x01"))),
                attribute("data_format", part(2, "NHWC")),
            ),
            constant("bias", d_float, (count,), rows.astype("<f4").tobytes()),
            node("sum", "BiasAdd", ["conv", "bias"], kind),
            constant("shape", d_int, (4,), np.array([1, -1, 7, 1], "<i4").tobytes()),
            # TensorFlow's order is rows, columns, channels; OpenCV turns it round.
            node("flat", "Flatten", ["sum"], kind),
            node("detection_out", "Reshape", ["flat", "shape"], kind),
        )
    )


__all__ = ["TensorProto", "helper", "numpy_helper", "onnx"]
