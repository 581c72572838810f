"""Model files in a folder: which there are, what kind they are, and reading one safely.

Nothing that runs code when it is loaded is taken: no pickles, so no .pt and .pth files.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from camwatch.config import BUILT_IN_MODELS, MODEL_NAME
from camwatch.detect import sidecar
from camwatch.errors import OwnModelMissing, OwnModelUnfit
from camwatch.language import marked, table, tr

MOST_BYTES = 512 << 20
"""A larger file is refused unread: the largest detectors for a CPU have a tenth of this."""

MOST_TEXT_BYTES = 8 << 20

CAFFE_PAIR = ("MobileNetSSD_deploy.prototxt", "MobileNetSSD_deploy.caffemodel")
CAFFE_NAME = "mobilenet-ssd"

RESERVED = frozenset({*BUILT_IN_MODELS, "nanodet-g"})
"""Names that mean something else."""

_KNOWN_STARTS: Mapping[bytes, str] = table(
    lambda: {
        b"PK\x03\x04": tr("is a ZIP or PyTorch file"),
        b"\x80\x02": tr("is a pickle, which can run any program"),
        b"\x80\x03": tr("is a pickle, which can run any program"),
        b"\x80\x04": tr("is a pickle, which can run any program"),
        b"\x80\x05": tr("is a pickle, which can run any program"),
        b"\x89HDF": tr("is a Keras file"),
        b"\x1f\x8b": tr("is a compressed file"),
        b"\x7fELF": tr("is a program"),
        b"MZ": tr("is a program"),
        b"<?xml": tr("is a text file"),
        b"version https://git-lfs": tr("is only a pointer to the file (Git LFS)"),
    }
)
_EXPORT = marked("; export it to ONNX")


class Kind(StrEnum):
    """What a model file is."""

    ONNX = "onnx"
    CAFFE = "caffe"
    TENSORFLOW = "tensorflow"


_KINDS: Mapping[str, Kind] = MappingProxyType(
    {".onnx": Kind.ONNX, ".caffemodel": Kind.CAFFE, ".pb": Kind.TENSORFLOW}
)
_DESCRIPTIONS: Mapping[Kind, str] = MappingProxyType(
    {Kind.CAFFE: ".prototxt", Kind.TENSORFLOW: ".pbtxt"}
)

SUFFIXES = tuple(_KINDS)
"""Of the files that can be added."""


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """The files of one model.

    Attributes:
        name: What it is called in the settings and on the screen.
        kind: What the main file is.
        main: The file with the weights.
        description: Caffe's .prototxt or TensorFlow's .pbtxt; None without.
        sidecar: What an administrator wrote about it; None without.
    """

    name: str
    kind: Kind
    main: Path
    description: Path | None = None
    sidecar: Path | None = None

    @property
    def all(self) -> tuple[Path, ...]:
        """Every file of it; a change of any changes the counts."""
        return tuple(file for file in (self.main, self.description, self.sidecar) if file)


@dataclass(frozen=True, slots=True)
class Contents:
    """The bytes of a model, read once.

    Attributes:
        main: Of the main file.
        description: Of the text beside it; None without.
        sidecar: Of the sidecar file; None without.
        sha256: Of each file by its name, in lower-case hexadecimal.
    """

    main: bytes
    description: bytes | None
    sidecar: bytes | None
    sha256: Mapping[str, str]


def can_be_name(name: str) -> bool:
    """Tell whether a model may be called so."""
    return bool(MODEL_NAME.fullmatch(name)) and name.lower() not in RESERVED


def files_of(main: Path) -> ModelFiles:
    """Return the files that belong to a model file.

    Args:
        main: A file with one of SUFFIXES; what belongs to it stands beside it.

    Raises:
        OwnModelUnfit: It has another suffix, or its name cannot be a model's.
    """
    kind = _KINDS.get(main.suffix.lower())
    if kind is None:
        raise OwnModelUnfit(
            main, tr("is none of {names}{export}", names=", ".join(SUFFIXES), export=tr(_EXPORT))
        )
    name = CAFFE_NAME if main.name == CAFFE_PAIR[1] else main.stem
    if not can_be_name(name):
        raise OwnModelUnfit(
            main, tr("has a name that cannot be used: letters, digits, dot, dash, at most 64")
        )
    suffix = _DESCRIPTIONS.get(kind)
    return ModelFiles(
        name,
        kind,
        main,
        _if_there(main.with_suffix(suffix)) if suffix else None,
        _if_there(main.with_suffix(sidecar.SUFFIX)),
    )


def _if_there(file: Path) -> Path | None:
    return file if file.is_symlink() or file.exists() else None


def models_in(folder: Path) -> list[ModelFiles]:
    """Return the models of a folder by name; files that are none are left out.

    Raises:
        OSError: The folder is there but cannot be read.
    """
    if not folder.is_dir():
        return []
    found: dict[str, ModelFiles] = {}
    for file in sorted(folder.iterdir()):
        if file.suffix.lower() in _KINDS and not file.name.startswith("."):
            try:
                files = files_of(file)
            except OwnModelUnfit:
                continue  # of a name that nobody can choose
            found.setdefault(files.name.lower(), files)
    return [found[name] for name in sorted(found)]


def caffe_pair_in(folder: Path) -> ModelFiles | None:
    """Return MobileNetSSD's pair of files if both stand in a folder."""
    description, weights = (folder / name for name in CAFFE_PAIR)
    return files_of(weights) if description.exists() and weights.exists() else None


