"""What is remembered of the models that an administrator added: `own-models.json`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from camwatch.detect.heads import Family
from camwatch.errors import ModelUnfit
from camwatch.files import write_aside
from camwatch.language import tr

FILE = "own-models.json"

_Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
_MOST_BYTES = 4 << 20


class Record(BaseModel):
    """One model, as it was when it was tested last.

    Attributes:
        name: As in the settings.
        files: SHA-256 of each of its files by name, in lower-case hexadecimal.
        family, runtime, precision: How it is run.
        input: Width and height of its input for the test picture, pixels.
        threshold: Lowest score to count.
        licence: As its sidecar file says; empty if it does not.
        size_bytes: Of its main file.
        ms: Median time of the test picture, milliseconds.
        known, found, false_alarms: People in the test picture, those found, and boxes of nobody.
        is_accepted: Whether it may count.
        tested_at: When, UTC.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    name: str
    files: dict[str, _Sha256]
    family: Family
    runtime: str
    precision: str
    input: tuple[int, int]
    threshold: Annotated[float, Field(ge=0.05, le=0.95)]
    licence: str = ""
    size_bytes: Annotated[int, Field(ge=0)]
    ms: Annotated[float, Field(ge=0)]
    known: Annotated[int, Field(ge=0)]
    found: Annotated[int, Field(ge=0)]
    false_alarms: Annotated[int, Field(ge=0)]
    is_accepted: bool
    tested_at: AwareDatetime

    @property
    def is_recommended(self) -> bool:
        """Whether it found everybody in the test picture, and nobody else."""
        return (self.found, self.false_alarms) == (self.known, 0)

    def fits(self, sha256: Mapping[str, str]) -> bool:
        """Tell whether the files are still those that were tested: none changed, none more."""
        return self.files == dict(sha256)


class _Records(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    models: tuple[Record, ...]


def read_records(folder: Path) -> Mapping[str, Record]:
    """Return the records of a models folder by name.

    Raises:
        ModelUnfit: The file is damaged or cannot be read.
    """
    file = folder / FILE
    try:
        if file.stat().st_size > _MOST_BYTES:
            raise ModelUnfit(file, tr("the list of own models is too large"))
        data = file.read_bytes()
    except FileNotFoundError:
        return MappingProxyType({})
    except OSError as error:
        raise ModelUnfit(
            file, tr("the list of own models cannot be read: {strerror}", strerror=error.strerror)
        ) from error
    try:
        records = _Records.model_validate_json(data)
    except ValidationError as error:
        raise ModelUnfit(
            file, tr("the list of own models is damaged: {error}", error=error)
        ) from error
    return MappingProxyType({record.name: record for record in records.models})


def write_records(folder: Path, records: Mapping[str, Record]) -> None:
    """Write the records of a models folder; a power cut leaves the old or the new ones.

    Raises:
        OSError: They cannot be written.
    """
    models = [record.model_dump(mode="json") for _, record in sorted(records.items())]
    text = json.dumps({"models": models}, indent=2, ensure_ascii=False) + "\n"
    write_aside(folder / FILE, text.encode("utf-8"))
