"""Opens a model file of any kind: checks it, loads it, and finds out how it is used."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np

from camwatch.detect import graph_files, onnx_file, own_networks
from camwatch.detect.heads import EITHER_UNIT, FEWEST_OUTPUTS, Family
from camwatch.detect.heads.query import Tensor
from camwatch.detect.heads.units import Unit, unit_of
from camwatch.detect.model_files import Contents, Kind, ModelFiles, read
from camwatch.detect.own import OwnDetector, ScalableOwnDetector
from camwatch.detect.own_networks import OnnxNetwork, OwnNetwork
from camwatch.detect.preparing import as_tensor
from camwatch.detect.protobuf import DamagedMessage
from camwatch.detect.recipe import FOLDED, FROZEN_GRAPH, IMAGENET, USUAL, Preparation, Recipe
from camwatch.detect.recognise import Head, Seen, outputs_said, recognise, usual_person
from camwatch.detect.sidecar import SUFFIX, Sidecar, read_sidecar
from camwatch.errors import OwnModelUnfit
from camwatch.language import tr

log = logging.getLogger(__name__)

WantedRuntime = Literal["auto", "onnxruntime", "opencv"]

_PROBED_SIDES = (640, 416, 320, 512, 300, 256)
"""Sides with which a model is tried that does not say what it wants."""

_FOLDED_OUTPUTS = ("s8", "s16", "s32")
"""Of a NanoDet that was converted as the bundled one: it scales by itself."""

_GREY = 114

_PEOPLE = ("person", "people", "pedestrian", "human")
_NOTED_CLASSES = (Family.YOLOV5, Family.YOLOV8, Family.YOLO_END_TO_END)
"""Families whose exporters note the names of the classes as the outputs count them."""


def open_own(
    files: ModelFiles, *, runtime: WantedRuntime = "auto", contents: Contents | None = None
) -> OwnDetector:
    """Open a model and run it once.

    Args:
        files: Which one.
        runtime: What shall run it; "auto" takes ONNX Runtime for ONNX files if it is
            installed, else OpenCV.
        contents: Its bytes if they have been read already; they are what is opened.

    Raises:
        OwnModelMissing: Its file is not there.
        OwnModelUnfit: It is refused, cannot be loaded, or is of an unknown kind; the
            reason says what was seen and what to do.
    """
    contents = contents or read(files)
    told = _told(files, contents)
    try:
        network, precision, classes = _loaded(files, contents, runtime)
    except DamagedMessage as error:
        raise OwnModelUnfit(files.main, str(error)) from error
    recipe, probed_wh = _recipe(files, network, told, classes)

    def made(kind: type[OwnDetector], recipe: Recipe) -> OwnDetector:
        fingerprint = contents.sha256[files.main.name][:16]
        return kind(
            files.name, network, recipe, files.main, precision=precision, fingerprint=fingerprint
        )

    if recipe.input_wh is not None:
        return made(OwnDetector, recipe)
    try:
        return made(ScalableOwnDetector, recipe)
    except OwnModelUnfit as error:
        # It says that it takes any size, but it does not.
        log.info("%s cannot be searched at several scales: %s", files.name, error.reason)
    if told.input == "dynamic":
        return made(OwnDetector, recipe)
    try:
        return made(OwnDetector, recipe)
    except OwnModelUnfit:
        return made(OwnDetector, replace(recipe, input_wh=probed_wh))


def _told(files: ModelFiles, contents: Contents) -> Sidecar:
    """Return what the sidecar file says; nothing if there is none."""
    if contents.sidecar is None:
        return Sidecar()
    try:
        return read_sidecar(contents.sidecar)
    except ValueError as error:
        raise OwnModelUnfit(
            files.sidecar or files.main, tr("cannot be used: {error}", error=error)
        ) from error


def _loaded(
    files: ModelFiles, contents: Contents, runtime: WantedRuntime
) -> tuple[OwnNetwork, str, Mapping[int, str]]:
    """Check the files as their kind needs it, and load them.

    Returns:
        The network, what it computes in, and what it notes about its classes.
    """
    network: OwnNetwork
    if files.kind is Kind.ONNX:
        summary = onnx_file.examine(contents.main)
        if runtime != "opencv":
            try:
                network = OnnxNetwork(contents.main, summary, files.main)
            except ImportError as error:
                if runtime == "onnxruntime":
                    reason = tr("needs ONNX Runtime, which is not installed")
                    raise OwnModelUnfit(files.main, reason) from error
            else:
                return network, summary.precision, summary.classes
        network = own_networks.load_onnx_in_opencv(contents.main, summary, files.main)
        return network, summary.precision, summary.classes
    if files.kind is Kind.CAFFE:
        description = contents.description or b""
        graph_files.check_caffe_weights(contents.main)
        input_wh = graph_files.caffe_input(description.decode("utf-8"))
        network = own_networks.load_caffe(contents.main, description, input_wh, files.main)
    else:
        graph_files.check_graph(contents.main)
        network = own_networks.load_tensorflow(contents.main, contents.description, files.main)
    return network, "-", {}


# ---------------------------------------------------------------- how it is used


def _recipe(
    files: ModelFiles, network: OwnNetwork, told: Sidecar, classes: Mapping[int, str]
) -> tuple[Recipe, tuple[int, int]]:
    """Return how it is used, and the input's width and height with which it was tried."""
    input_wh, seen = _probed(files, network, told)
    head = _head(files, seen, input_wh, told)
    usual = USUAL[head.family]
    person = usual_person(head, is_told_size=network.is_told_size)
    if files.kind is Kind.TENSORFLOW and head.family is Family.DETECTION_OUTPUT:
        person = 1  # COCO's numbers, as TensorFlow's detectors have them
    people = [number for number, name in classes.items() if name.lower() in _PEOPLE]
    if len(people) == 1 and head.family in _NOTED_CLASSES:
        person = people[0]
    if told.person is not None:
        person = told.person
    if person is None:
        raise OwnModelUnfit(
            files.main,
            tr(
                "tells {classes} classes apart, and CamWatch cannot know which one is the "
                "person; write its number, from 0, into {sidecar_name}: person = 0",
                classes=head.classes,
                sidecar_name=_sidecar_name(files),
            ),
        )
    fixed = input_wh if network.input_wh or isinstance(told.input, tuple) else None
    if fixed is None and files.kind is not Kind.ONNX and told.input != "dynamic":
        fixed = input_wh  # OpenCV does not tell; what the probe went through with is safe
    recipe = Recipe(
        head.family,
        head.outputs,
        fixed,
        told.long_side or usual.long_side,
        person,
        _preparation(files, head, told),
        told.threshold or usual.threshold,
        told.nms or usual.most_overlap,
        told.bins or head.bins,
        told.licence or "",
        _unit(files, head, seen, told),
    )
    return recipe, input_wh


