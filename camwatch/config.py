"""Settings: what an administrator may set, checked on the way in.

They come from `settings.toml` in the profile and from `CAMWATCH_*` variables,
which win: `CAMWATCH_DETECTION_THRESHOLD` is `threshold` under `[detection]`.
Every mistake is named with its place, and all of them at once.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
import zoneinfo
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from camwatch.errors import InvalidSetting, InvalidSettings
from camwatch.language import marked, tr
from camwatch.paths import PROFILE_VARIABLE
from camwatch.scene import PrivacyMode

PREFIX = "CAMWATCH_"
PASSWORD_VARIABLE = "CAMWATCH_CAMERA_PASSWORD"  # noqa: S105 - the name of a variable
"""Holds a password for `camwatch cameras discover`; no setting."""

_DATABASE_URL = "CAMWATCH_DATABASE_URL"
_NO_SETTINGS = frozenset({PROFILE_VARIABLE, PASSWORD_VARIABLE})

BUILT_IN_MODELS = ("auto", "nanodet", "hog")
"""Values of `detection.model` that are no model of one's own."""

MODEL_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
"""What a model may be called."""


FILE_VERSION = 1
"""Of what this CamWatch reads; a file of a newer one may say "version = 2" and is refused."""


class Applies(StrEnum):
    """When a changed setting holds."""

    NOW = "now"
    POLL = "poll"
    """With the next picture of each camera."""
    SIGN_IN = "sign_in"
    """For sessions that begin from then on."""
    RESTART = "restart"
    """After CamWatch was closed and opened again."""


@dataclass(frozen=True, slots=True)
class About:
    """What a setting's page says of it, beside its title, description and bounds.

    Attributes:
        applies: When a change holds.
        unit: What its number counts: "s", "min", "h", "d", "MiB", "%" or "rows"; "" for none.
        opens: The dialog that changes it, because there is more to it than a value; "" for none.
        is_secret: It may hold a password: its value is shown and told nowhere.
        is_folder: It names a folder of this computer.
        travels: It makes sense on another computer, too.
    """

    applies: Applies
    unit: str = ""
    opens: str = ""
    is_secret: bool = False
    is_folder: bool = False
    travels: bool = True

    def as_extra(self) -> dict[str, Any]:
        """Return it as a field of the settings carries it; see `of`."""
        return asdict(self)

    @classmethod
    def of(cls, extra: object) -> About | None:
        """Return what a field carries as its `json_schema_extra`; None if that is nothing."""
        return cls(**extra) if isinstance(extra, dict) and "applies" in extra else None


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class CameraPolicy(_Section):
    """How cameras are asked."""

    snapshot_timeout_s: Annotated[float, Field(ge=0.1, le=60)] = Field(
        5.0,
        title=marked("Time for a picture"),
        description=marked("Longest time for one picture, from look-up to its last byte, seconds."),
        json_schema_extra=About(Applies.POLL, unit="s").as_extra(),
    )
    status_timeout_s: Annotated[float, Field(ge=0.1, le=60)] = Field(
        5.0,
        title=marked("Time for a status request"),
        description=marked("Longest time for one status request, seconds."),
        json_schema_extra=About(Applies.POLL, unit="s").as_extra(),
    )
    stream_open_timeout_s: Annotated[float, Field(ge=0.1, le=60)] = Field(
        8.0,
        title=marked("Time until a stream shows a picture"),
        description=marked("Longest time until a stream gives its first picture, seconds."),
        json_schema_extra=About(Applies.POLL, unit="s").as_extra(),
    )
    stream_stall_timeout_s: Annotated[float, Field(ge=0.1, le=60)] = Field(
        5.0,
        title=marked("Time after which a silent stream is opened anew"),
        description=marked("A stream that gives no picture for so long is opened anew, seconds."),
        json_schema_extra=About(Applies.POLL, unit="s").as_extra(),
    )
    max_picture_mib: Annotated[float, Field(ge=0.1, le=64)] = Field(
        8.0,
        title=marked("Largest picture"),
        description=marked("A larger picture is refused unread, MiB."),
        json_schema_extra=About(Applies.POLL, unit="MiB").as_extra(),
    )
    breaker_failures: Annotated[int, Field(ge=1, le=100)] = Field(
        5,
        title=marked("Failures until a camera is left alone"),
        description=marked("After so many failures in a row a camera is left alone for a while."),
        json_schema_extra=About(Applies.POLL).as_extra(),
    )
    breaker_pause_s: Annotated[float, Field(ge=0.1, le=3600)] = Field(
        60.0,
        title=marked("How long a failing camera is left alone"),
        description=marked("It is left alone for half to all of this before one probe, seconds."),
        json_schema_extra=About(Applies.POLL, unit="s").as_extra(),
    )
    auth_pause_s: Annotated[float, Field(ge=0.1, le=86_400)] = Field(
        600.0,
        title=marked("Pause after a refused password"),
        description=marked(
            "Time between probes after a refused password, so that the camera "
            "does not lock the account, seconds."
        ),
        json_schema_extra=About(Applies.POLL, unit="s").as_extra(),
    )
    frozen_after: Annotated[int, Field(ge=2, le=1000)] = Field(
        10,
        title=marked("Identical pictures that make a frozen camera"),
        description=marked("So many identical pictures in a row are a frozen camera."),
        json_schema_extra=About(Applies.POLL).as_extra(),
    )
    new_camera_privacy: PrivacyMode = Field(
        PrivacyMode.OPEN,
        title=marked("Privacy of new cameras"),
        description=marked(
            "What may be seen of people on cameras that are added from now on: open, blurred, "
            "silhouettes, count_only."
        ),
        json_schema_extra=About(Applies.RESTART).as_extra(),
    )

    @property
    def max_picture_bytes(self) -> int:
        """The largest picture that is read, bytes."""
        return int(self.max_picture_mib * 1024 * 1024)


