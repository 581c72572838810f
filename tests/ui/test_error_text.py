"""Every error has words that an operator understands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from camwatch import errors
from camwatch.auth.permissions import Permission
from camwatch.domain import Reason
from camwatch.errors import CamWatchError
from camwatch.ui.error_text import (
    _TEXTS,
    field_sentence,
    locked_out_text,
    permission_words,
    reason_sentence,
    text_for,
    wait_words,
)

NOW = datetime(2026, 5, 4, 8, 0, tzinfo=UTC)

EXAMPLES: dict[type[CamWatchError], CamWatchError] = {
    errors.InvalidSetting: errors.InvalidSetting("port", "is missing"),
    errors.InvalidSettings: errors.InvalidSettings([errors.InvalidSetting("port", "is missing")]),
    errors.LockedOut: errors.LockedOut(NOW + timedelta(seconds=30)),
    errors.BadCredentials: errors.BadCredentials(),
    errors.SessionExpired: errors.SessionExpired(),
    errors.SessionLocked: errors.SessionLocked(),
    errors.PasswordNeeded: errors.PasswordNeeded(),
    errors.MoreNeeded: errors.MoreNeeded(errors.SignInStep.CODE, "t"),
    errors.LoginServiceError: errors.LoginServiceError(errors.LoginFault.TIMEOUT),
    errors.DeliveryError: errors.DeliveryError(errors.DeliveryFault.TRY_LATER, "451 greylisted"),
    errors.PermissionDenied: errors.PermissionDenied("edit_cameras"),
    errors.NotFound: errors.NotFound("camera Gate"),
    errors.CameraError: errors.CameraError(Reason.BUSY, "HTTP 503"),
    errors.SecretsUnavailable: errors.SecretsUnavailable("The keyring is locked."),
    errors.SecretsLocked: errors.SecretsLocked("The keyring is locked."),
    errors.VaultLocked: errors.VaultLocked(),
    errors.VaultUnfit: errors.VaultUnfit(Path("vault.bin"), "is cut off"),
    errors.VaultOlder: errors.VaultOlder(Path("vault.bin")),
    errors.WrongPassphrase: errors.WrongPassphrase(),
    errors.ModelError: errors.ModelError(None, "x"),
    errors.ModelMissing: errors.ModelMissing(Path("nanodet.onnx"), "x"),
    errors.ModelUnfit: errors.ModelUnfit(Path("nanodet.onnx"), "x"),
    errors.ModelHangs: errors.ModelHangs(2.3),
    errors.GivenUp: errors.GivenUp(),
    errors.ChangedMeanwhile: errors.ChangedMeanwhile("Gate"),
    errors.PasswordsUncertain: errors.PasswordsUncertain(["Gate", "Hall", "Roof"]),
    errors.DatabaseAway: errors.DatabaseAway("No server answers.", "See that it runs."),
    errors.DatabaseRefuses: errors.DatabaseRefuses("It is full.", "Ask its administrator."),
    errors.OwnModelMissing: errors.OwnModelMissing("gate-yolox"),
    errors.OwnModelUnfit: errors.OwnModelUnfit(Path("gate.onnx"), "is cut off"),
    errors.UnexpectedError: errors.UnexpectedError("3f2a"),
}


def family(kind: type[CamWatchError]) -> Iterator[type[CamWatchError]]:
    """All errors of the shared tree; a room's own refinements get the words of their family."""
    if kind.__module__ == errors.__name__:
        yield kind
    for child in kind.__subclasses__():
        yield from family(child)


def is_prose(text: str) -> bool:
    """Whole sentences: a capital first, a full stop last, no leftovers of a template."""
    return bool(re.fullmatch(r"[A-Z0-9“].*[.!?]", text)) and not re.search(r"[{}_]|  | \.", text)


@pytest.mark.parametrize("kind", sorted(family(CamWatchError), key=str))
def test_every_error_has_words_of_its_own(kind: type[CamWatchError]) -> None:
    error = EXAMPLES.get(kind) or kind("told for the log only")
    assert kind in _TEXTS, f"{kind.__name__} has no words"
    words = text_for(error, now=NOW)
    assert words.error_id == error.error_id
    assert re.fullmatch(r"[A-Z][^.]*", words.title)
    assert is_prose(words.sentence), words.sentence
    assert not words.what_to_do or is_prose(words.what_to_do), words.what_to_do
    assert "told for the log" not in words.whole


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_of_a_camera_has_words(reason: Reason) -> None:
    words = text_for(errors.CameraError(reason, "HTTP 500"))
    assert is_prose(words.sentence)
    assert "(HTTP 500)" in words.sentence
    assert reason_sentence(reason, "").endswith(".")


@pytest.mark.parametrize("fault", list(errors.DeliveryFault))
def test_every_way_in_which_a_message_reaches_nobody_has_words_of_its_own(
    fault: errors.DeliveryFault,
) -> None:
    words = text_for(errors.DeliveryError(fault, "told by the other side"))
    assert re.fullmatch(r"[A-Z][^.]*", words.title)
    assert is_prose(words.sentence), words.sentence
    assert is_prose(words.what_to_do), words.what_to_do
    # Its own words are plain text of somebody else: they are shown apart.
    assert "told by the other side" not in words.whole
    others = [text_for(errors.DeliveryError(one)).title for one in errors.DeliveryFault]
    assert others.count(words.title) == 1


def test_every_permission_can_be_named() -> None:
    said = {permission_words(permission.value) for permission in Permission}
    assert len(said) == len(Permission)
    assert "do this" not in said
    assert permission_words("fly") == "do this"


def test_a_lock_counts_down_in_words() -> None:
    until = NOW + timedelta(seconds=65)
    assert "1 minute 5 seconds" in locked_out_text(until, NOW)
    assert "28 seconds" in locked_out_text(until, NOW + timedelta(seconds=37))
    assert "1 second." in locked_out_text(until, NOW + timedelta(seconds=64.5))
    assert "1 second." in locked_out_text(until, until)
    assert wait_words(120) == "2 minutes"


def test_a_lock_says_its_end_on_this_computers_clock() -> None:
    until = NOW + timedelta(seconds=30)
    assert f"{until.astimezone():%H:%M:%S}" in text_for(errors.LockedOut(until), now=NOW).what_to_do


def test_fields_are_named_as_in_the_form() -> None:
    problem = errors.InvalidSetting("snapshot_path", "must start with /")
    assert field_sentence(problem) == "The path of the snapshot must start with /."
    several = errors.InvalidSettings([problem, errors.InvalidSetting("name", "is missing")], "Gate")
    assert text_for(several).sentence.endswith("The name is missing.")
    in_file = errors.InvalidSetting("cameras.snapshot_timeout_s", "must be above 0")
    assert field_sentence(in_file) == "“cameras.snapshot_timeout_s” must be above 0."


def test_a_kind_without_words_gets_those_of_its_family() -> None:
    class TornApart(errors.StorageError):
        pass

    assert text_for(TornApart("x")).title == text_for(errors.StorageError("x")).title
