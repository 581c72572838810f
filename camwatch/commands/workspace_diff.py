"""What a workspace file would change here, thing by thing, before anything is changed. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from camwatch.data.workspaces import CameraStep, LayoutStep, SceneStep, SiteStep, WorkspaceSteps
from camwatch.errors import InvalidSetting, InvalidSettings


class Part(StrEnum):
    """A part of a workspace, which can be left out of an import."""

    CAMERAS = "cameras"
    SITES = "sites"
    SCENES = "scenes"
    RULES = "rules"
    SETTINGS = "settings"
    LAYOUTS = "layouts"


class Verdict(StrEnum):
    """What an import would do with a thing."""

    ADDED = "added"
    CHANGED = "changed"
    SAME = "same"
    ONLY_HERE = "only_here"
    """It is not in the file, and stays as it is: an import removes nothing."""
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class DiffItem:
    """One thing.

    Attributes:
        changes: Each with its name, what it is here, and what it would be.
        reason: Why it is refused, or what else there is to know.
        needs_password: Its password must be entered again afterwards.
    """

    part: Part
    verdict: Verdict
    name: str
    changes: tuple[tuple[str, str, str], ...] = ()
    reason: str = ""
    needs_password: bool = False


@dataclass(frozen=True, slots=True)
class WorkspaceDiff:
    """What a file would change.

    Attributes:
        items: In the order of the parts.
        steps: What would be done, but for the rules: they name what is not there yet.
        rules: The rules as the file has them, checked as far as they can be.
        mark: Stands for how all is here; an import of what was seen is refused if that changed.
        remarks: About the file as a whole.
    """

    items: tuple[DiffItem, ...]
    steps: WorkspaceSteps
    rules: tuple[Mapping[str, Any], ...]
    mark: str
    remarks: tuple[str, ...] = ()

    def count(self, verdict: Verdict, part: Part | None = None) -> int:
        """Return how many there are."""
        return sum(one.verdict is verdict and part in {None, one.part} for one in self.items)

    @property
    def refused(self) -> tuple[DiffItem, ...]:
        """What cannot be taken."""
        return tuple(one for one in self.items if one.verdict is Verdict.REFUSED)


@dataclass(slots=True)
class DiffBook:
    """Collects a difference."""

    items: list[DiffItem] = field(default_factory=list)
    cameras: list[CameraStep] = field(default_factory=list)
    sites: list[SiteStep] = field(default_factory=list)
    scenes: list[SceneStep] = field(default_factory=list)
    rules: list[Mapping[str, Any]] = field(default_factory=list)
    layouts: list[LayoutStep] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def note(
        self,
        part: Part,
        name: str,
        before: Mapping[str, str] | None,
        after: Mapping[str, str],
        *,
        needs_password: bool = False,
        reason: str = "",
    ) -> bool:
        """Note a thing that can be taken; return whether it would change anything."""
        changes = () if before is None else changes_of(before, after)
        verdict = Verdict.ADDED if before is None else Verdict.CHANGED
        if before is not None and not changes:
            verdict = Verdict.SAME
        self.items.append(DiffItem(part, verdict, name, changes, reason, needs_password))
        return verdict is not Verdict.SAME

    def refuse(self, part: Part, name: str, why: InvalidSetting | InvalidSettings | str) -> None:
        """Note a thing that cannot be taken."""
        self.items.append(DiffItem(part, Verdict.REFUSED, name[:100], reason=_words(why)))

    def only_here(self, part: Part, name: str) -> None:
        """Note a thing that is not in the file."""
        self.items.append(DiffItem(part, Verdict.ONLY_HERE, name))


def _words(why: InvalidSetting | InvalidSettings | str) -> str:
    match why:
        case str():
            return why
        case InvalidSetting():
            return f"{why.field} {why.reason}"
        case _:
            return "; ".join(f"{one.field} {one.reason}" for one in why.problems)


def changes_of(
    before: Mapping[str, str], after: Mapping[str, str]
) -> tuple[tuple[str, str, str], ...]:
    """Return what is another: its name, the old text and the new one."""
    return tuple(
        (name, before.get(name, ""), after.get(name, ""))
        for name in dict.fromkeys((*before, *after))
        if before.get(name, "") != after.get(name, "")
    )


def flat(value: object, name: str = "") -> Iterator[tuple[str, str]]:
    """Yield each part of plain JSON values as a short text, parts of parts with a dot."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from flat(inner, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list | tuple):
        # What is a set has no order, and shall look the same whatever order it comes in.
        texts = [", ".join(text for _, text in flat(one, "")) for one in value]
        yield name, "; ".join(sorted(texts))
    else:
        yield name, "" if value is None else str(value)


def twice(names: list[str]) -> frozenset[str]:
    """Return the names that are there more than once."""
    return frozenset(name for name, count in Counter(names).items() if count > 1)
