"""All models there are: those that ship with CamWatch, and an administrator's own.

A model of one's own counts only after it has been tested and accepted, and only as long as
its files are those that were tested, to the last bit.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from camwatch.detect import catalogue, nanodet
from camwatch.detect.model_files import (
    CAFFE_NAME,
    Contents,
    ModelFiles,
    caffe_pair_in,
    check_plain,
    files_of,
    models_in,
    read,
    real,
)
from camwatch.detect.opening import WantedRuntime, open_own
from camwatch.detect.own import OwnDetector
from camwatch.detect.records import Record, read_records, write_records
from camwatch.detect.trial import Trial
from camwatch.domain import utc_now
from camwatch.errors import InvalidSetting, OwnModelMissing, OwnModelUnfit
from camwatch.files import write_aside
from camwatch.language import marked, tr

_NOT_ACCEPTED = marked("has not been tested and accepted yet")
_CHANGED = marked("was changed after it had been tested; test it again if the change is wanted")


class ModelState(StrEnum):
    """Whether a model can count."""

    READY = "ready"
    NEW = "new"
    WEAK = "weak"
    CHANGED = "changed"
    MISSING = "missing"
    UNFIT = "unfit"


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """What a list of models shows of one.

    Attributes:
        name: As in the settings: "nanodet", "hog", or a name of one's own.
        state: READY may count; NEW was put into the folder and not tested yet; WEAK was
            tested, did not find exactly the people of the test picture, and was not
            accepted all the same; the others cannot be used.
        is_own: False for what ships with CamWatch.
        family, runtime, precision: How it is run; empty if it was never tested.
        input_wh: Of its input for the test picture, pixels; None if it was never tested.
        size_bytes: Of its file; 0 where there is none.
        threshold: Lowest score to count, None if it was never tested.
        licence: Of its weights, empty if nobody said.
        ms: Milliseconds for the test picture, None if it was never tested.
        found, known: How many people of the test picture it found, and of how many.
        false_alarms: How many boxes of nobody there were.
        note: What else there is to say, such as why it is unfit; a sentence without full stop.
    """

    name: str
    state: ModelState
    is_own: bool
    family: str = ""
    runtime: str = ""
    precision: str = ""
    input_wh: tuple[int, int] | None = None
    size_bytes: int = 0
    threshold: float | None = None
    licence: str = ""
    ms: float | None = None
    found: int | None = None
    known: int | None = None
    false_alarms: int | None = None
    note: str = ""

    @property
    def is_usable(self) -> bool:
        """Whether it may count."""
        return self.state is ModelState.READY


class ModelLibrary:
    """The models of the program and of a profile; may be used from several threads at once.

    Args:
        bundled: Folder of the models that ship with CamWatch.
        own: Folder of the profile for one's own; need not exist.
        clock: The wall clock, aware UTC.
    """

    def __init__(self, bundled: Path, own: Path, clock: Callable[[], datetime] = utc_now) -> None:
        self.bundled = bundled
        self.own = own
        self._clock = clock
        self._lock = threading.Lock()

    # ---------------------------------------------------------------- looking

    def models(self) -> list[ModelInfo]:
        """Return all models: those that ship with CamWatch, then one's own by name.

        Raises:
            ModelUnfit: The record of one's own models is damaged.
        """
        records = read_records(self.own)
        found = {files.name: files for files in self._files()}
        own = [self._described(files, records.get(name)) for name, files in found.items()]
        gone = [
            _from_record(record, ModelState.MISSING, tr("its file is gone"))
            for name, record in records.items()
            if name not in found
        ]
        return [*self._shipped(), *sorted([*own, *gone], key=lambda one: one.name.lower())]

    def find(self, name: str) -> ModelFiles:
        """Return the files of one's own model of this name.

        Raises:
            OwnModelMissing: There is none.
        """
        for files in self._files():
            if files.name == name:
                return files
        raise OwnModelMissing(name)

    def _files(self) -> list[ModelFiles]:
        """Return one's own models; the Caffe pair may stand in either folder."""
        try:
            files = models_in(self.own)
        except OSError as error:
            raise OwnModelUnfit(
                self.own, tr("cannot be read: {strerror}", strerror=error.strerror)
            ) from error
        pair = caffe_pair_in(self.bundled)
        if pair is not None and all(one.name != CAFFE_NAME for one in files):
            files.append(pair)
        return files

    def _shipped(self) -> list[ModelInfo]:
        entries = catalogue.read_catalogue(self.bundled).models
        first = next((entry for entry in entries if entry.name == nanodet.NAME), None)
        if first is None:
            return [_hog()]
        files = [self.bundled / entry.file for entry in entries]
        is_there = all(file.is_file() for file in files)
        return [
            ModelInfo(
                "nanodet",
                ModelState.READY if is_there else ModelState.MISSING,
                is_own=False,
                family="nanodet",
                runtime="onnxruntime, opencv",
                precision=", ".join(entry.precision for entry in entries),
                size_bytes=sum(file.stat().st_size for file in files) if is_there else 0,
                threshold=first.threshold,
                licence=first.licence,
                note="" if is_there else tr("its file is gone; install CamWatch again"),
            ),
            _hog(),
        ]

    def _described(self, files: ModelFiles, record: Record | None) -> ModelInfo:
        try:
            hashes = {file.name: _sha256(file) for file in files.all}
            size = files.main.stat().st_size
        except OwnModelUnfit as error:
            return ModelInfo(files.name, ModelState.UNFIT, is_own=True, note=error.reason)
        except OSError as error:
            note = tr("cannot be read: {strerror}", strerror=error.strerror)
            return ModelInfo(files.name, ModelState.UNFIT, is_own=True, note=note)
        if record is None:
            return ModelInfo(
                files.name, ModelState.NEW, is_own=True, size_bytes=size, note=tr(_NOT_ACCEPTED)
            )
        if not record.fits(hashes):
            return _from_record(record, ModelState.CHANGED, tr(_CHANGED))
        if record.is_accepted:
            return _from_record(record, ModelState.READY, "")
        return _from_record(record, ModelState.WEAK, tr(_NOT_ACCEPTED))

    # ---------------------------------------------------------------- using

    def open(
        self, name: str, *, runtime: WantedRuntime = "auto", confirmed: bool = False
    ) -> OwnDetector:
        """Open one's own model that was tested and accepted.

        Args:
            name: Of the model.
            runtime: What shall run it.
            confirmed: That it was tested is enough.

        Raises:
            OwnModelMissing: There is none of this name.
            OwnModelUnfit: It was not accepted, was changed since, or cannot be used.
            ModelUnfit: The record of one's own models is damaged.
        """
        files = self.find(name)
        record = read_records(self.own).get(name)
        if record is None or not (record.is_accepted or confirmed):
            raise OwnModelUnfit(files.main, tr(_NOT_ACCEPTED))
        contents = read(files)
        if not record.fits(contents.sha256):
            raise OwnModelUnfit(files.main, tr(_CHANGED))
        return open_own(files, runtime=runtime, contents=contents)

    def is_tested(self, name: str, contents: Contents) -> bool:
        """Tell whether a model was tested with exactly these files.

        Raises:
            ModelUnfit: The record is damaged.
        """
        record = read_records(self.own).get(name)
        return record is not None and record.fits(contents.sha256)

    def incoming(self, file: Path) -> tuple[ModelFiles, Contents]:
        """Read a model file that shall be added, with what belongs to it.

        Args:
            file: As it was named; if it is a link, it is followed, but in a folder of models.

        Raises:
            InvalidSetting: There is another model of its name; the field is "file".
            OwnModelMissing: It is not there.
            OwnModelUnfit: It is refused.
        """
        files = files_of(file)
        for other in self._files():
            if other.name.lower() == files.name.lower() and other.main != file:
                raise InvalidSetting(
                    "file",
                    tr("has the name of a model that is there already: {name}", name=other.name),
                )
        folders = (real(self.own), real(self.bundled))
        return files, read(files, is_named=real(file.parent) not in folders)

    def keep(self, files: ModelFiles, contents: Contents) -> None:
        """Write a model into the folder of one's own: exactly the bytes that were tested.

        Raises:
            OwnModelUnfit: It cannot be written, and nothing of it is left there.
        """
        parts = (
            (files.main, contents.main),
            (files.description, contents.description),
            (files.sidecar, contents.sidecar),
        )
        written: list[Path] = []
        try:
            self.own.mkdir(mode=0o700, parents=True, exist_ok=True)
            for file, data in parts:
                if file is not None and data is not None:
                    write_aside(self.own / file.name, data)
                    written.append(self.own / file.name)
        except OSError as error:
            for file in written:
                file.unlink(missing_ok=True)
            reason = tr(
                "cannot be copied to {own}: {strerror}", own=self.own, strerror=error.strerror
            )
            raise OwnModelUnfit(files.main, reason) from error

    def remember(
        self,
        detector: OwnDetector,
        contents: Contents,
        trial: Trial,
        frame_wh: tuple[int, int],
        *,
        accept: bool,
    ) -> Record:
        """Write down how a model did on the test picture, and whether it may count.

        Args:
            detector: What was tested.
            contents: Its files, as they were tested.
            trial: On a picture whose people are known.
            frame_wh: Width and height of that picture.
            accept: Whether it may count.

        Raises:
            ValueError: Nobody knows who is in the trial's picture.
            OwnModelUnfit: The record cannot be written.
            ModelUnfit: The record is damaged.
        """
        if trial.known is None or trial.found is None or trial.false_alarms is None:
            raise ValueError("trial: without known people")
        record = Record(
            name=detector.name,
            files=dict(contents.sha256),
            family=detector.recipe.family,
            runtime=detector.runtime,
            precision=detector.precision,
            input=detector.input_wh(frame_wh),
            threshold=detector.recipe.threshold,
            licence=detector.recipe.licence,
            size_bytes=len(contents.main),
            ms=round(trial.ms, 2),
            known=trial.known,
            found=trial.found,
            false_alarms=trial.false_alarms,
            is_accepted=accept,
            tested_at=self._clock(),
        )
        self._write(record)
        return record

    def accept(self, name: str) -> Record:
        """Let a model count that was tested.

        Raises:
            OwnModelMissing: There is none of this name.
            OwnModelUnfit: It was never tested, or was changed since.
            ModelUnfit: The record is damaged.
        """
        files = self.find(name)
        record = read_records(self.own).get(name)
        if record is None:
            raise OwnModelUnfit(files.main, tr(_NOT_ACCEPTED))
        if not record.fits(read(files).sha256):
            raise OwnModelUnfit(files.main, tr(_CHANGED))
        if record.is_accepted:
            return record
        accepted = record.model_copy(update={"is_accepted": True})
        self._write(accepted)
        return accepted

    def _write(self, record: Record) -> None:
        with self._lock:
            records: Mapping[str, Record] = {**read_records(self.own), record.name: record}
            try:
                self.own.mkdir(mode=0o700, parents=True, exist_ok=True)
                write_records(self.own, records)
            except OSError as error:
                reason = tr(
                    "cannot be recorded in {own}: {strerror}", own=self.own, strerror=error.strerror
                )
                raise OwnModelUnfit(Path(record.name), reason) from error


def _hog() -> ModelInfo:
    return ModelInfo(
        "hog",
        ModelState.READY,
        is_own=False,
        family="hog",
        runtime="opencv",
        precision="-",
        licence="Apache-2.0",
        note=tr("a last resort that counts poorly"),
    )


def _from_record(record: Record, state: ModelState, note: str) -> ModelInfo:
    return ModelInfo(
        record.name,
        state,
        is_own=True,
        family=record.family.value,
        runtime=record.runtime,
        precision=record.precision,
        input_wh=record.input,
        size_bytes=record.size_bytes,
        threshold=record.threshold,
        licence=record.licence,
        ms=record.ms,
        found=record.found,
        known=record.known,
        false_alarms=record.false_alarms,
        note=note,
    )


def _sha256(file: Path) -> str:
    check_plain(file)
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