def read(files: ModelFiles, *, is_named: bool = False) -> Contents:
    """Read all files of a model and check what they are, before any engine gets them.

    Args:
        files: Which ones.
        is_named: An administrator named this very main file: if it is a link, as the files in a
            download cache are, it is followed. What stands beside it was not named.

    Raises:
        OwnModelMissing: The main file is not there.
        OwnModelUnfit: A file is too large, of another kind than its name says, a link out
            of its folder that is not followed, or cannot be read.
    """
    if files.kind is Kind.CAFFE and files.description is None:
        raise OwnModelUnfit(files.main, tr("needs its .prototxt file of the same name beside it"))
    main = _bytes_of(files.main, MOST_BYTES, files.name, follows=is_named)
    _check_start(files.main, main)
    description = text = None
    if files.description:
        description = _bytes_of(files.description, MOST_TEXT_BYTES, files.name)
        _check_text(files.description, description)
    if files.sidecar:
        text = _bytes_of(files.sidecar, sidecar.MOST_BYTES, files.name)
    parts = ((files.main, main), (files.description, description), (files.sidecar, text))
    hashes = {
        file.name: hashlib.sha256(data).hexdigest()
        for file, data in parts
        if file is not None and data is not None
    }
    return Contents(main, description, text, MappingProxyType(hashes))


def check_plain(file: Path, most_bytes: int = MOST_BYTES, *, follows: bool = False) -> int:
    """Check that a file is an ordinary one of a fitting size, without reading it.

    Args:
        file: Which one.
        most_bytes: It may have.
        follows: Whether it may be a link out of its folder.

    Returns:
        Its size in bytes.

    Raises:
        FileNotFoundError: It is not there.
        OwnModelUnfit: It is too large or empty, no file, or a link out of its folder.
        OSError: It cannot be asked.
    """
    if not follows and file.is_symlink() and real(file).parent != real(file.parent):
        raise OwnModelUnfit(file, tr("is a link to another folder, which is not followed"))
    about = file.stat()
    if not stat.S_ISREG(about.st_mode):
        raise OwnModelUnfit(file, tr("is no file"))
    if about.st_size > most_bytes:
        raise OwnModelUnfit(
            file,
            tr(
                "is too large: {value} MiB of at most {value2}",
                value=about.st_size >> 20,
                value2=most_bytes >> 20,
            ),
        )
    if not about.st_size:
        raise OwnModelUnfit(file, tr("is empty"))
    return about.st_size


def real(file: Path) -> Path:
    """Return where a path leads, as far as it does; links that go round in circles are left."""
    # Path.resolve raises a RuntimeError for such.
    return Path(os.path.realpath(file))


def _bytes_of(file: Path, most_bytes: int, name: str, *, follows: bool = False) -> bytes:
    try:
        check_plain(file, most_bytes, follows=follows)
        with file.open("rb") as stream:
            data = stream.read(most_bytes + 1)
    except FileNotFoundError as error:
        raise OwnModelMissing(name) from error
    except OSError as error:
        raise OwnModelUnfit(
            file, tr("cannot be read: {strerror}", strerror=error.strerror)
        ) from error
    if len(data) > most_bytes:
        raise OwnModelUnfit(file, tr("is too large; it grew while it was read"))
    return data


def _check_start(file: Path, data: bytes) -> None:
    for start, what in _KNOWN_STARTS.items():
        if data.startswith(start):
            raise OwnModelUnfit(file, f"{what}{tr(_EXPORT)}")
    if data[4:8] == b"TFL3":
        raise OwnModelUnfit(file, tr("is a TensorFlow Lite file{export}", export=tr(_EXPORT)))


def _check_text(file: Path, data: bytes) -> None:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise OwnModelUnfit(file, tr("is no text file"))
