"""Which cameras a command is about, so that operators of some sites meet only theirs.

Each command is judged by the types in its signature: a `CameraId` is a camera, a
`Sequence[NewCamera]` brings sites, a `list[Camera]` is made shorter. A type that is not
listed here is not judged, and the command is refused to who does not see all sites;
a test names it. What a type does not tell, the command says in `needs(about=...)`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from camwatch.auth.permissions import WHOLE_PROGRAM, OperatorRole, Permission
from camwatch.commands.sight_rules import (
    ARGUMENTS,
    BY_ARGUMENT,
    HARMLESS,
    RESULTS,
    Filter,
    Judge,
    Sight,
)

_HARMLESS_TEXTS = frozenset(
    {"fingerprint", "token", "comment", "owner", "how", "to_name", "zone", "reason"}
)


@dataclass(frozen=True, slots=True)
class About:
    """What the types of a command's signature do not tell.

    Attributes:
        why: Set: the command is of no camera, or looks itself who sees what; and how.
        arguments: How arguments are judged, by their name.
    """

    why: str = ""
    arguments: Mapping[str, Judge] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Declaration:
    """How a command is judged.

    Attributes:
        signature: Of the method, with its `self`.
        judges: Of the arguments, by their name.
        result: What is left of the result; None lets it pass.
        why_not: Set: it is not judged, and why that is right.
        unknown: Of which parts nothing is known; one is enough to refuse the command.
    """

    signature: inspect.Signature
    judges: Mapping[str, Judge]
    result: Filter | None
    why_not: str
    unknown: tuple[str, ...]


def declare(method: Callable[..., object], permission: Permission, about: About) -> Declaration:
    """Find out from a command's signature how it is judged."""
    signature = inspect.signature(method)
    why_not = about.why
    if permission in WHOLE_PROGRAM:
        why_not = "only who sees all sites has its permission"
    if why_not:
        return Declaration(signature, {}, None, why_not, ())
    judges: dict[str, Judge] = {}
    unknown = []
    for name, parameter in list(signature.parameters.items())[2:]:
        kind = _text(parameter.annotation)
        if (judge := about.arguments.get(name) or ARGUMENTS.get(kind)) is not None:
            judges[name] = judge
        elif kind not in HARMLESS and not (kind == "str" and name in _HARMLESS_TEXTS):
            unknown.append(f"{name}: {kind}")
    kind = _text(signature.return_annotation)
    if kind not in RESULTS and kind != "None" and not (judges and kind in BY_ARGUMENT):
        unknown.append(f"-> {kind}")
    return Declaration(signature, judges, RESULTS.get(kind), "", tuple(unknown))


def _text(annotation: object) -> str:
    return annotation if isinstance(annotation, str) else getattr(annotation, "__name__", "")


def judged_arguments(
    declaration: Declaration, sight: Sight, role: OperatorRole, bound: inspect.BoundArguments
) -> None:
    """Judge a command's arguments, and put in what None stands for with this role.

    Raises:
        NotFound: One is of a camera that the role does not see, or there is no such thing.
        InvalidSetting: A camera would come to a site that the role does not see.
        StorageError: It cannot be found out, so nobody is let through.
    """
    bound.apply_defaults()
    for name, judge in declaration.judges.items():
        bound.arguments[name] = judge(sight, role, bound.arguments[name])


def judged_result(declaration: Declaration, sight: Sight, role: OperatorRole, result: Any) -> Any:
    """Return what the role sees of a command's result."""
    return result if declaration.result is None else declaration.result(sight, role, result)
