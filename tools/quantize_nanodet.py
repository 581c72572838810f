"""Make the int8 file of the person detector from its float file.

    uv sync --group models
    python tools/quantize_nanodet.py models/nanodet_g_person_float32.onnx \
        models/nanodet_g_person_int8.onnx

Weights become 7-bit integers, one scale for each output channel; activations 8-bit ones,
their ranges measured on the pictures of `calibration_pictures.py`. Seven bits because
processors without VNNI add two products in 16 bits, which 8-bit weights overflow.
The normalisation of the picture and the last convolutions with their scores and
distances stay float. The result is for ONNX Runtime: OpenCV loads it but scores wrongly.

With the same versions of onnx, onnxruntime, OpenCV and scikit-image the file comes out
the same byte for byte.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from calibration_pictures import calibration_pictures
from onnx import numpy_helper
from onnxruntime.quantization import (
    CalibrationDataReader,
    CalibrationMethod,
    QuantFormat,
    QuantType,
    quant_pre_process,
    quantize_static,
)

from camwatch.detect.geometry import Letterbox
from camwatch.detect.inputs import InputBuffers
from camwatch.detect.nanodet import LONG_SIDE

KEPT_FLOAT = ("Sub", "Mul", "Split", "Sigmoid")
"""Operations on the picture itself and on the scores."""


def widened(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return the model with its float16 weights stored as float32, without the casts.

    The quantiser looks for its weights among the constants and would overlook cast ones.
    """
    constants = {tensor.name: tensor for tensor in model.graph.initializer}
    nodes = []
    for node in model.graph.node:
        if node.op_type == "Cast" and node.input[0] in constants:
            values = numpy_helper.to_array(constants.pop(node.input[0])).astype(np.float32)
            constants[node.output[0]] = numpy_helper.from_array(values, node.output[0])
        else:
            nodes.append(node)
    result = onnx.ModelProto()
    result.CopyFrom(model)
    del result.graph.node[:], result.graph.initializer[:]
    result.graph.node.extend(nodes)
    result.graph.initializer.extend(constants.values())
    return result


class Pictures(CalibrationDataReader):  # type: ignore[misc]  # onnxruntime is not typed
    """Hands the calibration pictures to the quantiser, one network input at a time."""

    def __init__(self) -> None:
        self._inputs = self._prepared()

    @staticmethod
    def _prepared() -> Iterator[dict[str, npt.NDArray[np.float32]]]:
        inputs = InputBuffers()
        for picture in calibration_pictures():
            height, width = picture.shape[:2]
            scale = LONG_SIDE / max(height, width)
            # All of one size: the quantiser stacks what it measures.
            fit = Letterbox(
                (width, height),
                (round(width * scale), round(height * scale)),
                (LONG_SIDE, LONG_SIDE),
            )
            yield {"image": inputs.filled(np.ascontiguousarray(picture), fit).copy()}

    def get_next(self) -> dict[str, Any] | None:
        """Return the next input, None after the last."""
        return next(self._inputs, None)


def quantize(source: Path, output: Path) -> None:
    """Write the int8 model."""
    model = widened(onnx.load(source))
    results = {result.name for result in model.graph.output}
    kept = [
        node.name
        for node in model.graph.node
        if node.op_type in KEPT_FLOAT or results & set(node.output)
    ]
    with tempfile.TemporaryDirectory() as folder:
        wide, prepared, quantized = (Path(folder) / f"{name}.onnx" for name in "wpq")
        onnx.save(model, wide)
        quant_pre_process(wide, prepared, skip_symbolic_shape=True)
        quantize_static(
            prepared,
            quantized,
            Pictures(),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            reduce_range=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            calibrate_method=CalibrationMethod.MinMax,
            nodes_to_exclude=kept,
            extra_options={"WeightSymmetric": True},
        )
        result = onnx.load(quantized)
    result.producer_name = "camwatch/tools/quantize_nanodet.py"
    output.write_bytes(result.SerializeToString(deterministic=True))


def main() -> None:
    """Quantise from the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("source", type=Path, help="the .onnx file of convert_nanodet.py")
    parser.add_argument("output", type=Path, help="the .onnx file to write")
    arguments = parser.parse_args()
    try:
        quantize(arguments.source, arguments.output)
    except (FileNotFoundError, ModuleNotFoundError) as error:
        sys.exit(str(error))
    data = arguments.output.read_bytes()
    print(f"{hashlib.sha256(data).hexdigest()}  {arguments.output}  ({len(data)} bytes)")


if __name__ == "__main__":
    main()
