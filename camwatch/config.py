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
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from camwatch.errors import InvalidSetting, InvalidSettings
from camwatch.language import tr
from camwatch.paths import PROFILE_VARIABLE

PREFIX = "CAMWATCH_"
PASSWORD_VARIABLE = "CAMWATCH_CAMERA_PASSWORD"  # noqa: S105 - the name of a variable
"""Holds a password for `camwatch cameras discover`; no setting."""

_DATABASE_URL = "CAMWATCH_DATABASE_URL"
_NO_SETTINGS = frozenset({PROFILE_VARIABLE, PASSWORD_VARIABLE})

BUILT_IN_MODELS = ("auto", "nanodet", "hog")
"""Values of `detection.model` that are no model of one's own."""

MODEL_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
"""What a model may be called."""


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class CameraPolicy(_Section):
    """How cameras are asked."""

    snapshot_timeout_s: Annotated[float, Field(ge=0.1, le=60)] = Field(
        5.0, description="Longest time for one picture, from look-up to its last byte, seconds."
    )
    status_timeout_s: Annotated[float, Field(ge=0.1, le=60)] = Field(
        5.0, description="Longest time for one status request, seconds."
    )
    stream_open_timeout_s: Annotated[float, Field(ge=0.1, le=60)] = Field(
        8.0, description="Longest time until a stream gives its first picture, seconds."
    )
    stream_stall_timeout_s: Annotated[float, Field(ge=0.1, le=60)] = Field(
        5.0, description="A stream that gives no picture for so long is opened anew, seconds."
    )
    max_picture_mib: Annotated[float, Field(ge=0.1, le=64)] = Field(
        8.0, description="A larger picture is refused unread, MiB."
    )
    breaker_failures: Annotated[int, Field(ge=1, le=100)] = Field(
        5, description="After so many failures in a row a camera is left alone for a while."
    )
    breaker_pause_s: Annotated[float, Field(ge=0.1, le=3600)] = Field(
        60.0, description="It is left alone for half to all of this before one probe, seconds."
    )
    auth_pause_s: Annotated[float, Field(ge=0.1, le=86_400)] = Field(
        600.0,
        description="Time between probes after a refused password, so that the camera "
        "does not lock the account, seconds.",
    )
    frozen_after: Annotated[int, Field(ge=2, le=1000)] = Field(
        10, description="So many identical pictures in a row are a frozen camera."
    )

    @property
    def max_picture_bytes(self) -> int:
        """The largest picture that is read, bytes."""
        return int(self.max_picture_mib * 1024 * 1024)


class Detection(_Section):
    """How people are found."""

    model: Annotated[str, Field(max_length=64)] = Field(
        "auto",
        description="The model: auto takes the best that works here; or the name of one of your "
        "own.",
    )
    threshold: Annotated[float, Field(ge=0.05, le=0.95)] = Field(
        0.33, description="Lowest score of a box that is counted as a person."
    )
    threads: Annotated[int, Field(ge=0, le=64)] = Field(
        0, description="Analysis threads; 0 takes one less than there are cores, two at least."
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

    database_url: str = Field("", description="Another database; empty is the profile's own file.")
    queue_rows: Annotated[int, Field(ge=1000, le=10_000_000)] = Field(
        200_000, description="Rows that wait in memory at most while the database is away."
    )
    spool_mib: Annotated[int, Field(ge=16, le=1_000_000)] = Field(
        2048,
        description="Rows that wait longer go to a file beside the history, which becomes so "
        "large at most, MiB.",
    )
    reserve_mib: Annotated[int, Field(ge=0, le=10_000)] = Field(
        64,
        description="So much of the disk is held free for the history, and given back when the "
        "disk is full, MiB.",
    )
    sample_days: Annotated[int, Field(ge=1, le=3650)] = Field(
        14, description="Single measurements are kept for so many days."
    )
    minute_days: Annotated[int, Field(ge=1, le=36_500)] = Field(
        396, description="Minutes are kept for so many days."
    )
    hour_days: Annotated[int, Field(ge=0, le=36_500)] = Field(
        0, description="Hours and days are kept for so many days; 0 for ever."
    )
    trail_days: Annotated[int, Field(ge=1, le=3650)] = Field(
        90, description="Where people were is kept for so many days."
    )
    picture_every_s: Annotated[int, Field(ge=0, le=86_400)] = Field(
        60,
        description="One small picture of each camera is kept for the time machine every so many "
        "seconds, and when its number of people changes, but at most one in 10 seconds; 0 keeps "
        "none.",
    )
    picture_mib: Annotated[int, Field(ge=16, le=10_000_000)] = Field(
        2048, description="They take so much of the disk at most, the oldest go first, MiB."
    )
    picture_days: Annotated[int, Field(ge=1, le=3650)] = Field(
        7, description="They are kept for so many days."
    )
    backups: Annotated[int, Field(ge=0, le=365)] = Field(
        3, description="So many daily copies of the file are kept; 0 makes none."
    )
    backup_folder: Annotated[str, Field(max_length=4096)] = Field(
        "", description="Where the daily copies are; empty is a folder of the profile."
    )
    server_host: Annotated[str, Field(max_length=255)] = Field(
        "", description="A PostgreSQL server that holds the history; empty for the file."
    )
    server_port: Annotated[int, Field(ge=1, le=65_535)] = Field(5432, description="Its port.")
    server_database: Annotated[str, Field(min_length=1, max_length=63)] = Field(
        "camwatch", description="The database there."
    )
    server_user: Annotated[str, Field(min_length=1, max_length=63)] = Field(
        "camwatch", description="Who signs in there; the password is in the keyring."
    )
    server_tls: Literal["verify", "encrypt", "off"] = Field(
        "verify",
        description="How the connection is protected: verify checks the server's certificate, "
        "encrypt believes whoever answers, off sends all in the clear.",
    )
    server_ca_file: Annotated[str, Field(max_length=4096)] = Field(
        "", description="Certificates to trust for it, PEM; empty for those of this computer."
    )


class Display(_Section):
    """What operators see."""

    time_zone: str = Field(
        "", description="IANA name of the site's time zone; empty is this computer's."
    )
    language: Literal["auto", "en", "de"] = Field(
        "auto", description="The language; auto is that of this computer, or English."
    )
    theme: Literal["dark", "light", "contrast"] = Field(
        "dark", description="Colours: dark, light, or high contrast."
    )
    text_percent: Annotated[int, Field(ge=100, le=200)] = Field(
        100, description="Size of the text, and of what holds it, percent."
    )
    reduced_motion: bool = Field(False, description="Nothing moves that need not.")

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
        15, description="After so many minutes without keys or mouse CamWatch locks itself."
    )
    live_while_locked: bool = Field(
        True, description="The live view stays visible while CamWatch is locked."
    )
    session_hours: Annotated[int, Field(ge=1, le=12)] = Field(
        12, description="An operator is signed out after so many hours, however busy."
    )


