"""The list of models that ship with CamWatch, and reading one of them after checking it."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from camwatch.errors import ModelMissing, ModelUnfit
from camwatch.language import tr

CATALOGUE = "models.json"

Runtime = Literal["onnxruntime", "opencv"]
Precision = Literal["int8", "float32"]


class ModelEntry(BaseModel):
    """One model file.

    Attributes:
        name: Name of the model, such as "nanodet-g"; its precisions share it.
        file: File name beside the catalogue.
        sha256: Of the whole file, in lower-case hexadecimal.
        precision: What it computes in.
        runtimes: What can run it with the right result.
        licence: SPDX name of the licence of the weights.
        threshold: Lowest score to count, chosen by measurement; see `docs/models.md`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    file: Annotated[str, Field(pattern=r"^\w[\w.-]*$")]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    precision: Precision
    runtimes: tuple[Runtime, ...]
    licence: str
    threshold: Annotated[float, Field(ge=0.05, le=0.95)]


class Catalogue(BaseModel):
    """All models in one folder."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    models: tuple[ModelEntry, ...]


def read_catalogue(folder: Path) -> Catalogue:
    """Read the list of the models in a folder.

    Raises:
        ModelMissing: There is no list.
        ModelUnfit: The list is damaged.
    """
    file = folder / CATALOGUE
    data = _bytes_of(file)
    try:
        return Catalogue.model_validate_json(data)
    except ValidationError as error:
        raise ModelUnfit(file, tr("the list of models is damaged: {error}", error=error)) from error


def entry_for(folder: Path, name: str, runtime: Runtime, precision: Precision) -> ModelEntry:
    """Return the model of this name and precision that this runtime can run.

    Raises:
        ModelMissing: There is no list, or no such model in it.
        ModelUnfit: The list is damaged.
    """
    for entry in read_catalogue(folder).models:
        if (entry.name, entry.precision) == (name, precision) and runtime in entry.runtimes:
            return entry
    raise ModelMissing(
        folder / CATALOGUE,
        tr(
            "no {precision} model {name} for {runtime} is listed",
            precision=precision,
            name=name,
            runtime=runtime,
        ),
    )


def read_model(folder: Path, entry: ModelEntry) -> bytes:
    """Read a model file once and return exactly the bytes that were checked.

    Raises:
        ModelMissing: The file is not there.
        ModelUnfit: It cannot be read, or its SHA-256 is not the listed one.
    """
    file = folder / entry.file
    data = _bytes_of(file)
    if hashlib.sha256(data).hexdigest() != entry.sha256:
        raise ModelUnfit(file, tr("the model file is damaged or was changed: its SHA-256 is wrong"))
    return data


def _bytes_of(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError as error:
        raise ModelMissing(file, tr("the model file is missing")) from error
    except OSError as error:
        raise ModelUnfit(
            file, tr("the model file cannot be read: {strerror}", strerror=error.strerror)
        ) from error
