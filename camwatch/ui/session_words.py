"""Who vouches for an operator, in words."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from camwatch.auth.session import Session, SignInKind
from camwatch.language import marked, tr
from camwatch.ui import words

SERVICE = marked("the login service")
"""What it is called where its own name is not known."""


def mark_text(session: Session, zone: ZoneInfo, service: str = "") -> str:
    """Return what the header and the title say of a session; "" for one of this computer.

    Args:
        session: Which one.
        zone: Whose clock is meant.
        service: What operators call the login service; "" if that is not known.
    """
    match session.kind:
        case SignInKind.LOCAL:
            return ""
        case SignInKind.REMOTE:
            return tr("Signed in through {value}", value=service or tr(SERVICE))
        case SignInKind.OFFLINE:
            until = words.clock_time(session.expires_at, zone)[:5]
            return tr("Login service away, limited rights until {until}", until=until)


def away_notice(session: Session, zone: ZoneInfo) -> str:
    """Say at length what it means that the login service is away."""
    until = words.clock_time(session.expires_at, zone)[:5]
    return tr(
        "The login service does not answer. You are signed in by what it said of you earlier, "
        "until {until} at most, and without the right to manage users and security. As soon as "
        "it answers, it is asked again.",
        until=until,
    )


def back_notice() -> str:
    """Say that the login service vouches for the operator again."""
    return tr("The login service answers again and has confirmed your session.")
