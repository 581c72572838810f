"""Looks into an ONNX file before an inference engine gets it.

An ONNX file can name other files from which its weights are to be read, anywhere on this
computer. Such a file is refused here, wherever in it the name hides. On the way its
inputs and outputs are read, from which its kind is recognised.

The `onnx` package could do this too, but it weighs 33 MB and parses the whole file, weights
included, with native code before anything was checked.

Source:
    https://github.com/onnx/onnx/blob/main/onnx/onnx.proto for the numbers of the fields.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from camwatch.detect.protobuf import Budget, DamagedMessage, fields, message, text, varints
from camwatch.language import tr

MOST_FIELDS = 2_000_000
"""Far more than any detector has: the largest known to us has 90 000."""

LONGEST_SIDE = 4096
"""Pixels an input may ask for in each direction."""

MOST_VALUES = 1 << 28
"""Values a tensor or an output may have: 1 GiB of float32."""

_DEEPEST = 24
_MOST_PORTS = 256
_MOST_DIRECTIONS = 32
_LONGEST_NAMES = 1 << 16
_CLASS_NAME = re.compile(r"""(\d{1,4})\s*:\s*["']([^"']{1,80})["']""")
_NEGATIVE = 1 << 63  # from here on, as numbers of 64 bits are written

_ORT_MARK = b"ORTM"
"""At the fifth byte: ONNX Runtime takes the file for one of its own format, whatever else it is."""

_HERE = 0  # TensorProto.DataLocation
_FLOAT16 = 10

# Fields by message; what is named nowhere here is only stepped over.
_MODEL_IR, _MODEL_GRAPH, _MODEL_METADATA, _MODEL_TRAINING, _MODEL_FUNCTION = 1, 7, 14, 20, 25
_ENTRY_KEY, _ENTRY_VALUE = 1, 2
_GRAPH_NODE, _GRAPH_INITIALIZER, _GRAPH_INPUT, _GRAPH_OUTPUT = 1, 5, 11, 12
_GRAPH_SPARSE = 15
_FUNCTION_NODE, _FUNCTION_ATTRIBUTE = 7, 11
_TRAINING_GRAPHS = (1, 2)
_NODE_OPERATOR, _NODE_ATTRIBUTE = 4, 5
_ATTRIBUTE_TENSORS, _ATTRIBUTE_GRAPHS, _ATTRIBUTE_SPARSE = (5, 10), (6, 11), (22, 23)
_TENSOR_DIMS, _TENSOR_NAME, _TENSOR_EXTERNAL, _TENSOR_LOCATION = 1, 8, 13, 14
_SPARSE_TENSORS = (1, 2)
_VALUE_NAME, _VALUE_TYPE = 1, 2
_TYPE_TENSOR = 1
_TENSOR_TYPE_ELEMENT, _TENSOR_TYPE_SHAPE = 1, 2
_SHAPE_DIM, _DIM_VALUE, _DIM_NAME = 1, 1, 2

_OTHER_FILES = frozenset({"EPContext"})
"""Operators that read a file of their own."""

_QUANTISED = ("QLinear", "QuantizeLinear", "DynamicQuantize", "ConvInteger", "MatMulInteger")


@dataclass(frozen=True, slots=True)
class Port:
    """An input or output of a network.

    Attributes:
        name: As the network calls it.
        shape: A number for each direction, None where it follows the input.
        element: ONNX's number of the type of its values: 1 float32, 2 uint8, 7 int64,
            10 float16; 0 if it is not told.
    """

    name: str
    shape: tuple[int | None, ...]
    element: int


@dataclass(frozen=True, slots=True)
class OnnxSummary:
    """What an ONNX file says of itself.

    Attributes:
        inputs: Those that must be fed, in order.
        outputs: In order.
        precision: "int8", "float16" or "float32".
        classes: Names of the classes by number, as the exporters of YOLO note them; empty
            if nothing is noted.
    """

    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    precision: str
    classes: Mapping[int, str]


@dataclass(slots=True)
class _Finds:
    """What has been seen on the way."""

    budget: Budget
    inputs: list[Port] = field(default_factory=list)
    outputs: list[Port] = field(default_factory=list)
    initialisers: set[str] = field(default_factory=set)
    operators: set[str] = field(default_factory=set)
    classes: dict[int, str] = field(default_factory=dict)


def examine(data: bytes) -> OnnxSummary:
    """Look through a whole ONNX file.

    Raises:
        DamagedMessage: It is no ONNX file, or it names other files, or asks for more than
            a detector can need; the message says what, to go after "the model".
    """
    if data[4:8] == _ORT_MARK:
        raise DamagedMessage(tr("is of ONNX Runtime's own format; export it to ONNX"))
    finds = _Finds(Budget(MOST_FIELDS))
    has_graph = has_version = False
    for number, _, value in fields(memoryview(data), finds.budget):
        if number == _MODEL_IR:
            has_version = True
        elif number == _MODEL_GRAPH:
            has_graph = True
            _graph(message(value), finds, depth=0)
        elif number == _MODEL_METADATA:
            _metadata(message(value), finds)
        elif number == _MODEL_TRAINING:
            _training(message(value), finds)
        elif number == _MODEL_FUNCTION:
            _function(message(value), finds)
    if not (has_graph and has_version):
        raise DamagedMessage(tr("is no ONNX file"))
    return _summary(finds)


def _summary(finds: _Finds) -> OnnxSummary:
    """Return what was found, if a detector can be like that."""
    inputs = tuple(port for port in finds.inputs if port.name not in finds.initialisers)
    if not inputs or not finds.outputs:
        raise DamagedMessage(tr("has no inputs or no outputs"))
    for port in inputs:
        if any(side is not None and side > LONGEST_SIDE for side in port.shape):
            raise DamagedMessage(
                tr("asks for an input of {dimensions}", dimensions=dimensions(port.shape))
            )
    for port in finds.outputs:
        _check_size(port.shape)
    return OnnxSummary(
        inputs,
        tuple(finds.outputs),
        _precision(inputs, finds.operators),
        MappingProxyType(finds.classes),
    )


def dimensions(shape: tuple[int | None, ...]) -> str:
    """Say a shape: "1 x 3 x 640 x ?"."""
    return " x ".join("?" if side is None else str(side) for side in shape) or tr("one value")


def _precision(inputs: Sequence[Port], operators: Iterable[str]) -> str:
    if any(name.startswith(_QUANTISED) for name in operators):
        return "int8"
    return "float16" if any(port.element == _FLOAT16 for port in inputs) else "float32"


def _graph(data: memoryview, finds: _Finds, depth: int) -> None:
    if depth > _DEEPEST:
        raise DamagedMessage(tr("is nested too deeply"))
    for number, _, value in fields(data, finds.budget):
        if number == _GRAPH_NODE:
            _node(message(value), finds, depth)
        elif number == _GRAPH_INITIALIZER:
            name = _tensor(message(value), finds)
            if depth == 0:
                finds.initialisers.add(name)
        elif number == _GRAPH_SPARSE:
            name = _sparse(message(value), finds)
            if depth == 0:
                finds.initialisers.add(name)
        elif number in (_GRAPH_INPUT, _GRAPH_OUTPUT) and depth == 0:
            ports = finds.inputs if number == _GRAPH_INPUT else finds.outputs
            if len(ports) == _MOST_PORTS:
                raise DamagedMessage(
                    tr("has more than {most_ports} inputs or outputs", most_ports=_MOST_PORTS)
                )
            ports.append(_port(message(value), finds))


def _metadata(data: memoryview, finds: _Finds) -> None:
    """Read one note: a name and its text."""
    said = {number: value for number, _, value in fields(data, finds.budget)}
    if set(said) >= {_ENTRY_KEY, _ENTRY_VALUE} and bytes(message(said[_ENTRY_KEY])[:6]) == b"names":
        names = str(message(said[_ENTRY_VALUE])[:_LONGEST_NAMES], "utf-8", "ignore")
        finds.classes.update((int(number), name) for number, name in _CLASS_NAME.findall(names))


def _training(data: memoryview, finds: _Finds) -> None:
    for number, _, value in fields(data, finds.budget):
        if number in _TRAINING_GRAPHS:
            _graph(message(value), finds, depth=1)


def _function(data: memoryview, finds: _Finds) -> None:
    for number, _, value in fields(data, finds.budget):
        if number == _FUNCTION_NODE:
            _node(message(value), finds, depth=1)
        elif number == _FUNCTION_ATTRIBUTE:
            _attribute(message(value), finds, depth=1)


def _node(data: memoryview, finds: _Finds, depth: int) -> None:
    for number, _, value in fields(data, finds.budget):
        if number == _NODE_OPERATOR:
            operator = text(value)
            finds.operators.add(operator)
            if operator in _OTHER_FILES:
                raise DamagedMessage(tr("reads other files ({operator})", operator=operator))
        elif number == _NODE_ATTRIBUTE:
            _attribute(message(value), finds, depth)


def _attribute(data: memoryview, finds: _Finds, depth: int) -> None:
    for number, _, value in fields(data, finds.budget):
        if number in _ATTRIBUTE_TENSORS:
            _tensor(message(value), finds)
        elif number in _ATTRIBUTE_GRAPHS:
            _graph(message(value), finds, depth + 1)
        elif number in _ATTRIBUTE_SPARSE:
            _sparse(message(value), finds)


def _sparse(data: memoryview, finds: _Finds) -> str:
    """Look through a sparse tensor; its name is that of its values."""
    names = [
        _tensor(message(value), finds)
        for number, _, value in fields(data, finds.budget)
        if number in _SPARSE_TENSORS
    ]
    return names[0] if names else ""


def _tensor(data: memoryview, finds: _Finds) -> str:
    """Look through a tensor; return its name."""
    shape: list[int] = []
    name = ""
    for number, _, value in fields(data, finds.budget):
        if number == _TENSOR_EXTERNAL or (number == _TENSOR_LOCATION and value != _HERE):
            raise DamagedMessage(tr("keeps its weights in another file, which is not allowed"))
        if number == _TENSOR_DIMS:
            shape += varints(value, _MOST_DIRECTIONS)
            _check_rank(shape)
        elif number == _TENSOR_NAME:
            name = text(value)
    _check_size(tuple(shape))
    return name


def _check_rank(shape: Sequence[int | None]) -> None:
    if len(shape) > _MOST_DIRECTIONS:
        raise DamagedMessage(
            tr(
                "has a part of more than {most_directions} directions",
                most_directions=_MOST_DIRECTIONS,
            )
        )


def _check_size(shape: tuple[int | None, ...]) -> None:
    values = math.prod(side for side in shape if side is not None)
    if values > MOST_VALUES:
        raise DamagedMessage(tr("has a part of {dimensions} values", dimensions=dimensions(shape)))


def _port(data: memoryview, finds: _Finds) -> Port:
    """Read an input or output; what is there several times is put together as others do it."""
    name, element = "", 0
    shape: list[int | None] = []
    for number, _, value in fields(data, finds.budget):
        if number == _VALUE_NAME:
            name = text(value)
            if not name.isprintable():
                raise DamagedMessage(tr("has an input or output whose name is not plain text"))
        elif number == _VALUE_TYPE:
            for kind, _, tensor in fields(message(value), finds.budget):
                if kind != _TYPE_TENSOR:
                    raise DamagedMessage(tr("has an input or output that is no tensor"))
                told, sides = _tensor_type(message(tensor), finds)
                element = told or element
                shape += sides
                _check_rank(shape)
    return Port(name, tuple(shape), element)


def _tensor_type(data: memoryview, finds: _Finds) -> tuple[int, list[int | None]]:
    """Return ONNX's number of the type of a tensor's values, 0 if it is not told, and its shape."""
    element = 0
    shape: list[int | None] = []
    for number, _, value in fields(data, finds.budget):
        if number == _TENSOR_TYPE_ELEMENT and isinstance(value, int):
            element = value
        elif number == _TENSOR_TYPE_SHAPE:
            shape += [_side(message(dim), finds) for dim in _dims(value, finds)]
            _check_rank(shape)
    return element, shape


def _dims(shape: memoryview | int, finds: _Finds) -> list[memoryview | int]:
    return [dim for number, _, dim in fields(message(shape), finds.budget) if number == _SHAPE_DIM]


def _side(dim: memoryview, finds: _Finds) -> int | None:
    """Return the length in one direction; None where it is a name, or none that can be."""
    side: int | None = None
    for number, _, value in fields(dim, finds.budget):
        # The last one counts, and a name takes a length away.
        if number == _DIM_VALUE and isinstance(value, int):
            side = value if 0 < value < _NEGATIVE else None
        elif number == _DIM_NAME:
            side = None
    return side
