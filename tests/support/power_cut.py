"""Cuts the power of a program at any moment, as its files would be found after that.

What the program asks the system to do with its files is recorded by strace: nothing in the
program is changed. From that each state of the disk is built in which it can be found when the
power fails: what was written through is there; of what was not, any part may be, by sectors.
"""

from __future__ import annotations

import random
import re
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

SECTOR = 512
LEDGER = "ledger"
"""The program writes the number of what it has confirmed into this file of its folder."""

_CALLS = "openat,write,pwrite64,fsync,fdatasync,ftruncate,unlink,rename,close"
_LINE = re.compile(r"(\w+)\((.*)\)\s+= (-?\d+)")


@dataclass(frozen=True, slots=True)
class Op:
    """One thing that the program asked for.

    Attributes:
        kind: "write", "truncate", "create", "unlink", "rename", "sync", "sync folder", "confirm".
        name: Of the file.
        at: Where it is written, or the new length.
        data: What is written; for "confirm" what was confirmed.
        to: The new name.
    """

    kind: str
    name: str = ""
    at: int = 0
    data: bytes = b""
    to: str = ""


@dataclass(slots=True)
class Disk:
    """A folder, as it outlasts a power cut, and what is on its way there.

    A file that is made anew under a name is another file: which of them a name leads to is a
    matter of the folder, which is written through by itself.
    """

    confirmed: list[bytes] = field(default_factory=list)
    _files: list[bytearray] = field(default_factory=list)
    _names: dict[str, int] = field(default_factory=dict)
    _safe_names: dict[str, int] = field(default_factory=dict)
    _moves: list[tuple[str, int | None]] = field(default_factory=list)
    _writes: list[tuple[int, Op]] = field(default_factory=list)

    @classmethod
    def holding(cls, files: dict[str, bytes]) -> Self:
        """Make one on which these files have been for long."""
        names = {name: number for number, name in enumerate(files)}
        held = [bytearray(data) for data in files.values()]
        return cls(_files=held, _names=names, _safe_names=dict(names))

    def do(self, op: Op) -> None:
        """Take the next thing that the program asked for."""
        match op.kind:
            case "confirm":
                self.confirmed.append(op.data)
            case "create" if op.name not in self._names:
                self._files.append(bytearray())
                self._move(op.name, len(self._files) - 1)
            case "unlink":
                self._move(op.name, None)
            case "rename":
                self._move(op.to, self._names[op.name])
                self._move(op.name, None)
            case "sync":
                mine = self._names[op.name]
                for number, one in self._writes:
                    if number == mine:
                        _apply(self._files[number], one)
                self._writes = [each for each in self._writes if each[0] != mine]
            case "sync folder":
                self._safe_names = dict(self._names)
                self._moves.clear()
            case "write" | "truncate":
                self._writes.append((self._names[op.name], op))

    def _move(self, name: str, number: int | None) -> None:
        _lead(self._names, name, number)
        self._moves.append((name, number))

    def found(self, manner: str, chance: random.Random) -> dict[str, bytes]:
        """Return what is found after the power was cut now.

        Args:
            manner: "all" that was on its way has arrived, "none", or "torn": some, in part.
            chance: Decides which.
        """
        files = [bytearray(data) for data in self._files]
        names = dict(self._safe_names)
        # A folder's changes arrive in their order.
        arrived = {"all": len(self._moves), "none": 0}.get(manner)
        if arrived is None:
            arrived = chance.randint(0, len(self._moves))
        for name, number in self._moves[:arrived]:
            _lead(names, name, number)
        for number, op in self._writes:
            if manner == "all":
                _apply(files[number], op)
            elif manner == "torn":
                for part in _torn(op, chance):
                    _apply(files[number], part)
        return {name: bytes(files[number]) for name, number in names.items()}


def record(command: Sequence[str], folder: Path, log: Path, cwd: Path) -> list[Op]:
    """Run a program and return what it did with the files of a folder.

    Raises:
        AssertionError: It failed.
    """
    traced = ["strace", "-qq", "-xx", "-s", "100000", "-e", f"trace={_CALLS}", "-o", str(log)]
    ran = subprocess.run([*traced, *command], cwd=cwd, capture_output=True, check=False)
    assert ran.returncode == 0, ran.stderr.decode()
    return list(_ops(log, str(folder)))


def write_down(files: dict[str, bytes], folder: Path) -> None:
    """Put files into a folder, in the place of all that is there."""
    folder.mkdir(exist_ok=True)
    for each in folder.iterdir():
        each.unlink()
    for name, data in files.items():
        (folder / name).write_bytes(data)


def _ops(log: Path, folder: str) -> Iterator[Op]:
    open_files: dict[int, str] = {}
    with log.open() as lines:
        for line in lines:
            found = _LINE.match(line)
            if found is None or int(found[3]) < 0:
                continue
            call, rest, answer = found[1], found[2].split(", "), int(found[3])
            if call == "openat":
                open_files.pop(answer, None)
                path = _text(rest[1]).decode()
                if path == folder or path.startswith(f"{folder}/"):
                    name = path.removeprefix(folder).removeprefix("/")
                    open_files[answer] = name
                    if "O_CREAT" in rest[2]:
                        yield Op("create", name)
            elif call in {"unlink", "rename"}:
                names = [_text(one).decode() for one in rest]
                if names[0].startswith(f"{folder}/"):
                    ours = [one.removeprefix(f"{folder}/") for one in names]
                    yield Op(call, ours[0], to=ours[-1])
            elif int(rest[0]) in open_files:
                yield from _of_file(call, rest, open_files)


def _of_file(call: str, rest: Sequence[str], open_files: dict[int, str]) -> Iterator[Op]:
    name = open_files[int(rest[0])]
    match call:
        case "close":
            del open_files[int(rest[0])]
        case "fsync" | "fdatasync":
            yield Op("sync", name) if name else Op("sync folder")
        case "pwrite64":
            yield Op("write", name, int(rest[3]), _text(rest[1]))
        case "ftruncate":
            yield Op("truncate", name, int(rest[1]))
        case "write" if name == LEDGER:
            yield Op("confirm", data=_text(rest[1]))


def _text(hexed: str) -> bytes:
    assert hexed.endswith('"'), "strace cut something off"
    return bytes.fromhex(hexed.strip('"').replace("\\x", ""))


def _lead(names: dict[str, int], name: str, number: int | None) -> None:
    if number is None:
        names.pop(name, None)
    else:
        names[name] = number


def _apply(data: bytearray, op: Op) -> None:
    if len(data) < op.at:
        data.extend(bytes(op.at - len(data)))
    if op.kind == "truncate":
        del data[op.at :]
    else:
        data[op.at : op.at + len(op.data)] = op.data


def _torn(op: Op, chance: random.Random) -> Iterator[Op]:
    """Give what arrives of one thing: all, nothing, or some sectors."""
    fate = chance.choice(("all", "none", "torn"))
    if fate == "all" or (fate == "torn" and op.kind != "write"):
        yield op
    elif fate == "torn":
        at, end = op.at, op.at + len(op.data)
        while at < end:
            after = min(end, (at // SECTOR + 1) * SECTOR)
            if chance.random() < 0.5:
                yield Op("write", op.name, at, op.data[at - op.at : after - op.at])
            at = after
