"""The one place where errors become words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
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
from camwatch.language import marked, table, tr
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


_FIELDS: Mapping[str, str] = table(
    lambda: {
        "name": tr("The name"),
        "passphrase": tr("The passphrase"),
        "location": tr("The location"),
        "site": tr("The site"),
        "sites": tr("The sites"),
        "user": tr("The user"),
        "role": tr("The role"),
        "instead": tr("The role instead of it"),
        "permissions": tr("The permissions"),
        "address": tr("The address"),
        "host": tr("The address"),
        "port": tr("The port"),
        "ports": tr("The ports"),
        "networks": tr("The networks"),
        "scheme": tr("The protocol"),
        "base_path": tr("The base path"),
        "snapshot_path": tr("The path of the snapshot"),
        "status_path": tr("The path of the status"),
        "kind": tr("The kind of camera"),
        "stream_path": tr("The path of the stream"),
        "main_path": tr("The path of the full picture"),
        "transport": tr("The transport"),
        "device": tr("The device"),
        "hardware_id": tr("The serial number"),
        "onvif_scheme": tr("The protocol of ONVIF"),
        "onvif_port": tr("The port of ONVIF"),
        "onvif_path": tr("The path of ONVIF"),
        "pin": tr("The fingerprint of the certificate"),
        "username": tr("The user name"),
        "password": tr("The password"),
        "until": tr("The moment"),
        "since": tr("The moment"),
        "reason": tr("The reason"),
        "owner": tr("The owner"),
        "lock_after_min": tr("The time until CamWatch locks itself"),
        "session_hours": tr("The longest session"),
        "offline_hours": tr("The time without the login service"),
        "interval_s": tr("The time between two pictures"),
        "export_end": tr("The end"),
        "export_cameras": tr("Cameras"),
        "file_kind": tr("This kind of file"),
        "send": tr("Sending"),
        "corrected_start": tr("The start"),
        "corrected_end": tr("The end"),
        "corrected_kind": tr("The kind of correction"),
        "inwards": tr("The number inwards"),
        "outwards": tr("The number outwards"),
        "why": tr("The reason"),
        "time_zone": tr("The time zone"),
        "start": tr("The start of the line"),
        "end": tr("The end of the line"),
        "points": tr("The corners"),
        "within_s": tr("The time between both lines"),
        "u_turn_s": tr("The time for turning back"),
        "threshold": tr("The certainty"),
        "recheck_s": tr("The time after which still pictures are searched"),
        "smoothing_s": tr("The time that steadies the shown number"),
        "lines": tr("Lines"),
        "gates": tr("Gates"),
        "zones": tr("Zones"),
        "masks": tr("Masks"),
        "covers": tr("Areas that are never shown"),
        "duration": tr("The time"),
        "privacy": tr("The privacy"),
        "inner": tr("The second line"),
        "camera": tr("The camera"),
        "comment": tr("The comment"),
        "file": tr("The file"),
        "url": tr("The address of the login service"),
        "issuer": tr("The issuer"),
        "audience": tr("The audience"),
        "ca_file": tr("The file of certificates"),
        "roles_claim": tr("The claim with the roles"),
        "mapping": tr("The table of roles"),
        "keys": tr("The trusted keys"),
        "never": tr("Spots at which there is never a person"),
        "tiles": tr("The tiles"),
        "simulated": tr("The simulated camera"),
        "scope": tr("The choice of cameras and places"),
        "drill": tr("The drill"),
        "second_factor": tr("The second factor"),
        "recording": tr("The recording"),
        "pictures": tr("The pictures"),
        "picture": tr("The picture"),
        "history": tr("The history"),
        "workstation": tr("This workstation"),
        "plan": tr("The plan"),
        "plan_uid": tr("The plan"),
        "channel": tr("The channel"),
        "recipients": tr("The recipients"),
        "addresses": tr("The addresses"),
        "at": tr("The moment"),
        "days": tr("The number of days"),
        "pdf": tr("The report"),
    }
)
"""Fields of forms as they stand in a sentence; settings of the file keep their own names."""

_PERMISSIONS: Mapping[Permission, str] = table(
    lambda: {
        Permission.VIEW_CAMERAS: tr("see the cameras"),
        Permission.VIEW_COUNTS: tr("see the counts"),
        Permission.VIEW_CAMERA_STATES: tr("see what happened to the cameras"),
        Permission.EDIT_CAMERAS: tr("add, change or remove cameras"),
        Permission.VIEW_AUDIT: tr("see who did what"),
        Permission.EDIT_SCENES: tr("draw lines and zones"),
        Permission.VIEW_ACCURACY: tr("see how right the counts are"),
        Permission.AUDIT_ACCURACY: tr("audit how right the counts are"),
        Permission.CHOOSE_MODEL: tr("choose the model that counts"),
        Permission.MOVE_CAMERAS: tr("move cameras"),
        Permission.SAVE_PICTURES: tr("save pictures"),
        Permission.MANAGE_OPERATORS: tr("manage users and roles"),
        Permission.MANAGE_SECURITY: tr("change how people sign in"),
        Permission.VIEW_ALERTS: tr("see alerts"),
        Permission.HANDLE_ALERTS: tr("acknowledge and shelve alerts"),
        Permission.EDIT_RULES: tr("change rules of alerts"),
        Permission.MANAGE_CHANNELS: tr("set up whom alerts are sent to"),
        Permission.EXPORT_HISTORY: tr("take numbers out as files and reports"),
        Permission.CORRECT_COUNTS: tr("correct numbers that were counted wrongly"),
        Permission.MANAGE_HISTORY: tr("manage where and how long the history is kept"),
        Permission.ARRANGE_WALLS: tr("save own walls of tiles"),
        Permission.SHARE_WALLS: tr("share walls of tiles with everybody"),
        Permission.VIEW_HEALTH: tr("see how CamWatch itself is doing"),
        Permission.MANAGE_SETTINGS: tr("change the program's settings"),
        Permission.LIFT_PRIVACY: tr("lift the privacy of cameras, or let it hide less"),
    }
)

_LOG = marked(
    "If it happens again, tell your administrator the error's number; it stands in the log."
)
_NOT_COUNTED = marked("With this model nobody is counted; pictures are shown all the same.")
_COUNTS_ON = marked("Put it right, or choose another file. The model in use counts on as before.")
_MOST_NAMES = 10
_SIGN_IN_AGAIN = marked("Please sign in again.")


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
    return _PERMISSIONS[Permission(permission)] if permission in known else tr("do this")


def wait_words(seconds: float) -> str:
    """Say how long to wait: "28 seconds", "1 minute 5 seconds"; at least one second."""
    minutes, rest = divmod(max(int(seconds + 0.999), 1), 60)
    parts = []
    if minutes:
        parts.append(tr("1 minute") if minutes == 1 else tr("{count:,} minutes", count=minutes))
    if rest:
        parts.append(tr("1 second") if rest == 1 else tr("{count:,} seconds", count=rest))
    return " ".join(parts)


def locked_out_text(until: datetime, now: datetime) -> str:
    """Say how long an account still rests; both moments UTC."""
    wait = wait_words((until - now).total_seconds())
    return tr("There were too many wrong passwords. You can try again in {wait}.", wait=wait)


def reason_sentence(reason: Reason, detail: str = "") -> str:
    """Say why a camera gives no picture, with its facts: "It is busy (HTTP 503)."."""
    short = REASONS[reason].short or tr("the camera gave no reason")
    return _sentence(f"{short} ({detail})" if detail else short)


_Words = tuple[str, str, str]


def _plain(title: str, sentence: str, what_to_do: str = "") -> Callable[[Any, datetime], _Words]:
    return lambda _error, _now: (title, sentence, what_to_do)


def _listed(names: Sequence[str]) -> str:
    """Name the first of them, and how many more there are."""
    quoted = [f"“{name}”" for name in names[:_MOST_NAMES]]
    if len(names) > _MOST_NAMES:
        quoted.append(tr("{value} more", value=len(names) - _MOST_NAMES))
    return tr(" and ").join(filter(None, (", ".join(quoted[:-1]), quoted[-1])))


def _locked_out(error: LockedOut, now: datetime) -> _Words:
    at = f"{error.until.astimezone():%H:%M:%S}"
    return (
        tr("Signing in is locked for a while"),
        locked_out_text(error.until, now),
        tr("That is at {at}. A right password is not accepted before.", at=at),
    )


def _camera(error: CameraError, _now: datetime) -> _Words:
    return (
        tr("The camera gives no picture"),
        reason_sentence(error.reason, error.detail),
        REASONS[error.reason].advice,
    )


def _invalid(error: InvalidSettings, _now: datetime) -> _Words:
    where = tr(" in {source}", source=error.source) if error.source else ""
    return (
        tr("Some values{where} cannot be used", where=where),
        " ".join(field_sentence(problem) for problem in error.problems),
        tr("Please correct them and try again."),
    )


_NEW_VAULT = marked(
    "If that cannot be put right, move the file away, make a new vault, and enter the passwords "
    "again."
)
_OLDER_VAULT = marked(
    "Passwords that were changed since are missing in it. If you did not put it there yourself, "
    "somebody else may have: put the newest copy in its place."
)

_TEXTS: Mapping[type[CamWatchError], Callable[[Any, datetime], _Words]] = table(
    lambda: {
        InvalidSetting: lambda error, _now: (
            tr("A value cannot be used"),
            field_sentence(error),
            tr("Please correct it and try again."),
        ),
        InvalidSettings: _invalid,
        BadCredentials: _plain(
            tr("Signing in did not work"),
            tr("The user name or the password is wrong."),
            tr("Check both, and whether Caps Lock is on."),
        ),
        LockedOut: _locked_out,
        SessionLocked: _plain(
            tr("CamWatch is locked"),
            tr("Nothing was changed."),
            tr("Enter your password to unlock it."),
        ),
        PasswordNeeded: _plain(
            tr("This needs your password"),
            tr("It was not entered, so nothing was done."),
            tr("Do it again whenever you like; you are asked for your password then."),
        ),
        MoreNeeded: _plain(
            tr("Signing in takes one more step"),
            tr("Your password was right."),
            tr("Follow what the window for signing in asks for."),
        ),
        LoginServiceError: lambda error, _now: login_service_words(error),
        DeliveryError: lambda error, _now: delivery_words(error),
        SessionExpired: _plain(
            tr("Your session has ended"), tr("You are signed out."), tr(_SIGN_IN_AGAIN)
        ),
        PermissionDenied: lambda error, _now: (
            tr("Your role does not allow this"),
            tr(
                "You may not {permission_words}.",
                permission_words=permission_words(error.permission),
            ),
            tr("Ask an administrator to do it, or to give you another role."),
        ),
        NotFound: lambda error, _now: (
            tr("It is gone"),
            _sentence(tr("{what} no longer exists", what=error.what)),
            tr("Somebody has removed it meanwhile."),
        ),
        ChangedMeanwhile: lambda error, _now: (
            tr("It was changed meanwhile"),
            tr(
                "Somebody else has changed “{name}” at the same time, so nothing was changed.",
                name=error.name,
            ),
            tr("Look at it again, and repeat your change if it is still wanted."),
        ),
        GivenUp: _plain(
            tr("Given up"), tr("You did not wait for the end, so nothing was changed.")
        ),
        UserError: _plain(tr("This cannot be done"), tr("What was entered cannot be used.")),
        CameraError: _camera,
        SecretsUnavailable: lambda error, _now: (
            tr("Passwords cannot be kept safely on this computer"),
            _sentence(str(error)),
            "",
        ),
        SecretsLocked: lambda error, _now: (
            tr("The keyring is locked or does not answer"),
            _sentence(str(error)),
            "",
        ),
        VaultLocked: lambda error, _now: (
            tr("The vault is locked"),
            _sentence(str(error)),
            tr("Its passphrase opens it until CamWatch closes."),
        ),
        VaultUnfit: lambda error, _now: (
            tr("The vault cannot be used"),
            _sentence(tr("The vault {path} {reason}", path=error.path, reason=error.reason)),
            tr(_NEW_VAULT),
        ),
        VaultOlder: lambda error, _now: (
            tr("The vault is an older copy"),
            _sentence(tr("The vault {path} {reason}", path=error.path, reason=error.reason)),
            tr(_OLDER_VAULT),
        ),
        WrongPassphrase: _plain(
            tr("The passphrase is wrong"),
            tr("This is not the passphrase of the vault."),
            tr("Try again; capitals and blanks count."),
        ),
        PasswordsUncertain: lambda error, _now: (
            tr("The keyring did not take back all passwords"),
            tr(
                "The change was not made, but {listed} may have the new password now.",
                listed=_listed(error.names),
            ),
            tr(
                "Unlock the keyring, and enter their passwords again. The audit log names them all."
            ),
        ),
        ModelMissing: lambda error, _now: (
            tr("People cannot be counted"),
            tr("The model file {value} is missing.", value=error.path)
            if error.path
            else tr("The model file is missing."),
            tr("Install CamWatch again. Until then pictures are shown, but nobody is counted."),
        ),
        ModelUnfit: lambda error, _now: (
            tr("People cannot be counted"),
            tr("The model file {value} is damaged.", value=error.path)
            if error.path
            else tr("The model file is damaged."),
            tr("Install CamWatch again. Until then pictures are shown, but nobody is counted."),
        ),
        ModelHangs: _plain(
            tr("People cannot be counted"),
            tr("Searching pictures for people hung several times within a minute."),
            tr(
                "Start CamWatch again. If it happens again, choose another model. Until then pictures "
                "are shown, but nobody is counted."
            ),
        ),
        OwnModelMissing: lambda error, _now: (
            tr("The model is missing"),
            tr("There is no model “{name}” in the models folder.", name=error.name),
            tr(
                "Put its file back, or choose another one. {not_counted}",
                not_counted=tr(_NOT_COUNTED),
            ),
        ),
        OwnModelUnfit: lambda error, _now: (
            tr("The model cannot be used"),
            _sentence(tr("The model {name} {reason}", name=error.path.name, reason=error.reason)),
            tr("Put it right, or choose another one. {not_counted}", not_counted=tr(_NOT_COUNTED)),
        ),
        ModelError: _plain(
            tr("People cannot be counted"),
            tr("The model cannot be used."),
            tr("Install CamWatch again. Until then pictures are shown, but nobody is counted."),
        ),
        DatabaseBusy: _plain(
            tr("The database is in use"),
            tr("Another program is using the history."),
            tr("Close other programs that use it, and try again."),
        ),
        DatabaseSlow: _plain(
            tr("The database is too slow"),
            tr("It did not do what it was asked within five seconds."),
            tr("Try again in a moment, or ask for a shorter time."),
        ),
        DatabaseRefuses: lambda error, _now: (
            tr("The password of the database server cannot be read")
            if isinstance(error.__cause__, SecretsUnavailable)
            else tr("The database server refuses"),
            error.happened,
            error.remedy,
        ),
        DatabaseAway: lambda error, _now: (
            tr("The database server is away"),
            error.happened,
            error.remedy,
        ),
        DatabaseDamaged: _plain(
            tr("The database is damaged"),
            tr("Parts of its file cannot be read."),
            tr("Close CamWatch and start it again: it then offers what can be done."),
        ),
        DatabaseGone: _plain(
            tr("The file of the history is gone"),
            tr("It was deleted, moved or replaced while CamWatch was running."),
            tr("Put the same file back; to go on with another one, restart CamWatch."),
        ),
        DatabaseTooNew: _plain(
            tr("The database is of a newer CamWatch"),
            tr("A newer version of CamWatch wrote it, and this one would spoil it."),
            tr("Install the newer version."),
        ),
        DatabaseReadOnly: _plain(
            tr("The database cannot be written"),
            tr("Its file or its folder may not be written."),
            tr("Ask your administrator for the right to write it."),
        ),
        DiskFull: _plain(
            tr("The disk is full"),
            tr("There is no room left for the history."),
            tr("Make room on the disk. CamWatch goes on by itself then."),
        ),
        DiskFailing: _plain(
            tr("The disk may be failing"),
            tr("It reported an error while the history was read or written."),
            tr("Check the disk and its cable, and make a copy of the history on another one."),
        ),
        FilesDiskFull: _plain(
            tr("The disk is full"),
            tr("There is no room left for the pictures of an audit."),
            tr("Make room on the disk, or delete recordings that nobody needs."),
        ),
        FilesTroubled: _plain(
            tr("The files of an audit cannot be used"),
            tr("They cannot be read or written."),
            tr("Look at the disk and the folder “audits” of the profile. {log}", log=tr(_LOG)),
        ),
        StorageError: _plain(
            tr("The database cannot be used"),
            tr("It cannot be read or written."),
            tr("Try again in a moment. {log}", log=tr(_LOG)),
        ),
        ExternalError: _plain(
            tr("Something outside does not work"), tr("It did not answer."), tr(_LOG)
        ),
        UnexpectedError: _plain(
            tr("Something went wrong in CamWatch"),
            tr("This is a fault of the program, not yours. What you entered is still there."),
            tr(_LOG),
        ),
        CamWatchError: _plain(tr("Something went wrong"), tr("It could not be done."), tr(_LOG)),
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
    return replace(text, what_to_do=tr(_COUNTS_ON)) if isinstance(error, OwnModelUnfit) else text


def told(error: CamWatchError) -> str:
    """Return an error as one line, with its number in the log."""
    text = text_for(error)
    return tr(
        "{title}. {whole} (Error {error_id})",
        title=text.title,
        whole=text.whole,
        error_id=text.error_id,
    )