class Detection(_Section):
    """How people are found."""

    model: Annotated[str, Field(max_length=64)] = Field(
        "auto",
        title=marked("Model that finds people"),
        description=marked(
            "The model: auto takes the best that works here; or the name of one of your own."
        ),
        json_schema_extra=About(Applies.NOW, opens="models").as_extra(),
    )
    threshold: Annotated[float, Field(ge=0.05, le=0.95)] = Field(
        0.33,
        title=marked("Certainty from which a person counts"),
        description=marked("Lowest score of a box that is counted as a person."),
        json_schema_extra=About(Applies.NOW).as_extra(),
    )
    threads: Annotated[int, Field(ge=0, le=64)] = Field(
        0,
        title=marked("Threads that search pictures"),
        description=marked(
            "Analysis threads; 0 takes one less than there are cores, two at least."
        ),
        json_schema_extra=About(Applies.RESTART, travels=False).as_extra(),
    )

    @field_validator("model")
    @classmethod
    def _possible_name(cls, name: str) -> str:
        if not MODEL_NAME.fullmatch(name):
            raise ValueError(
                f"is no name of a model; it is one of {', '.join(BUILT_IN_MODELS)}, or that of a "
                "file in the models folder without its ending"
            )
        return name


class History(_Section):
    """How the history is kept."""

    database_url: str = Field(
        "",
        title=marked("Address of another database"),
        description=marked("Another database; empty is the profile's own file."),
        json_schema_extra=About(Applies.RESTART, opens="storage", is_secret=True).as_extra(),
    )
    queue_rows: Annotated[int, Field(ge=1000, le=10_000_000)] = Field(
        200_000,
        title=marked("Rows that wait in memory"),
        description=marked("Rows that wait in memory at most while the database is away."),
        json_schema_extra=About(Applies.RESTART, unit="rows", travels=False).as_extra(),
    )
    spool_mib: Annotated[int, Field(ge=16, le=1_000_000)] = Field(
        2048,
        title=marked("Rows that wait in a file"),
        description=marked(
            "Rows that wait longer go to a file beside the history, which becomes so "
            "large at most, MiB."
        ),
        json_schema_extra=About(Applies.RESTART, unit="MiB", travels=False).as_extra(),
    )
    reserve_mib: Annotated[int, Field(ge=0, le=10_000)] = Field(
        64,
        title=marked("Room held back on the disk"),
        description=marked(
            "So much of the disk is held free for the history, and given back when the "
            "disk is full, MiB."
        ),
        json_schema_extra=About(Applies.RESTART, unit="MiB", travels=False).as_extra(),
    )
    sample_days: Annotated[int, Field(ge=1, le=3650)] = Field(
        14,
        title=marked("Single measurements are kept"),
        description=marked("Single measurements are kept for so many days."),
        json_schema_extra=About(Applies.NOW, unit="d", opens="storage").as_extra(),
    )
    minute_days: Annotated[int, Field(ge=1, le=36_500)] = Field(
        396,
        title=marked("Minutes are kept"),
        description=marked("Minutes are kept for so many days."),
        json_schema_extra=About(Applies.NOW, unit="d", opens="storage").as_extra(),
    )
    hour_days: Annotated[int, Field(ge=0, le=36_500)] = Field(
        0,
        title=marked("Hours and days are kept"),
        description=marked("Hours and days are kept for so many days; 0 for ever."),
        json_schema_extra=About(Applies.NOW, unit="d", opens="storage").as_extra(),
    )
    trail_days: Annotated[int, Field(ge=1, le=3650)] = Field(
        90,
        title=marked("Ways of people are kept"),
        description=marked("Where people were is kept for so many days."),
        json_schema_extra=About(Applies.NOW, unit="d", opens="storage").as_extra(),
    )
    picture_every_s: Annotated[int, Field(ge=0, le=86_400)] = Field(
        60,
        title=marked("Pictures for the time machine"),
        description=marked(
            "One small picture of each camera is kept for the time machine every so many "
            "seconds, and when its number of people changes, but at most one in 10 seconds; 0 "
            "keeps none."
        ),
        json_schema_extra=About(Applies.RESTART, unit="s").as_extra(),
    )
    picture_mib: Annotated[int, Field(ge=16, le=10_000_000)] = Field(
        2048,
        title=marked("Room for pictures of the time machine"),
        description=marked("They take so much of the disk at most, the oldest go first, MiB."),
        json_schema_extra=About(Applies.RESTART, unit="MiB", travels=False).as_extra(),
    )
    picture_days: Annotated[int, Field(ge=1, le=3650)] = Field(
        7,
        title=marked("Pictures of the time machine are kept"),
        description=marked("They are kept for so many days."),
        json_schema_extra=About(Applies.RESTART, unit="d").as_extra(),
    )
    backups: Annotated[int, Field(ge=0, le=365)] = Field(
        3,
        title=marked("Daily copies"),
        description=marked("So many daily copies of the file are kept; 0 makes none."),
        json_schema_extra=About(Applies.RESTART, travels=False).as_extra(),
    )
    backup_folder: Annotated[str, Field(max_length=4096)] = Field(
        "",
        title=marked("Folder of the copies"),
        description=marked("Where the daily copies are; empty is a folder of the profile."),
        json_schema_extra=About(Applies.RESTART, is_folder=True, travels=False).as_extra(),
    )
    server_host: Annotated[str, Field(max_length=255)] = Field(
        "",
        title=marked("Database server"),
        description=marked("A PostgreSQL server that holds the history; empty for the file."),
        json_schema_extra=About(Applies.RESTART, opens="storage").as_extra(),
    )
    server_port: Annotated[int, Field(ge=1, le=65_535)] = Field(
        5432,
        title=marked("Port of the database server"),
        description=marked("Its port."),
        json_schema_extra=About(Applies.RESTART, opens="storage").as_extra(),
    )
    server_database: Annotated[str, Field(min_length=1, max_length=63)] = Field(
        "camwatch",
        title=marked("Database on the server"),
        description=marked("The database there."),
        json_schema_extra=About(Applies.RESTART, opens="storage").as_extra(),
    )
    server_user: Annotated[str, Field(min_length=1, max_length=63)] = Field(
        "camwatch",
        title=marked("User of the database"),
        description=marked("Who signs in there; the password is in the keyring."),
        json_schema_extra=About(Applies.RESTART, opens="storage").as_extra(),
    )
    server_tls: Literal["verify", "encrypt", "off"] = Field(
        "verify",
        title=marked("Protection of the connection"),
        description=marked(
            "How the connection is protected: verify checks the server's certificate, "
            "encrypt believes whoever answers, off sends all in the clear."
        ),
        json_schema_extra=About(Applies.RESTART, opens="storage").as_extra(),
    )
    server_ca_file: Annotated[str, Field(max_length=4096)] = Field(
        "",
        title=marked("Certificates for the database server"),
        description=marked("Certificates to trust for it, PEM; empty for those of this computer."),
        json_schema_extra=About(Applies.RESTART, opens="storage").as_extra(),
    )


