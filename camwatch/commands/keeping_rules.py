"""For how long what is kept: checked, compared, and as it stands in the settings. Pure."""

from __future__ import annotations

from pydantic import ValidationError

from camwatch.config import AlertPolicy, History
from camwatch.errors import InvalidSetting, InvalidSettings
from camwatch.history.keeping import DatabaseServer, Retention, RetentionPreview, Tls
from camwatch.language import tr

_MUCH = 0.1
_FEW_ROWS = 5000
_LITTLE_ROOM = 5 * 2**20


def retention_of(history: History, policy: AlertPolicy) -> Retention:
    """Return for how long the settings keep what."""
    # Settings that were written by hand may contradict themselves: the longer time holds.
    minute_days = max(history.minute_days, history.sample_days)
    return Retention(
        sample_days=history.sample_days,
        minute_days=minute_days,
        hour_days=max(history.hour_days, minute_days) if history.hour_days else None,
        trail_days=history.trail_days,
        picture_days=policy.picture_days,
    )


def history_values(retention: Retention) -> dict[str, int]:
    """Return the values that stand under [history]."""
    return {
        "sample_days": retention.sample_days,
        "minute_days": retention.minute_days,
        "hour_days": retention.hour_days or 0,
        "trail_days": retention.trail_days,
    }


def check_retention(retention: Retention) -> None:
    """Refuse a retention that cannot be kept.

    Raises:
        InvalidSettings: With every refused field.
    """
    problems = [
        *_refused(History, history_values(retention)),
        *_refused(AlertPolicy, {"picture_days": retention.picture_days}),
    ]
    if retention.hour_days is not None and retention.hour_days < 1:
        problems.append(InvalidSetting("hour_days", tr("must be at least a day, or for ever")))
    if retention.minute_days < retention.sample_days:
        words = (
            tr("must not be shorter than 1 day, for which single measurements are kept")
            if retention.sample_days == 1
            else tr(
                "must not be shorter than {days} days, for which single measurements are kept",
                days=retention.sample_days,
            )
        )
        problems.append(InvalidSetting("minute_days", words))
    if retention.hour_days is not None and 1 <= retention.hour_days < retention.minute_days:
        words = tr(
            "must not be shorter than {days} days, for which minutes are kept",
            days=retention.minute_days,
        )
        problems.append(InvalidSetting("hour_days", words))
    if problems:
        raise InvalidSettings(problems)


def _refused(section: type[History | AlertPolicy], values: dict[str, int]) -> list[InvalidSetting]:
    try:
        section.model_validate(values)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        return [
            InvalidSetting(str(one["loc"][-1]), one["msg"][0].lower() + one["msg"][1:])
            for one in found
        ]
    return []


def differs_much(seen: RetentionPreview, now: RetentionPreview) -> bool:
    """Tell whether what would be deleted is no longer what somebody agreed to."""
    before, after = dict(seen.rows), dict(now.rows)
    for kind in before.keys() | after.keys():
        old, new = before.get(kind, 0), after.get(kind, 0)
        if new - old > max(_FEW_ROWS, _MUCH * old):
            return True
    return now.freed_bytes - seen.freed_bytes > max(_LITTLE_ROOM, _MUCH * seen.freed_bytes)


def server_of(history: History) -> DatabaseServer | None:
    """Return the server that the settings name; None for the file."""
    if not history.server_host:
        return None
    return DatabaseServer(
        host=history.server_host,
        port=history.server_port,
        database=history.server_database,
        user=history.server_user,
        tls=Tls(history.server_tls),
        ca_file=history.server_ca_file,
    )


def server_values(server: DatabaseServer | None) -> dict[str, str | float]:
    """Return the settings that name a server; those of no server leave the rest as it is."""
    if server is None:
        return {"server_host": ""}
    return {
        "server_host": server.host,
        "server_port": server.port,
        "server_database": server.database,
        "server_user": server.user,
        "server_tls": server.tls.value,
        "server_ca_file": server.ca_file,
    }
