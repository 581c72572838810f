"""The small file beside a model that says what the model does not say itself.

`NAME.toml` stands beside `NAME.onnx`. All of it may be left away: what is missing is
recognised, or is what is usual for the family.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from camwatch.detect.heads import Family
from camwatch.detect.heads.units import Unit
from camwatch.detect.onnx_file import LONGEST_SIDE
from camwatch.detect.recipe import Fit, Order
from camwatch.language import tr

SUFFIX = ".toml"
MOST_BYTES = 16 * 1024

EXAMPLE = """family = "yolov8"          # or: {families}
input = [640, 640]         # width and height in pixels, or "dynamic"
channels = "rgb"           # or "bgr"
scale = 0.00392157         # (value * scale - mean) / std
mean = [0.0, 0.0, 0.0]
std = [1.0, 1.0, 1.0]
fit = "letterbox"          # or "stretch"
person = 0                 # number of the class that is a person, from 0
threshold = 0.4
nms = 0.55                 # 1.0 drops no box
boxes = "pixels"           # or "relative": parts of the input
licence = "Apache-2.0"
""".format(families=", ".join(family for family in Family if family != Family.YOLOV8))

_LONGEST_NAME = 200
_Name = Annotated[str, Field(max_length=_LONGEST_NAME)]
_Side = Annotated[int, Field(ge=32, le=LONGEST_SIDE)]
_Value = Annotated[float, Field(ge=-1000, le=1000)]
_Deviation = Annotated[float, Field(gt=0, le=1000)]


class Sidecar(BaseModel):
    """What a sidecar file says; None where it says nothing.

    Attributes:
        family: Which decoder reads the outputs.
        outputs: Names of the outputs in the decoder's order, see `docs/models.md`.
        input: Width and height of the input in pixels, or "dynamic".
        long_side: Pixels of the longer side of an input that follows the picture.
        channels, scale, mean, std, fit: As in `recipe.Preparation`.
        person: Number of the class that is a person, from 0.
        threshold: Lowest score to count.
        nms: A box that shares more with a better one is dropped; 1 drops none.
        boxes: What boxes are in, where a family is exported both ways.
        bins: Of NanoDet's distances.
        licence: Of the weights, as its author names it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    family: Family | None = None
    outputs: tuple[_Name, ...] | None = None
    input: tuple[_Side, _Side] | Literal["dynamic"] | None = None
    long_side: Annotated[int, Field(ge=64, le=LONGEST_SIDE, multiple_of=32)] | None = None
    channels: Order | None = None
    scale: Annotated[float, Field(gt=0, le=1000)] | None = None
    mean: tuple[_Value, _Value, _Value] | None = None
    std: tuple[_Deviation, _Deviation, _Deviation] | None = None
    fit: Fit | None = None
    person: Annotated[int, Field(ge=0, le=10_000)] | None = None
    threshold: Annotated[float, Field(ge=0.05, le=0.95)] | None = None
    nms: Annotated[float, Field(gt=0, le=1)] | None = None
    boxes: Unit | None = None
    bins: Annotated[int, Field(ge=2, le=64)] | None = None
    licence: Annotated[str, Field(max_length=100)] | None = None

    @field_validator("licence")
    @classmethod
    def _printable(cls, text: str | None) -> str | None:
        if text and not text.isprintable():
            raise ValueError("must be one line of text")
        return text


def read_sidecar(data: bytes) -> Sidecar:
    """Read a sidecar file.

    Raises:
        ValueError: With every mistake and its place, as sentences without a full stop.
    """
    if len(data) > MOST_BYTES:
        raise ValueError("it is too large")
    try:
        values = tomllib.loads(data.decode("utf-8"))
    except ValueError as error:  # of TOML, of UTF-8, or of a number with thousands of digits
        raise ValueError(f"it is not TOML: {error}") from error
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    try:
        return Sidecar.model_validate(values)
    except ValidationError as error:
        raise ValueError("; ".join(_mistakes(error))) from error


def _mistakes(error: ValidationError) -> Iterator[str]:
    """Name each mistake once, though a value may be refused in several ways."""
    told: dict[str, str] = {}
    for finding in error.errors(include_url=False, include_input=False):
        name = str(finding["loc"][0])[:_LONGEST_NAME]
        if not name.isprintable():
            name = ascii(name)
        if finding["type"] == "extra_forbidden":
            close = difflib.get_close_matches(name, list(Sidecar.model_fields), n=1)
            told[name] = (
                tr("is unknown; did you mean {close}?", close=close[0])
                if close
                else tr("is unknown")
            )
        elif name == "input":
            told[name] = tr(
                'must be [width, height], each 32 to {longest_side}, or "dynamic"',
                longest_side=LONGEST_SIDE,
            )
        else:
            message = finding["msg"].removeprefix("Value error, ")
            told.setdefault(name, message[0].lower() + message[1:])
    return (f"{name} {reason}" for name, reason in told.items())