class Display(_Section):
    """What operators see."""

    time_zone: str = Field(
        "",
        title=marked("Time zone of the site"),
        description=marked("IANA name of the site's time zone; empty is this computer's."),
        json_schema_extra=About(Applies.RESTART).as_extra(),
    )
    language: Literal["auto", "en", "de"] = Field(
        "auto",
        title=marked("Language"),
        description=marked("The language; auto is that of this computer, or English."),
        json_schema_extra=About(Applies.NOW, travels=False).as_extra(),
    )
    theme: Literal["dark", "light", "contrast"] = Field(
        "dark",
        title=marked("Colours"),
        description=marked("Colours: dark, light, or high contrast."),
        json_schema_extra=About(Applies.NOW, travels=False).as_extra(),
    )
    text_percent: Annotated[int, Field(ge=100, le=200)] = Field(
        100,
        title=marked("Size of the text"),
        description=marked("Size of the text, and of what holds it, percent."),
        json_schema_extra=About(Applies.NOW, unit="%", travels=False).as_extra(),
    )
    reduced_motion: bool = Field(
        False,
        title=marked("Less motion"),
        description=marked("Nothing moves that need not."),
        json_schema_extra=About(Applies.NOW, travels=False).as_extra(),
    )

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        if name:
            try:
                ZoneInfo(name)
            except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
                raise ValueError("is no time zone; write it like Europe/Berlin") from None
        return name