def _unit(files: ModelFiles, head: Head, seen: Sequence[Seen], told: Sidecar) -> Unit | None:
    """Return what the boxes are in, None if it does not show without somebody to see."""
    if head.family not in EITHER_UNIT:
        if told.boxes is not None:
            raise OwnModelUnfit(
                files.main,
                tr(
                    "is of the family {family}, whose boxes are always in one unit",
                    family=head.family,
                ),
            )
        return None
    if told.boxes is not None:
        return told.boxes
    boxes = next(one for one in seen if one.name == head.outputs[0])
    if head.family in (Family.YOLOV5, Family.YOLOV8):
        # They have a box for each cell, so that some are at the far edge; scores are small.
        return unit_of(boxes.high)
    return unit_of(boxes.reach)


def _preparation(files: ModelFiles, head: Head, told: Sidecar) -> Preparation:
    """Return what is usual for this head, with what the sidecar says instead."""
    usual = USUAL[head.family].preparation
    if files.kind is Kind.TENSORFLOW:
        usual = FROZEN_GRAPH
    elif head.family is Family.DETR and (head.classes or 0) > 90:
        usual = IMAGENET
    elif head.family is Family.NANODET and head.outputs == _FOLDED_OUTPUTS:
        usual = FOLDED
    changes = {
        "order": told.channels,
        "scale": told.scale,
        "mean": told.mean,
        "std": told.std,
        "fit": told.fit,
    }
    said = {name: value for name, value in changes.items() if value is not None}
    return replace(usual, **said)  # type: ignore[arg-type]  # of the types checked by Sidecar


