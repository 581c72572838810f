"""The engines again, for models of any kind: every output, any layout, Caffe and TensorFlow."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np
import numpy.typing as npt

from camwatch.detect.catalogue import Runtime
from camwatch.detect.heads.query import Tensor
from camwatch.detect.networks import OrtNetwork
from camwatch.detect.onnx_file import OnnxSummary, Port
from camwatch.detect.preparing import Layout
from camwatch.errors import ModelUnfit, OwnModelUnfit
from camwatch.language import tr

_ELEMENTS: dict[int, npt.DTypeLike] = {0: np.float32, 1: np.float32, 2: np.uint8, 10: np.float16}
"""Types of a picture's values, by ONNX's number."""

_LONGEST_WORDS = 300

_WHOLE_NUMBERS: dict[int, npt.DTypeLike] = {6: np.int32, 7: np.int64}


class OwnNetwork(Protocol):
    """A loaded network of any kind; may be run from several threads at once.

    Attributes:
        outputs: Names of all outputs, as `run` returns them.
        layout: Which direction of the input comes first.
        element: Type of the input's values.
        input_wh: Width and height the file asks for; None where the input may have any.
        is_told_size: Whether it has a second input for the size to answer in.
    """

    outputs: tuple[str, ...]
    layout: Layout
    element: npt.DTypeLike
    input_wh: tuple[int, int] | None
    is_told_size: bool

    @property
    def runtime(self) -> Runtime:
        """What runs it."""

    def run(self, tensor: Tensor) -> Sequence[Tensor]:
        """Return all outputs.

        Raises:
            OwnModelUnfit: The network cannot be run.
        """


class OnnxNetwork:
    """An ONNX model in ONNX Runtime; one session serves all threads."""

    runtime: Runtime = "onnxruntime"

    def __init__(self, data: bytes, summary: OnnxSummary, file: Path) -> None:
        """Load it.

        Raises:
            ImportError: ONNX Runtime is not installed.
            OwnModelUnfit: It cannot be loaded, or its inputs are not a picture's.
        """
        self.outputs = tuple(port.name for port in summary.outputs)
        self._picture, self._size = _split_inputs(summary.inputs, file)
        self.layout, self.input_wh = _picture_input(self._picture, file)
        self.element = _ELEMENTS[self._picture.element]
        self.is_told_size = self._size is not None
        try:
            self._inner = _FedNetwork(data, self.outputs, file)
        except ModelUnfit as error:
            raise OwnModelUnfit(file, tr("cannot be loaded: {error}", error=error)) from error

    def run(self, tensor: Tensor) -> Sequence[Tensor]:
        """Run the network; see `OwnNetwork.run`."""
        feeds = {self._picture.name: tensor}
        if self._size is not None:
            height, width = _sides(tensor, self.layout)
            feeds[self._size.name] = np.array([[width, height]], _WHOLE_NUMBERS[self._size.element])
        return self._inner.run_with(feeds)


class _FedNetwork(OrtNetwork):
    """Takes several inputs."""

    def __init__(self, data: bytes, outputs: Sequence[str], file: Path) -> None:
        self._own_file = file
        super().__init__(data, outputs, file)

    def run_with(self, feeds: dict[str, Tensor]) -> Sequence[Tensor]:
        """Return the outputs for these inputs."""
        try:
            outputs: Sequence[Tensor] = self._session.run(self._outputs, feeds)
        except self._errors as error:
            raise OwnModelUnfit(
                self._own_file, tr("cannot be run: {error}", error=error)
            ) from error
        return outputs


class OpenCvNetwork:
    """A model in OpenCV; its nets are not safe for threads, so runs wait for each other."""

    runtime: Runtime = "opencv"
    is_told_size = False
    layout: Layout = "nchw"
    element: npt.DTypeLike = np.float32

    def __init__(self, net: Any, input_wh: tuple[int, int] | None, file: Path) -> None:
        """Take over what `load_caffe` and its like have read.

        Args:
            net: The loaded net.
            input_wh: Width and height of its input; None where it may have any.
            file: Where it came from, for messages.
        """
        self._net = net
        self._file = file
        self._lock = threading.Lock()
        self.input_wh = input_wh
        self.outputs = tuple(net.getUnconnectedOutLayersNames())

    def run(self, tensor: Tensor) -> Sequence[Tensor]:
        """Run the network; see `OwnNetwork.run`."""
        try:
            with self._lock:
                self._net.setInput(tensor)
                outputs: Sequence[Tensor] = self._net.forward(self.outputs)
        except cv2.error as error:
            raise OwnModelUnfit(
                self._file, tr("cannot be run: {said}", said=_said(error))
            ) from error
        return outputs


def load_onnx_in_opencv(data: bytes, summary: OnnxSummary, file: Path) -> OpenCvNetwork:
    """Load an ONNX model in OpenCV, for where ONNX Runtime is not installed.

    Raises:
        OwnModelUnfit: OpenCV cannot load it.
    """
    if len(summary.inputs) > 1:
        raise OwnModelUnfit(
            file, tr("has several inputs, for which ONNX Runtime must be installed")
        )
    layout, input_wh = _picture_input(summary.inputs[0], file)
    if layout != "nchw":
        raise OwnModelUnfit(
            file, tr("has its colours last, for which ONNX Runtime must be installed")
        )
    try:
        net = cv2.dnn.readNetFromONNX(np.frombuffer(data, np.uint8))
        return OpenCvNetwork(net, input_wh, file)
    except cv2.error as error:
        raise OwnModelUnfit(file, tr("is refused by OpenCV ({said})", said=_said(error))) from error


def load_caffe(
    weights: bytes, description: bytes, input_wh: tuple[int, int] | None, file: Path
) -> OpenCvNetwork:
    """Load a Caffe model in OpenCV.

    Raises:
        OwnModelUnfit: OpenCV cannot load it.
    """
    try:
        net = cv2.dnn.readNetFromCaffe(
            np.frombuffer(description, np.uint8), np.frombuffer(weights, np.uint8)
        )
        return OpenCvNetwork(net, input_wh, file)
    except cv2.error as error:
        raise OwnModelUnfit(file, tr("is refused by OpenCV ({said})", said=_said(error))) from error


def load_tensorflow(graph: bytes, description: bytes | None, file: Path) -> OpenCvNetwork:
    """Load a frozen graph of TensorFlow in OpenCV.

    Raises:
        OwnModelUnfit: OpenCV cannot load it.
    """
    parts = [np.frombuffer(part, np.uint8) for part in (graph, description) if part is not None]
    try:
        return OpenCvNetwork(cv2.dnn.readNetFromTensorflow(*parts), None, file)
    except cv2.error as error:
        advice = "" if description else "; many graphs need a .pbtxt file of the same name beside"
        raise OwnModelUnfit(
            file, tr("is refused by OpenCV ({said}){advice}", said=_said(error), advice=advice)
        ) from error


def _said(error: cv2.error) -> str:
    """Return what OpenCV says, without where in its own code it says so."""
    words = " ".join((error.err or str(error)).split())
    return words[:_LONGEST_WORDS]


def _split_inputs(inputs: Sequence[Port], file: Path) -> tuple[Port, Port | None]:
    """Return the picture's input, and the one for the size to answer in."""
    pictures = [port for port in inputs if len(port.shape) == 4]
    others = [port for port in inputs if len(port.shape) != 4]
    if len(pictures) != 1 or len(others) > 1:
        said = ", ".join(port.name for port in inputs)
        raise OwnModelUnfit(file, tr("has inputs that CamWatch does not know: {said}", said=said))
    if others and (len(others[0].shape) != 2 or others[0].element not in _WHOLE_NUMBERS):
        raise OwnModelUnfit(
            file, tr("has an input that CamWatch does not know: {name}", name=others[0].name)
        )
    return pictures[0], others[0] if others else None


def _picture_input(port: Port, file: Path) -> tuple[Layout, tuple[int, int] | None]:
    """Return which direction comes first, and width and height if they are fixed."""
    layout: Layout = "nhwc" if len(port.shape) == 4 and port.shape[3] == 3 else "nchw"
    if len(port.shape) != 4 or port.shape[1 if layout == "nchw" else 3] not in (3, None):
        raise OwnModelUnfit(
            file, tr("does not take colour pictures: its input is {shape}", shape=port.shape)
        )
    if port.element not in _ELEMENTS:
        raise OwnModelUnfit(
            file, tr("takes values of an unknown type ({element})", element=port.element)
        )
    if port.shape[0] not in (1, None):
        raise OwnModelUnfit(
            file, tr("takes {shape} pictures at once; export it for one", shape=port.shape[0])
        )
    height, width = port.shape[2:] if layout == "nchw" else port.shape[1:3]
    return layout, None if width is None or height is None else (width, height)


def _sides(tensor: Tensor, layout: Layout) -> tuple[int, int]:
    """Return height and width of an input."""
    return tensor.shape[2:4] if layout == "nchw" else tensor.shape[1:3]