class Security(_Section):
    """Who may leave a session open, and for how long."""

    lock_after_min: Annotated[int, Field(ge=1, le=720)] = Field(
        15,
        title=marked("Locks itself after"),
        description=marked("After so many minutes without keys or mouse CamWatch locks itself."),
        json_schema_extra=About(Applies.NOW, unit="min").as_extra(),
    )
    live_while_locked: bool = Field(
        True,
        title=marked("Live view while locked"),
        description=marked("The live view stays visible while CamWatch is locked."),
        json_schema_extra=About(Applies.NOW).as_extra(),
    )
    session_hours: Annotated[int, Field(ge=1, le=12)] = Field(
        12,
        title=marked("Longest session"),
        description=marked("An operator is signed out after so many hours, however busy."),
        json_schema_extra=About(Applies.SIGN_IN, unit="h").as_extra(),
    )


class RemoteLogin(_Section):
    """The login service that also knows operators, if there is one."""

    url: Annotated[str, Field(max_length=2048)] = Field(
        "",
        title=marked("Address of the login service"),
        description=marked("Address of the login service, https; empty for none."),
        json_schema_extra=About(Applies.NOW, opens="login_service").as_extra(),
    )
    name: Annotated[str, Field(max_length=64)] = Field(
        "",
        title=marked("Name of the login service"),
        description=marked("What operators call it; empty for its host name."),
        json_schema_extra=About(Applies.NOW, opens="login_service").as_extra(),
    )
    issuer: Annotated[str, Field(max_length=2048)] = Field(
        "",
        title=marked("Issuer of its tokens"),
        description=marked("Who its tokens must be from (iss); empty for its address."),
        json_schema_extra=About(Applies.NOW, opens="login_service").as_extra(),
    )
    audience: Annotated[str, Field(min_length=1, max_length=256)] = Field(
        "camwatch",
        title=marked("Audience of its tokens"),
        description=marked("Whom its tokens must be for (aud)."),
        json_schema_extra=About(Applies.NOW, opens="login_service").as_extra(),
    )
    ca_file: Annotated[str, Field(max_length=4096)] = Field(
        "",
        title=marked("Certificates for the login service"),
        description=marked("Certificates to trust for it, PEM; empty for those of this computer."),
        json_schema_extra=About(Applies.NOW, opens="login_service").as_extra(),
    )
    roles_claim: Annotated[str, Field(min_length=1, max_length=128)] = Field(
        "roles",
        title=marked("Claim that names the roles"),
        description=marked("The claim of a token that names the operator's roles."),
        json_schema_extra=About(Applies.NOW, opens="login_service").as_extra(),
    )
    mapping: dict[str, str] = Field(
        default_factory=dict,
        title=marked("Roles of the login service"),
        description=marked(
            "Which role here each of those names stands for, as NAME = ROLE; "
            "without a match nobody is let in."
        ),
        json_schema_extra=About(Applies.NOW, opens="login_service").as_extra(),
    )
    keys: dict[str, str] = Field(
        default_factory=dict,
        title=marked("Trusted keys of the login service"),
        description=marked(
            "The keys that it signs with, as NAME = FINGERPRINT; empty trusts those it "
            "shows first. Written by CamWatch."
        ),
        json_schema_extra=About(Applies.NOW, opens="login_service").as_extra(),
    )
    offline_hours: Annotated[int, Field(ge=0, le=168)] = Field(
        12,
        title=marked("Sign-in while the login service is away"),
        description=marked(
            "While it is away, operators it let in may sign in for so long; 0 for not."
        ),
        json_schema_extra=About(Applies.NOW, unit="h", opens="login_service").as_extra(),
    )
    timeout_s: Annotated[float, Field(ge=0.1, le=60)] = Field(
        5.0,
        title=marked("Time for a question to the login service"),
        description=marked("Longest time for one question to it, seconds."),
        json_schema_extra=About(Applies.NOW, unit="s", opens="login_service").as_extra(),
    )


