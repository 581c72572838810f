"""What operators read when the login service lets nobody in."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from camwatch.errors import LoginFault, LoginServiceError

Words = tuple[str, str, str]

_LOCAL = "Or sign in with a user of this computer."
_TELL = "Tell your administrator; the audit log has the details."

_WORDS: Mapping[LoginFault, Words] = MappingProxyType(
    {
        LoginFault.UNREACHABLE: (
            "The login service cannot be reached",
            (
                "While it is away, only those can sign in whom it let in on this computer shortly "
                "before, with the same name and password."
            ),
            f"Check the name, the password and the network, and try again. {_LOCAL}",
        ),
        LoginFault.TIMEOUT: (
            "The login service does not answer in time",
            (
                "While it is away, only those can sign in whom it let in on this computer shortly "
                "before, with the same name and password."
            ),
            f"Check the name and the password, and try again in a minute. {_LOCAL}",
        ),
        LoginFault.SERVER_ERROR: (
            "The login service is out of order",
            (
                "It answers with an error of its own. While it is away, only those can sign in whom "
                "it let in on this computer shortly before, with the same name and password."
            ),
            f"Try again in a few minutes. {_LOCAL}",
        ),
        LoginFault.TLS: (
            "The login service cannot prove who it is",
            "Its certificate is not trusted here, so your password was not sent.",
            f"Do not try from another place in this network. {_TELL}",
        ),
        LoginFault.BAD_ANSWER: (
            "The login service answers with something else",
            "What came back is no answer of a login service, so nobody was signed in.",
            (
                "In a network with a start page of its own, open that page in a browser first. "
                "Else ask your administrator whether the address is right."
            ),
        ),
        LoginFault.TOO_MANY: (
            "The login service wants to be left alone for a while",
            "It was asked too often, by you or by others.",
            f"Wait, and try again then. {_LOCAL}",
        ),
        LoginFault.REDIRECTED: (
            "The login service sends CamWatch elsewhere",
            "CamWatch does not follow, because your password would go along.",
            "Ask your administrator to enter the address at which the service answers itself.",
        ),
        LoginFault.TOKEN_REFUSED: (
            "The login service's answer is not believed",
            "The token that it sent does not hold, so nobody was signed in.",
            _TELL,
        ),
        LoginFault.TOKEN_EXPIRED: (
            "The login service's answer has run out already",
            "The token that it sent was too old when it came.",
            "Check date and time of this computer; if they are right, tell your administrator.",
        ),
        LoginFault.KEYS_CHANGED: (
            "The login service signs with other keys than before",
            (
                "They are not trusted here, so nobody was signed in. That happens when the service "
                "was set up anew, or when somebody else answers in its place."
            ),
            (
                "Ask an administrator to compare the new keys with what the service's operators say, "
                "and to trust them in the settings of the login service."
            ),
        ),
        LoginFault.CLOCK: (
            "The clock of this computer is not right",
            "It does not agree with the login service's, or was set back.",
            "Set date and time of this computer, best by the network, and try again.",
        ),
        LoginFault.NO_ROLE: (
            "You have no role in CamWatch",
            "The login service knows you, but none of your roles there stands for one here.",
            "Ask your administrator for one.",
        ),
        LoginFault.NOT_SET_UP: (
            "There is no login service",
            "None is set up here, or its settings cannot be used.",
            "Sign in with a user of this computer.",
        ),
    }
)


def login_service_words(error: LoginServiceError) -> Words:
    """Return title, sentence and what to do."""
    title, sentence, advice = _WORDS[error.fault]
    if error.detail:
        sentence = f"{sentence} In detail: {error.detail}."
    return title, sentence, advice
