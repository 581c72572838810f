"""The one place where errors become words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from camwatch.auth.permissions import Permission
from camwatch.domain import Reason, utc_now
from camwatch.errors import (
    BadCredentials,
    CameraError,
    CamWatchError,
    ChangedMeanwhile,
    DatabaseAway,
    DatabaseBusy,
    DatabaseDamaged,
    DatabaseGone,
    DatabaseReadOnly,
    DatabaseRefuses,
    DatabaseSlow,
    DatabaseTooNew,
    DeliveryError,
    DiskFailing,
    DiskFull,
    ExternalError,
    FilesDiskFull,
    FilesTroubled,
    GivenUp,
    InvalidSetting,
    InvalidSettings,
    LockedOut,
    LoginServiceError,
    ModelError,
    ModelHangs,
    ModelMissing,
    ModelUnfit,
    MoreNeeded,
    NotFound,
    OwnModelMissing,
    OwnModelUnfit,
    PasswordNeeded,
    PasswordsUncertain,
    PermissionDenied,
    SecretsLocked,
    SecretsUnavailable,
    SessionExpired,
    SessionLocked,
    StorageError,
    UnexpectedError,
    UserError,
    VaultLocked,
    VaultOlder,
    VaultUnfit,
    WrongPassphrase,
)
from camwatch.ui.delivery_words import delivery_words
from camwatch.ui.login_service_words import login_service_words
from camwatch.ui.words import REASONS


@dataclass(frozen=True, slots=True)
class ErrorText:
    """What an operator reads when something went wrong; plain text, not HTML.

    Attributes:
        title: A few words, without a full stop.
        sentence: What happened.
        what_to_do: What helps; empty where the sentence says it all.
        error_id: Stands in the log too, so that the place can be found there.
    """

    title: str
    sentence: str
    what_to_do: str
    error_id: str

    @property
    def whole(self) -> str:
        """Both sentences in one line."""
        return f"{self.sentence} {self.what_to_do}".strip()


_FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "name": "The name",
        "passphrase": "The passphrase",
        "location": "The location",
        "site": "The site",
        "sites": "The sites",
        "user": "The user",
        "role": "The role",
        "instead": "The role instead of it",
        "permissions": "The permissions",
        "address": "The address",
        "host": "The address",
        "port": "The port",
        "ports": "The ports",
        "networks": "The networks",
        "scheme": "The protocol",
        "base_path": "The base path",
        "snapshot_path": "The path of the snapshot",
        "status_path": "The path of the status",
        "kind": "The kind of camera",
        "stream_path": "The path of the stream",
        "main_path": "The path of the full picture",
        "transport": "The transport",
        "device": "The device",
        "hardware_id": "The serial number",
        "onvif_scheme": "The protocol of ONVIF",
        "onvif_port": "The port of ONVIF",
        "onvif_path": "The path of ONVIF",
        "pin": "The fingerprint of the certificate",
        "username": "The user name",
        "password": "The password",
        "until": "The moment",
        "since": "The moment",
        "reason": "The reason",
        "owner": "The owner",
        "lock_after_min": "The time until CamWatch locks itself",
        "session_hours": "The longest session",
        "offline_hours": "The time without the login service",
        "interval_s": "The time between two pictures",
        "export_end": "The end",
        "export_cameras": "Cameras",
        "file_kind": "This kind of file",
        "send": "Sending",
        "corrected_start": "The start",
        "corrected_end": "The end",
        "corrected_kind": "The kind of correction",
        "inwards": "The number inwards",
        "outwards": "The number outwards",
        "why": "The reason",
        "time_zone": "The time zone",
        "start": "The start of the line",
        "end": "The end of the line",
        "points": "The corners",
        "within_s": "The time between both lines",
        "u_turn_s": "The time for turning back",
        "threshold": "The certainty",
        "recheck_s": "The time after which still pictures are searched",
        "smoothing_s": "The time that steadies the shown number",
        "lines": "Lines",
        "gates": "Gates",
        "zones": "Zones",
        "masks": "Masks",
        "covers": "Areas that are never shown",
        "duration": "The time",
        "privacy": "The privacy",
        "inner": "The second line",
        "camera": "The camera",
        "comment": "The comment",
        "file": "The file",
        "url": "The address of the login service",
        "issuer": "The issuer",
        "audience": "The audience",
        "ca_file": "The file of certificates",
        "roles_claim": "The claim with the roles",
        "mapping": "The table of roles",
        "keys": "The trusted keys",
        "never": "Spots at which there is never a person",
    }
)
"""Fields of forms as they stand in a sentence; settings of the file keep their own names."""

_PERMISSIONS: Mapping[Permission, str] = MappingProxyType(
    {
        Permission.VIEW_CAMERAS: "see the cameras",
        Permission.VIEW_COUNTS: "see the counts",
        Permission.VIEW_CAMERA_STATES: "see what happened to the cameras",
        Permission.EDIT_CAMERAS: "add, change or remove cameras",
        Permission.VIEW_AUDIT: "see who did what",
        Permission.EDIT_SCENES: "draw lines and zones",
        Permission.VIEW_ACCURACY: "see how right the counts are",
        Permission.AUDIT_ACCURACY: "audit how right the counts are",
        Permission.CHOOSE_MODEL: "choose the model that counts",
        Permission.MOVE_CAMERAS: "move cameras",
        Permission.SAVE_PICTURES: "save pictures",
        Permission.MANAGE_OPERATORS: "manage users and roles",
        Permission.MANAGE_SECURITY: "change how people sign in",
        Permission.VIEW_ALERTS: "see alerts",
        Permission.HANDLE_ALERTS: "acknowledge and shelve alerts",
        Permission.EDIT_RULES: "change rules of alerts",
        Permission.MANAGE_CHANNELS: "set up whom alerts are sent to",
        Permission.EXPORT_HISTORY: "take numbers out as files and reports",
        Permission.CORRECT_COUNTS: "correct numbers that were counted wrongly",
        Permission.MANAGE_HISTORY: "manage where and how long the history is kept",
        Permission.LIFT_PRIVACY: "lift the privacy of cameras, or let it hide less",
    }
)

_LOG = "If it happens again, tell your administrator the error's number; it stands in the log."
_NOT_COUNTED = "With this model nobody is counted; pictures are shown all the same."
_COUNTS_ON = "Put it right, or choose another file. The model in use counts on as before."
_MOST_NAMES = 10
_SIGN_IN_AGAIN = "Please sign in again."


def _sentence(text: str) -> str:
    """Make a sentence of a reason: a capital at its start, a full stop at its end."""
    text = text.strip()
    if not text:
        return ""
    return f"{text[0].upper()}{text[1:]}" + ("" if text[-1] in ".!?" else ".")


def field_sentence(problem: InvalidSetting) -> str:
    """Say what is wrong with a field, as it stands under it: "The port is needed."."""
    name = _FIELDS.get(problem.field, f"“{problem.field}”")
    return _sentence(f"{name} {problem.reason}")


def permission_words(permission: str) -> str:
    """Say what a permission allows, to go after "may"."""
    known = Permission.__members__.values()
    return _PERMISSIONS[Permission(permission)] if permission in known else "do this"


def wait_words(seconds: float) -> str:
    """Say how long to wait: "28 seconds", "1 minute 5 seconds"; at least one second."""
    minutes, rest = divmod(max(int(seconds + 0.999), 1), 60)
    parts = [(minutes, "minute"), (rest, "second")]
    return " ".join(f"{n} {unit}{'' if n == 1 else 's'}" for n, unit in parts if n)


def locked_out_text(until: datetime, now: datetime) -> str:
    """Say how long an account still rests; both moments UTC."""
    wait = wait_words((until - now).total_seconds())
    return f"There were too many wrong passwords. You can try again in {wait}."


def reason_sentence(reason: Reason, detail: str = "") -> str:
    """Say why a camera gives no picture, with its facts: "It is busy (HTTP 503)."."""
    short = REASONS[reason].short or "the camera gave no reason"
    return _sentence(f"{short} ({detail})" if detail else short)


_Words = tuple[str, str, str]


def _plain(title: str, sentence: str, what_to_do: str = "") -> Callable[[Any, datetime], _Words]:
    return lambda _error, _now: (title, sentence, what_to_do)


def _listed(names: Sequence[str]) -> str:
    """Name the first of them, and how many more there are."""
    quoted = [f"“{name}”" for name in names[:_MOST_NAMES]]
    if len(names) > _MOST_NAMES:
        quoted.append(f"{len(names) - _MOST_NAMES} more")
    return " and ".join(filter(None, (", ".join(quoted[:-1]), quoted[-1])))


def _locked_out(error: LockedOut, now: datetime) -> _Words:
    at = f"{error.until.astimezone():%H:%M:%S}"
    return (
        "Signing in is locked for a while",
        locked_out_text(error.until, now),
        f"That is at {at}. A right password is not accepted before.",
    )


def _camera(error: CameraError, _now: datetime) -> _Words:
    return (
        "The camera gives no picture",
        reason_sentence(error.reason, error.detail),
        REASONS[error.reason].advice,
    )


def _invalid(error: InvalidSettings, _now: datetime) -> _Words:
    where = f" in {error.source}" if error.source else ""
    return (
        f"Some values{where} cannot be used",
        " ".join(field_sentence(problem) for problem in error.problems),
        "Please correct them and try again.",
    )


_NEW_VAULT = (
    "If that cannot be put right, move the file away, make a new vault, and enter the passwords "
    "again."
)
_OLDER_VAULT = (
    "Passwords that were changed since are missing in it. If you did not put it there yourself, "
    "somebody else may have: put the newest copy in its place."
)

_TEXTS: Mapping[type[CamWatchError], Callable[[Any, datetime], _Words]] = MappingProxyType(
    {
        InvalidSetting: lambda error, _now: (
            "A value cannot be used",
            field_sentence(error),
            "Please correct it and try again.",
        ),
        InvalidSettings: _invalid,
        BadCredentials: _plain(
            "Signing in did not work",
            "The user name or the password is wrong.",
            "Check both, and whether Caps Lock is on.",
        ),
        LockedOut: _locked_out,
        SessionLocked: _plain(
            "CamWatch is locked", "Nothing was changed.", "Enter your password to unlock it."
        ),
        PasswordNeeded: _plain(
            "This needs your password",
            "It was not entered, so nothing was done.",
            "Do it again whenever you like; you are asked for your password then.",
        ),
        MoreNeeded: _plain(
            "Signing in takes one more step",
            "Your password was right.",
            "Follow what the window for signing in asks for.",
        ),
        LoginServiceError: lambda error, _now: login_service_words(error),
        DeliveryError: lambda error, _now: delivery_words(error),
        SessionExpired: _plain("Your session has ended", "You are signed out.", _SIGN_IN_AGAIN),
        PermissionDenied: lambda error, _now: (
            "Your role does not allow this",
            f"You may not {permission_words(error.permission)}.",
            "Ask an administrator to do it, or to give you another role.",
        ),
        NotFound: lambda error, _now: (
            "It is gone",
            _sentence(f"{error.what} no longer exists"),
            "Somebody has removed it meanwhile.",
        ),
        ChangedMeanwhile: lambda error, _now: (
            "It was changed meanwhile",
            f"Somebody else has changed “{error.name}” at the same time, so nothing was changed.",
            "Look at it again, and repeat your change if it is still wanted.",
        ),
        GivenUp: _plain("Given up", "You did not wait for the end, so nothing was changed."),
        UserError: _plain("This cannot be done", "What was entered cannot be used."),
        CameraError: _camera,
        SecretsUnavailable: lambda error, _now: (
            "Passwords cannot be kept safely on this computer",
            _sentence(str(error)),
            "",
        ),
        SecretsLocked: lambda error, _now: (
            "The keyring is locked or does not answer",
            _sentence(str(error)),
            "",
        ),
        VaultLocked: lambda error, _now: (
            "The vault is locked",
            _sentence(str(error)),
            "Its passphrase opens it until CamWatch closes.",
        ),
        VaultUnfit: lambda error, _now: (
            "The vault cannot be used",
            _sentence(f"The vault {error.path} {error.reason}"),
            _NEW_VAULT,
        ),
        VaultOlder: lambda error, _now: (
            "The vault is an older copy",
            _sentence(f"The vault {error.path} {error.reason}"),
            _OLDER_VAULT,
        ),
        WrongPassphrase: _plain(
            "The passphrase is wrong",
            "This is not the passphrase of the vault.",
            "Try again; capitals and blanks count.",
        ),
        PasswordsUncertain: lambda error, _now: (
            "The keyring did not take back all passwords",
            f"The change was not made, but {_listed(error.names)} may have the new password now.",
            "Unlock the keyring, and enter their passwords again. The audit log names them all.",
        ),
        ModelMissing: lambda error, _now: (
            "People cannot be counted",
            f"The model file {error.path or ''} is missing.".replace("  ", " "),
            "Install CamWatch again. Until then pictures are shown, but nobody is counted.",
        ),
        ModelUnfit: lambda error, _now: (
            "People cannot be counted",
            f"The model file {error.path or ''} is damaged.".replace("  ", " "),
            "Install CamWatch again. Until then pictures are shown, but nobody is counted.",
        ),
        ModelHangs: _plain(
            "People cannot be counted",
            "Searching pictures for people hung several times within a minute.",
            "Start CamWatch again. If it happens again, choose another model. Until then pictures "
            "are shown, but nobody is counted.",
        ),
        OwnModelMissing: lambda error, _now: (
            "The model is missing",
            f"There is no model “{error.name}” in the models folder.",
            f"Put its file back, or choose another one. {_NOT_COUNTED}",
        ),
        OwnModelUnfit: lambda error, _now: (
            "The model cannot be used",
            _sentence(f"The model {error.path.name} {error.reason}"),
            f"Put it right, or choose another one. {_NOT_COUNTED}",
        ),
        ModelError: _plain(
            "People cannot be counted",
            "The model cannot be used.",
            "Install CamWatch again. Until then pictures are shown, but nobody is counted.",
        ),
        DatabaseBusy: _plain(
            "The database is in use",
            "Another program is using the history.",
            "Close other programs that use it, and try again.",
        ),
        DatabaseSlow: _plain(
            "The database is too slow",
            "It did not do what it was asked within five seconds.",
            "Try again in a moment, or ask for a shorter time.",
        ),
        DatabaseRefuses: lambda error, _now: (
            "The database server refuses",
            error.happened,
            error.remedy,
        ),
        DatabaseAway: lambda error, _now: (
            "The database server is away",
            error.happened,
            error.remedy,
        ),
        DatabaseDamaged: _plain(
            "The database is damaged",
            "Parts of its file cannot be read.",
            "Close CamWatch and start it again: it then offers what can be done.",
        ),
        DatabaseGone: _plain(
            "The file of the history is gone",
            "It was deleted, moved or replaced while CamWatch was running.",
            "Put the same file back; to go on with another one, restart CamWatch.",
        ),
        DatabaseTooNew: _plain(
            "The database is of a newer CamWatch",
            "A newer version of CamWatch wrote it, and this one would spoil it.",
            "Install the newer version.",
        ),
        DatabaseReadOnly: _plain(
            "The database cannot be written",
            "Its file or its folder may not be written.",
            "Ask your administrator for the right to write it.",
        ),
        DiskFull: _plain(
            "The disk is full",
            "There is no room left for the history.",
            "Make room on the disk. CamWatch goes on by itself then.",
        ),
        DiskFailing: _plain(
            "The disk may be failing",
            "It reported an error while the history was read or written.",
            "Check the disk and its cable, and make a copy of the history on another one.",
        ),
        FilesDiskFull: _plain(
            "The disk is full",
            "There is no room left for the pictures of an audit.",
            "Make room on the disk, or delete recordings that nobody needs.",
        ),
        FilesTroubled: _plain(
            "The files of an audit cannot be used",
            "They cannot be read or written.",
            f"Look at the disk and the folder “audits” of the profile. {_LOG}",
        ),
        StorageError: _plain(
            "The database cannot be used",
            "It cannot be read or written.",
            f"Try again in a moment. {_LOG}",
        ),
        ExternalError: _plain("Something outside does not work", "It did not answer.", _LOG),
        UnexpectedError: _plain(
            "Something went wrong in CamWatch",
            "This is a fault of the program, not yours. What you entered is still there.",
            _LOG,
        ),
        CamWatchError: _plain("Something went wrong", "It could not be done.", _LOG),
    }
)


def text_for(error: CamWatchError, *, now: datetime | None = None) -> ErrorText:
    """Return the words for an error; one of a kind without its own gets those of its family.

    Args:
        error: What went wrong.
        now: The time from which a wait is reckoned, UTC; None is this moment.
    """
    words = next(_TEXTS[kind] for kind in type(error).__mro__ if kind in _TEXTS)
    return ErrorText(*words(error, now or utc_now()), error.error_id)


def trial_text_for(error: CamWatchError) -> ErrorText:
    """Return the words for an error of a model that was only tried, and is not the one in use."""
    text = text_for(error)
    return replace(text, what_to_do=_COUNTS_ON) if isinstance(error, OwnModelUnfit) else text