class AlertPolicy(_Section):
    """What alerts keep and send."""

    keep_pictures: bool = Field(
        True,
        title=marked("Keep the picture of an alert"),
        description=marked(
            "The picture of the moment is kept with an alert, where its rule wants it."
        ),
        json_schema_extra=About(Applies.NOW).as_extra(),
    )
    picture_days: Annotated[int, Field(ge=1, le=3650)] = Field(
        7,
        title=marked("Pictures of alerts are kept"),
        description=marked("Such a picture is deleted after so many days."),
        json_schema_extra=About(Applies.NOW, unit="d", opens="storage").as_extra(),
    )
    send_pictures: bool = Field(
        False,
        title=marked("Send the picture with an e-mail"),
        description=marked("Such a picture may leave this computer with an e-mail."),
        json_schema_extra=About(Applies.NOW).as_extra(),
    )
    keep_days: Annotated[int, Field(ge=1, le=3650)] = Field(
        400,
        title=marked("Closed alerts are kept"),
        description=marked("A closed alert is deleted after so many days."),
        json_schema_extra=About(Applies.NOW, unit="d").as_extra(),
    )
    canary_hour: Annotated[int, Field(ge=-1, le=23)] = Field(
        9,
        title=marked("Hour of the daily proof of the channels"),
        description=marked(
            "At this hour of the day each channel in use proves that it works, by the "
            "clocks of the site; -1 for never."
        ),
        json_schema_extra=About(Applies.NOW).as_extra(),
    )
    low_disk_mib: Annotated[int, Field(ge=0, le=10_000_000)] = Field(
        1024,
        title=marked("Disk runs low below"),
        description=marked("With less room than this on the disk of the profile it runs low, MiB."),
        json_schema_extra=About(Applies.RESTART, unit="MiB", travels=False).as_extra(),
    )