def _probed(
    files: ModelFiles, network: OwnNetwork, told: Sidecar
) -> tuple[tuple[int, int], list[Seen]]:
    """Run the network on grey; return the input's width and height, and what came out."""
    if isinstance(told.input, tuple):
        sizes = [told.input]
    elif network.input_wh:
        sizes = [network.input_wh]
    else:
        usual = USUAL[told.family].long_side if told.family else _PROBED_SIDES[0]
        if files.kind is not Kind.ONNX:
            usual = 300
        first = told.long_side or usual
        sizes = [(side, side) for side in dict.fromkeys((first, *_PROBED_SIDES))]
    if network.input_wh and (told.input == "dynamic" or sizes != [network.input_wh]):
        width, height = network.input_wh
        raise OwnModelUnfit(
            files.main,
            tr(
                "takes {width} x {height} pixels only, not what {sidecar_name} says",
                width=width,
                height=height,
                sidecar_name=_sidecar_name(files),
            ),
        )
    failure: OwnModelUnfit | None = None
    for input_wh in sizes:
        try:
            return input_wh, _seen(network, _run_on_grey(network, input_wh), files.main)
        except OwnModelUnfit as error:
            failure = failure or error
    raise failure or OwnModelUnfit(files.main, tr("cannot be run"))


def _run_on_grey(network: OwnNetwork, input_wh: tuple[int, int]) -> Sequence[Tensor]:
    canvas = np.full((input_wh[1], input_wh[0], 3), _GREY, np.uint8)
    return network.run(as_tensor(canvas, Preparation(), network.layout, network.element))


def _seen(network: OwnNetwork, outputs: Sequence[Tensor], file: Path) -> list[Seen]:
    if any(output.dtype.kind not in "fiub" for output in outputs):
        raise OwnModelUnfit(file, tr("gives text instead of numbers"))
    return [
        Seen(
            name,
            tuple(output.shape),
            float(output.min()) if output.size else 0.0,
            float(output.max()) if output.size else 0.0,
            float(np.abs(output[..., :4]).max()) if output.ndim and output.size else 0.0,
        )
        for name, output in zip(network.outputs, outputs, strict=True)
    ]


def _head(
    files: ModelFiles, seen: Sequence[Seen], input_wh: tuple[int, int], told: Sidecar
) -> Head:
    """Return the head that the sidecar names, else the one that is recognised."""
    head = _named_or_seen(files, seen, input_wh, told)
    fewest = FEWEST_OUTPUTS.get(head.family, 1)
    if len(head.outputs) < fewest:
        raise OwnModelUnfit(
            files.main,
            tr(
                "has too few outputs for the family {family}, which needs {fewest}: {outputs_said}",
                family=head.family,
                fewest=fewest,
                outputs_said=outputs_said(seen),
            ),
        )
    return head


def _named_or_seen(
    files: ModelFiles, seen: Sequence[Seen], input_wh: tuple[int, int], told: Sidecar
) -> Head:
    head = recognise(seen, input_wh)
    if told.outputs is not None:
        names = [one.name for one in seen]
        if unknown := [name for name in told.outputs if name not in names]:
            raise OwnModelUnfit(
                files.main,
                tr(
                    "has no output {unknown}; it has {outputs_said}",
                    unknown=unknown[0],
                    outputs_said=outputs_said(seen),
                ),
            )
    if told.family is not None and (head is None or head.family != told.family):
        classes = head.classes if head else None
        outputs = told.outputs or tuple(one.name for one in seen)
        return Head(told.family, outputs, classes, told.bins or 8)
    if head is None:
        raise OwnModelUnfit(
            files.main,
            tr(
                "is of a kind that CamWatch does not recognise. For a picture of "
                "{input_wh} x {input_wh2} pixels it gives: {outputs_said}. Write a file "
                "{sidecar_name} beside it that names its family, see “Your own model” in "
                "docs/models.md",
                input_wh=input_wh[0],
                input_wh2=input_wh[1],
                outputs_said=outputs_said(seen),
                sidecar_name=_sidecar_name(files),
            ),
        )
    return replace(head, outputs=told.outputs) if told.outputs else head


def _sidecar_name(files: ModelFiles) -> str:
    return files.main.with_suffix(SUFFIX).name
