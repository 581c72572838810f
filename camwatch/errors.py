"""All that goes wrong on purpose.

CamWatchError                      type                  what it is
├─ UserError                                             the operator can put it right
│    InvalidSetting                validation_error      a field, and why it is refused
│    InvalidSettings               validation_error      several of them at once
│    BadCredentials                authentication_error  user name or password is wrong
│    LockedOut                     authentication_error  too many tries; until when
│    SessionExpired                authentication_error  sign in again
│    SessionLocked                 authentication_error  unlock it first
│    PasswordNeeded                authentication_error  enter the password once more
│    MoreNeeded                    authentication_error  a code, or a new password
│    PermissionDenied              permission_error      which permission is missing
│    NotFound                      not_found_error       the thing is gone meanwhile
│    ChangedMeanwhile              conflict_error        somebody else was faster
│    WrongPassphrase               authentication_error  not the vault's
│    GivenUp                       given_up              the operator did not wait for it
├─ ExternalError                                         camera, disk or model file
│    CameraError                   camera_error          one poll failed, with its Reason
│    LoginServiceError             login_service_error   the login service, with its LoginFault
│    SecretsUnavailable            secrets_error         no keyring that can be trusted
│      SecretsLocked                                     keyring or vault: unlock it, or wait
│        VaultLocked                                     the vault: enter its passphrase
│      VaultUnfit                                        the vault's file cannot be used
│        VaultOlder                                      it is an older copy of it
│    PasswordsUncertain            secrets_error         a failed change may have left new ones
│    ModelError                    model_error
│      ModelHangs                                        a search for people does not end
│      ModelMissing ModelUnfit                           one that ships with CamWatch
│      OwnModelMissing OwnModelUnfit                     one that an administrator added
│    StorageError                  database_error
│      DatabaseBusy DatabaseDamaged DatabaseTooNew DatabaseReadOnly DiskFull DiskFailing
│        DatabaseSlow                                    a question took too long
│      DatabaseAway                                      a server that cannot be reached now
│        DatabaseRefuses                                 it can, and does not let us in
└─ UnexpectedError                 internal_error        a bug, logged with its traceback

Errors carry facts; `ui.error_text` makes the sentence an operator reads.
Each has an `error_id`, which stands in the log and in the message.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import ClassVar

from camwatch.domain import Reason


class CamWatchError(Exception):
    """Something foreseen went wrong.

    Attributes:
        type: Kind of error as it stands in logs and JSON.
        error_id: UUID text, made with the error.
    """

    type: ClassVar[str] = "error"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.error_id = str(uuid.uuid4())


class UserError(CamWatchError):
    """The operator can put it right."""


class InvalidSetting(UserError):
    """A value is refused.

    Attributes:
        field: Name of the field, such as "cameras.interval_s" or "port".
        reason: Why, as a sentence without a full stop.
    """

    type = "validation_error"

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


class InvalidSettings(UserError):
    """Several values are refused; all of them are named."""

    type = "validation_error"

    def __init__(self, problems: Sequence[InvalidSetting], source: str = "") -> None:
        super().__init__("; ".join(str(problem) for problem in problems))
        self.problems = tuple(problems)
        self.source = source


class BadCredentials(UserError):
    """User name or password is wrong; which of them is not told."""

    type = "authentication_error"

    def __init__(self) -> None:
        super().__init__("user name or password is wrong")


class LockedOut(UserError):
    """Too many tries; the account accepts none before `until` (UTC)."""

    type = "authentication_error"

    def __init__(self, until: datetime) -> None:
        super().__init__(f"too many tries, locked until {until.isoformat(timespec='seconds')}")
        self.until = until


class SessionExpired(UserError):
    """The session has ended; sign in again."""

    type = "authentication_error"

    def __init__(self) -> None:
        super().__init__("the session has ended")


class SessionLocked(UserError):
    """The session is locked; its operator unlocks it with the password."""

    type = "authentication_error"

    def __init__(self) -> None:
        super().__init__("the session is locked")


class PasswordNeeded(UserError):
    """This needs the operator's password once more; ask for it and try again."""

    type = "authentication_error"

    def __init__(self) -> None:
        super().__init__("the password must be entered once more")


class SignInStep(StrEnum):
    """What a sign-in needs after the password was right."""

    CODE = "code"
    """A code of the operator's device, or a recovery code."""
    NEW_PASSWORD = "new_password"  # noqa: S105 - the name of a step
    """The password was a one-time code, or was set by somebody else."""
    SET_UP_CODE = "set_up_code"
    """The role needs a second factor, and the operator has none yet."""