class Logging(_Section):
    """What is logged."""

    level: Literal["debug", "info", "warning", "error"] = Field(
        "info",
        title=marked("Least serious message in the log"),
        description=marked("The least serious messages that are kept."),
        json_schema_extra=About(Applies.NOW, travels=False).as_extra(),
    )


class Desktop(_Section):
    """How CamWatch behaves on the desktop of this computer."""

    close_to_tray: bool = Field(
        False,
        title=marked("Closing the window leaves CamWatch in the tray"),
        description=marked(
            "Closing the window leaves CamWatch running in the tray, where there is one."
        ),
        json_schema_extra=About(Applies.RESTART, travels=False).as_extra(),
    )
    autostart: bool = Field(
        False,
        title=marked("Start at sign-in"),
        description=marked("CamWatch starts when this account signs in to the computer."),
        json_schema_extra=About(Applies.RESTART, travels=False).as_extra(),
    )
    keep_awake: bool = Field(
        True,
        title=marked("Keep the computer awake"),
        description=marked("The computer does not fall asleep by itself while people are counted."),
        json_schema_extra=About(Applies.RESTART, travels=False).as_extra(),
    )
    keep_screen_on: bool = Field(
        False,
        title=marked("Keep the screen on"),
        description=marked(
            "Nor does the screen go dark or lock by itself while people are counted."
        ),
        json_schema_extra=About(Applies.RESTART, travels=False).as_extra(),
    )


class Updates(_Section):
    """Whether CamWatch asks for news of newer versions; it never installs one."""

    check: bool = Field(
        False,
        title=marked("Ask for newer versions"),
        description=marked("CamWatch asks once a day whether there is a newer version."),
        json_schema_extra=About(Applies.RESTART).as_extra(),
    )
    address: Annotated[str, Field(max_length=2048)] = Field(
        "",
        title=marked("Address of the news"),
        description=marked("Where it asks: the https address of a signed file; empty for nowhere."),
        json_schema_extra=About(Applies.RESTART).as_extra(),
    )

    @field_validator("address")
    @classmethod
    def _encrypted(cls, address: str) -> str:
        here = ("http://127.0.0.1:", "http://localhost:", "http://[::1]:")
        if address and not address.lower().startswith(("https://", *here)):
            raise ValueError("must begin with https://, so that nobody can see what is asked")
        return address


class Settings(_Section):
    """All settings of a run."""

    cameras: CameraPolicy = CameraPolicy()
    detection: Detection = Detection()
    history: History = History()
    display: Display = Display()
    security: Security = Security()
    remote_login: RemoteLogin = RemoteLogin()
    alerts: AlertPolicy = AlertPolicy()
    desktop: Desktop = Desktop()
    updates: Updates = Updates()
    logging: Logging = Logging()


def _variables() -> Iterator[tuple[str, str, str]]:
    """Yield each variable's name with its section and field."""
    for section, about in Settings.model_fields.items():
        model = about.annotation
        if not (isinstance(model, type) and issubclass(model, BaseModel)):
            raise TypeError(section)
        for name in model.model_fields:
            yield f"{PREFIX}{section}_{name}".upper(), section, name