class RemoteLogin(_Section):
    """The login service that also knows operators, if there is one."""

    url: Annotated[str, Field(max_length=2048)] = Field(
        "", description="Address of the login service, https; empty for none."
    )
    name: Annotated[str, Field(max_length=64)] = Field(
        "", description="What operators call it; empty for its host name."
    )
    issuer: Annotated[str, Field(max_length=2048)] = Field(
        "", description="Who its tokens must be from (iss); empty for its address."
    )
    audience: Annotated[str, Field(min_length=1, max_length=256)] = Field(
        "camwatch", description="Whom its tokens must be for (aud)."
    )
    ca_file: Annotated[str, Field(max_length=4096)] = Field(
        "", description="Certificates to trust for it, PEM; empty for those of this computer."
    )
    roles_claim: Annotated[str, Field(min_length=1, max_length=128)] = Field(
        "roles", description="The claim of a token that names the operator's roles."
    )
    mapping: dict[str, str] = Field(
        default_factory=dict,
        description="Which role here each of those names stands for, as NAME = ROLE; "
        "without a match nobody is let in.",
    )
    keys: dict[str, str] = Field(
        default_factory=dict,
        description="The keys that it signs with, as NAME = FINGERPRINT; empty trusts those it "
        "shows first. Written by CamWatch.",
    )
    offline_hours: Annotated[int, Field(ge=0, le=168)] = Field(
        12, description="While it is away, operators it let in may sign in for so long; 0 for not."
    )
    timeout_s: Annotated[float, Field(ge=0.1, le=60)] = Field(
        5.0, description="Longest time for one question to it, seconds."
    )


class AlertPolicy(_Section):
    """What alerts keep and send."""

    keep_pictures: bool = Field(
        True,
        description="The picture of the moment is kept with an alert, where its rule wants it.",
    )
    picture_days: Annotated[int, Field(ge=1, le=3650)] = Field(
        7, description="Such a picture is deleted after so many days."
    )
    send_pictures: bool = Field(
        False, description="Such a picture may leave this computer with an e-mail."
    )
    keep_days: Annotated[int, Field(ge=1, le=3650)] = Field(
        400, description="A closed alert is deleted after so many days."
    )
    canary_hour: Annotated[int, Field(ge=-1, le=23)] = Field(
        9,
        description="At this hour of the day each channel in use proves that it works, by the "
        "clocks of the site; -1 for never.",
    )
    low_disk_mib: Annotated[int, Field(ge=0, le=10_000_000)] = Field(
        1024, description="With less room than this on the disk of the profile it runs low, MiB."
    )


class Logging(_Section):
    """What is logged."""

    level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="The least serious messages that are kept."
    )


class Settings(_Section):
    """All settings of a run."""

    cameras: CameraPolicy = CameraPolicy()
    detection: Detection = Detection()
    history: History = History()
    display: Display = Display()
    security: Security = Security()
    remote_login: RemoteLogin = RemoteLogin()
    alerts: AlertPolicy = AlertPolicy()
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


def _from_file(file: Path) -> dict[str, Any]:
    try:
        with file.open("rb") as stream:
            return tomllib.load(stream)
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidSettings(
            [InvalidSetting(str(file), tr("is not TOML: {error}", error=error))]
        ) from error
    except OSError as error:
        reason = f"cannot be read: {error.strerror}"
        raise InvalidSettings([InvalidSetting(str(file), reason)]) from error


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
    values = _from_file(file)
    problems = _overlay(values, environ)
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        problems.extend(_named(error))
        raise InvalidSettings(problems, str(file)) from error
    if problems:
        raise InvalidSettings(problems, str(file))
    return settings