class MoreNeeded(UserError):
    """The password was right, and signing in takes another step.

    Attributes:
        step: Which one.
        ticket: Stands for the password that was right, for five minutes; a secret.
    """

    type = "authentication_error"

    def __init__(self, step: SignInStep, ticket: str) -> None:
        super().__init__(f"signing in needs a further step: {step.value}")
        self.step = step
        self.ticket = ticket


class PermissionDenied(UserError):
    """The operator's role does not allow it."""

    type = "permission_error"

    def __init__(self, permission: str) -> None:
        super().__init__(f"not permitted: {permission}")
        self.permission = permission


class NotFound(UserError):
    """The thing is gone meanwhile."""

    type = "not_found_error"

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} no longer exists")
        self.what = what


class ChangedMeanwhile(UserError):
    """What was looked at and is to be changed is no longer what it was.

    Attributes:
        name: Of the thing.
    """

    type = "conflict_error"

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} was changed by somebody else meanwhile; look again")
        self.name = name


class WrongPassphrase(UserError):
    """The vault was closed with another passphrase."""

    type = "authentication_error"

    def __init__(self) -> None:
        super().__init__("the passphrase of the vault is wrong")


class GivenUp(UserError):
    """The operator did not want to wait for the end."""

    type = "given_up"

    def __init__(self) -> None:
        super().__init__("given up before the end")


class ExternalError(CamWatchError):
    """A camera, a disk, a keyring or a model file lets us down; trying again may help."""


class CameraError(ExternalError):
    """One poll of a camera gave no usable picture.

    Attributes:
        reason: What went wrong.
        detail: Facts for the operator, such as "HTTP 503"; never a secret, never the body.
        retry_after_s: How long the camera asked to be left alone, if it did.
    """

    type = "camera_error"

    def __init__(
        self, reason: Reason, detail: str = "", *, retry_after_s: float | None = None
    ) -> None:
        super().__init__(f"{reason.value}: {detail}" if detail else reason.value)
        self.reason = reason
        self.detail = detail
        self.retry_after_s = retry_after_s


class LoginFault(StrEnum):
    """Why the login service let nobody in."""

    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    TLS = "tls"
    BAD_ANSWER = "bad_answer"
    SERVER_ERROR = "server_error"
    TOO_MANY = "too_many"
    REDIRECTED = "redirected"
    TOKEN_REFUSED = "token_refused"  # noqa: S105 - the name of a fault
    TOKEN_EXPIRED = "token_expired"  # noqa: S105 - the name of a fault
    KEYS_CHANGED = "keys_changed"
    CLOCK = "clock"
    NO_ROLE = "no_role"
    NOT_SET_UP = "not_set_up"

    @property
    def is_away(self) -> bool:
        """True if the service could not answer at all, so that what it said earlier may count.

        Not when it says no, and not when somebody else seems to answer in its place.
        """
        return self in (LoginFault.UNREACHABLE, LoginFault.TIMEOUT, LoginFault.SERVER_ERROR)


class LoginServiceError(ExternalError):
    """The login service cannot vouch for an operator now, so nobody is let in through it.

    Attributes:
        fault: What went wrong.
        detail: Facts, such as "HTTP 503"; never a secret, a token or a body.
    """

    type = "login_service_error"

    def __init__(self, fault: LoginFault, detail: str = "") -> None:
        super().__init__(f"{fault.value}: {detail}" if detail else fault.value)
        self.fault = fault
        self.detail = detail


class DeliveryFault(StrEnum):
    """Why a message reached nobody."""

    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    NO_ENCRYPTION = "no_encryption"
    CERTIFICATE = "certificate"
    SIGN_IN = "sign_in"
    REFUSED = "refused"
    TRY_LATER = "try_later"
    REDIRECTED = "redirected"
    ADDRESS = "address"
    GONE = "gone"
    SERVER_ERROR = "server_error"
    BAD_ANSWER = "bad_answer"
    NO_SECRET = "no_secret"  # noqa: S105 - the name of a fault
    NOT_SET_UP = "not_set_up"

    @property
    def is_final(self) -> bool:
        """True if trying the same message again cannot help."""
        return self in (
            DeliveryFault.REFUSED,
            DeliveryFault.SIGN_IN,
            DeliveryFault.GONE,
            DeliveryFault.REDIRECTED,
            DeliveryFault.ADDRESS,
            DeliveryFault.NOT_SET_UP,
        )