def _did_you_mean(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f"is unknown; did you mean {close[0]}?" if close else "is unknown"


def _from_text(data: bytes, source: str) -> dict[str, Any]:
    try:
        values = tomllib.loads(data.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidSettings(
            [InvalidSetting(source, tr("is not TOML: {error}", error=error))], source
        ) from error
    version = values.pop("version", FILE_VERSION)
    if type(version) is not int or version < 1:
        raise InvalidSettings([InvalidSetting("version", tr("must be a whole number"))], source)
    if version > FILE_VERSION:
        reason = f"is {version}, of a newer CamWatch; this one reads {FILE_VERSION}"
        raise InvalidSettings([InvalidSetting("version", reason)], source)
    return values


def file_bytes(file: Path) -> bytes:
    """Return what the file with the settings holds; nothing if it is not there.

    Raises:
        InvalidSettings: It cannot be read.
    """
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        reason = f"cannot be read: {error.strerror}"
        raise InvalidSettings([InvalidSetting(str(file), reason)], str(file)) from error


def _overlay(values: dict[str, Any], environ: Mapping[str, str]) -> list[InvalidSetting]:
    """Put the variables over the file's values; return those that mean nothing."""
    known = {name: (section, field) for name, section, field in _variables()}
    problems = []
    for name in sorted(environ):
        if not name.startswith(PREFIX) or name in _NO_SETTINGS:
            continue
        if name == _DATABASE_URL:
            section, field = "history", "database_url"
        elif name in known:
            section, field = known[name]
        else:
            problems.append(InvalidSetting(name, _did_you_mean(name, [*known, _DATABASE_URL])))
            continue
        table = values.setdefault(section, {})
        if isinstance(table, dict):
            table[field] = environ[name]
    return problems


def _named(error: ValidationError) -> Iterator[InvalidSetting]:
    """Turn pydantic's findings into ours, without repeating the refused value."""
    for finding in error.errors(include_url=False, include_input=False):
        place = [str(part) for part in finding["loc"]]
        if finding["type"] == "extra_forbidden":
            model: type[BaseModel] = Settings
            for part in place[:-1]:
                inner = model.model_fields[part].annotation
                if isinstance(inner, type) and issubclass(inner, BaseModel):
                    model = inner
            reason = _did_you_mean(place[-1], list(model.model_fields))
        else:
            message = finding["msg"].removeprefix("Value error, ")
            reason = message[0].lower() + message[1:]
        yield InvalidSetting(".".join(place), reason)


def load_settings(file: Path, environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings.

    Args:
        file: TOML; may be missing.
        environ: Variables that win over the file.

    Raises:
        InvalidSettings: With every mistake of both.
    """
    return settings_of(file_bytes(file), str(file), environ)


def settings_of(data: bytes, source: str, environ: Mapping[str, str] = os.environ) -> Settings:
    """Read settings that were read already; see `load_settings`.

    Args:
        data: What the file holds.
        source: The file, for messages.
        environ: Variables that win.

    Raises:
        InvalidSettings: With every mistake of both.
    """
    values = _from_text(data, source)
    problems = _overlay(values, environ)
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        problems.extend(_named(error))
        raise InvalidSettings(problems, source) from error
    if problems:
        raise InvalidSettings(problems, source)
    return settings


def written_values(data: bytes, source: str) -> dict[str, dict[str, Any]]:
    """Return what stands in the file itself, by section and name, unchecked.

    Raises:
        InvalidSettings: It is not TOML, or of a newer CamWatch.
    """
    found = _from_text(data, source)
    return {name: dict(table) for name, table in found.items() if isinstance(table, dict)}


def variable_of(section: str, name: str, environ: Mapping[str, str] = os.environ) -> str:
    """Return the variable that gives a setting now; "" if none does."""
    if (section, name) == ("history", "database_url") and _DATABASE_URL in environ:
        return _DATABASE_URL
    variable = f"{PREFIX}{section}_{name}".upper()
    return variable if variable in environ else ""
