"""The two engines that run a network: ONNX Runtime, and OpenCV where that is missing."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np
import numpy.typing as npt

from camwatch.detect.catalogue import Runtime
from camwatch.errors import ModelUnfit
from camwatch.language import tr

Tensor = npt.NDArray[np.float32]


class Network(Protocol):
    """A loaded network with one input; may be run from several threads at once."""

    @property
    def runtime(self) -> Runtime:
        """What runs it."""

    def run(self, tensor: Tensor) -> Sequence[Tensor]:
        """Return the outputs in the order they were asked for when it was loaded.

        Raises:
            ModelUnfit: The network cannot be run.
        """


class OrtNetwork:
    """A network in ONNX Runtime; one session serves all threads."""

    runtime: Runtime = "onnxruntime"

    def __init__(self, data: bytes, outputs: Sequence[str], file: Path, threads: int = 1) -> None:
        """Load the network.

        Args:
            data: The ONNX file.
            outputs: Names of the outputs that `run` returns.
            file: Where the data came from, for messages.
            threads: Threads inside one run. More than one only helps when a single
                picture is waited for: analysis threads already share the cores.

        Raises:
            ImportError: ONNX Runtime is not installed.
            ModelUnfit: ONNX Runtime cannot load it.
        """
        # An extra that may be missing.
        import onnxruntime  # noqa: PLC0415
        from onnxruntime.capi import onnxruntime_pybind11_state as ort  # noqa: PLC0415

        # They share no base class but Exception.
        self._errors: tuple[type[Exception], ...] = (
            ort.EngineError,
            ort.EPFail,
            ort.Fail,
            ort.InvalidArgument,
            ort.InvalidGraph,
            ort.InvalidProtobuf,
            ort.NotImplemented,
            ort.RuntimeException,
        )
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        # Threads that spin while they wait take the cores from the window.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        self._outputs = list(outputs)
        self._file = file
        try:
            self._session = onnxruntime.InferenceSession(
                data, options, providers=["CPUExecutionProvider"]
            )
            self._input = self._session.get_inputs()[0].name
        except self._errors as error:
            raise ModelUnfit(
                file, tr("ONNX Runtime refuses the model: {error}", error=error)
            ) from error

    def run(self, tensor: Tensor) -> Sequence[Tensor]:
        """Run the network; see `Network.run`."""
        try:
            outputs: Sequence[Tensor] = self._session.run(self._outputs, {self._input: tensor})
        except self._errors as error:
            message = tr("ONNX Runtime cannot run the model: {error}", error=error)
            raise ModelUnfit(self._file, message) from error
        return outputs


class OpenCvNetwork:
    """A network in OpenCV; its nets are not safe for threads, so each thread loads its own."""

    runtime: Runtime = "opencv"

    def __init__(self, data: bytes, outputs: Sequence[str], file: Path) -> None:
        """Load the network.

        Args:
            data: The ONNX file.
            outputs: Names of the outputs that `run` returns.
            file: Where the data came from, for messages.

        Raises:
            ModelUnfit: OpenCV cannot load it.
        """
        self._outputs = list(outputs)
        self._file = file
        self._data = data
        self._local = threading.local()
        self._net()  # so that trouble shows now

    def run(self, tensor: Tensor) -> Sequence[Tensor]:
        """Run the network; see `Network.run`."""
        net = self._net()
        try:
            net.setInput(tensor)
            outputs: Sequence[Tensor] = net.forward(self._outputs)
        except cv2.error as error:
            raise ModelUnfit(
                self._file, tr("OpenCV cannot run the model: {error}", error=error)
            ) from error
        return outputs

    def _net(self) -> Any:
        """Return this thread's net.

        Raises:
            ModelUnfit: OpenCV cannot load it.
        """
        net = getattr(self._local, "net", None)
        if net is None:
            try:
                net = cv2.dnn.readNetFromONNX(np.frombuffer(self._data, np.uint8))
            except cv2.error as error:
                raise ModelUnfit(
                    self._file, tr("OpenCV refuses the model: {error}", error=error)
                ) from error
            self._local.net = net
        return net