class DeliveryError(ExternalError):
    """A message reached nobody.

    Attributes:
        fault: What went wrong.
        detail: What the other side said, or facts such as "HTTP 503"; never a secret.
        retry_after_s: How long it asked to be left alone, if it did, seconds.
    """

    type = "delivery_error"

    def __init__(
        self, fault: DeliveryFault, detail: str = "", *, retry_after_s: float | None = None
    ) -> None:
        super().__init__(f"{fault.value}: {detail}" if detail else fault.value)
        self.fault = fault
        self.detail = detail
        self.retry_after_s = retry_after_s


class SecretsUnavailable(ExternalError):
    """There is no keyring here that keeps passwords safe, or it does not answer."""

    type = "secrets_error"


class SecretsLocked(SecretsUnavailable):
    """Passwords are kept here, but the keyring or the vault does not give them out now."""


class VaultLocked(SecretsLocked):
    """Passwords are in the vault, which waits for its passphrase."""

    def __init__(
        self, message: str = "The vault of this computer's passwords is locked. Unlock it."
    ) -> None:
        super().__init__(message)


class VaultUnfit(SecretsUnavailable):
    """The file of the vault cannot be used.

    Attributes:
        path: The file.
        reason: Why, to go after the file's name, without a full stop.
    """

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"The vault {path} {reason}.")
        self.path = path
        self.reason = reason


class VaultOlder(VaultUnfit):
    """The file of the vault is an older copy than the one that was used here last."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, "is an older copy than the one that was used here last")


class PasswordsUncertain(ExternalError):
    """A change was not made, but the keyring did not take back all passwords of it.

    Attributes:
        names: Of the cameras whose password may be the new one.
    """

    type = "secrets_error"

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(
            f"the change was not made, but the password may be the new one of {', '.join(names)}"
        )
        self.names = tuple(names)


class ModelError(ExternalError):
    """The detector cannot be used; counts are unknown then, never zero."""

    type = "model_error"

    def __init__(self, path: Path | None, message: str) -> None:
        super().__init__(message)
        self.path = path


class ModelMissing(ModelError):
    """The model file is not there."""


class ModelUnfit(ModelError):
    """The model file is there but is not what it should be."""


class ModelHangs(ModelError):
    """A search for people does not come to an end.

    Attributes:
        after_s: For how long it was waited for, seconds.
    """

    def __init__(self, after_s: float) -> None:
        super().__init__(None, f"a search for people has not ended within {after_s:.1f} s")
        self.after_s = after_s


class OwnModelMissing(ModelMissing):
    """There is no model of this name in the models folder.

    Attributes:
        name: What was asked for.
    """

    def __init__(self, name: str) -> None:
        super().__init__(None, f"there is no model {name} in the models folder")
        self.name = name


class OwnModelUnfit(ModelUnfit):
    """A model that an administrator added cannot be used.

    Attributes:
        path: Its file.
        reason: Why, to go after the file's name, without a full stop.
    """

    path: Path

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(path, f"the model {path.name} {reason}")
        self.reason = reason


class StorageError(ExternalError):
    """The history cannot be read or written."""

    type = "database_error"


class DatabaseBusy(StorageError):
    """Another program holds the database."""


class DatabaseSlow(DatabaseBusy):
    """The database did not do what it was asked within the time that is allowed for it."""


class DatabaseAway(StorageError):
    """The server with the history cannot be reached now; what is counted waits.

    Attributes:
        happened: What is wrong, one sentence or two.
        remedy: What to do about it.
    """

    def __init__(self, happened: str, remedy: str) -> None:
        super().__init__(f"{happened} {remedy}")
        self.happened = happened
        self.remedy = remedy


class DatabaseRefuses(DatabaseAway):
    """The server answers, but it or this computer refuses; an administrator can put it right."""


class DatabaseDamaged(StorageError):
    """The file is not a sound database."""


class DatabaseGone(StorageError):
    """The file was deleted, moved or replaced while it was open."""


class DatabaseTooNew(StorageError):
    """A newer CamWatch wrote this database."""


class DatabaseReadOnly(StorageError):
    """The file or its folder may not be written."""


class DiskFull(StorageError):
    """There is no room on the disk."""


class DiskFailing(StorageError):
    """The disk reported an error of its own: what it was given last may not be on it."""


class FilesTroubled(StorageError):
    """Files beside the history, such as recordings, cannot be read or written."""

    type = "storage_error"


class FilesDiskFull(DiskFull, FilesTroubled):
    """There is no room on the disk for files beside the history."""


class UnexpectedError(CamWatchError):
    """A bug, brought to the operator as an error; its id leads to the traceback in the log."""

    type = "internal_error"

    def __init__(self, error_id: str) -> None:
        super().__init__("an unforeseen error")
        self.error_id = error_id
