"""Looks into Caffe and TensorFlow files before OpenCV gets them."""

from __future__ import annotations

import re

from camwatch.detect.onnx_file import LONGEST_SIDE
from camwatch.detect.protobuf import BYTES, Budget, DamagedMessage, fields, message, text
from camwatch.language import tr

_MOST_PARTS = 1_000_000
_CAFFE_LAYERS = (2, 100)
_GRAPH_NODE = 1
_NODE_OPERATOR = 2

_OTHER_FILES = ("ReadFile", "WholeFileReader", "RestoreV2", "Restore", "PyFunc")
"""Operators of TensorFlow that read files or run programs; OpenCV has none of them."""


def check_caffe_weights(data: bytes) -> None:
    """Check that these are the weights of a Caffe net.

    Raises:
        DamagedMessage: They are not; the message goes after "the model".
    """
    layers = [
        number
        for number, wire, _ in fields(memoryview(data), Budget(_MOST_PARTS))
        if number in _CAFFE_LAYERS and wire == BYTES
    ]
    if not layers:
        raise DamagedMessage(tr("is no Caffe model"))


def check_graph(data: bytes) -> None:
    """Check that this is a frozen graph of TensorFlow.

    Raises:
        DamagedMessage: It is not; the message goes after "the model".
    """
    budget = Budget(_MOST_PARTS)
    nodes = 0
    for number, wire, value in fields(memoryview(data), budget):
        if number != _GRAPH_NODE:
            continue
        if wire != BYTES:
            raise DamagedMessage(tr("is a SavedModel of TensorFlow; freeze it to one graph"))
        nodes += 1
        for part, _, told in fields(message(value), budget):
            if part == _NODE_OPERATOR and text(told) in _OTHER_FILES:
                raise DamagedMessage(
                    tr("reads other files or runs programs ({text})", text=text(told))
                )
    if not nodes:
        raise DamagedMessage(tr("is no frozen graph of TensorFlow"))


_COMMENT = re.compile(r"#[^\n]*")
_OLD_DIM = re.compile(r"\binput_dim\s*:\s*(\d{1,9})")
_DIMS = re.compile(r"\b(?:input_shape|input_param)\s*(?::\s*)?\{([^}]{0,1000})\}")
_DIM = re.compile(r"\bdim\s*:\s*(\d{1,9})")


def caffe_input(description: str) -> tuple[int, int] | None:
    """Return width and height of the input that a .prototxt file asks for.

    Returns:
        None where it does not say.

    Raises:
        DamagedMessage: It asks for more than any detector needs, or takes no colours.
    """
    plain = _COMMENT.sub("", description)
    dims = _OLD_DIM.findall(plain)[:4]
    if not dims and (block := _DIMS.search(plain)):
        dims = _DIM.findall(block[1])[:4]
    if len(dims) < 4:
        return None
    pictures, channels, height, width = (int(dim) for dim in dims)
    if pictures != 1 or channels != 3:
        raise DamagedMessage(tr("does not take one colour picture at a time"))
    if not (0 < width <= LONGEST_SIDE and 0 < height <= LONGEST_SIDE):
        raise DamagedMessage(
            tr("asks for an input of {width} x {height}", width=width, height=height)
        )
    return width, height
