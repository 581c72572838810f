"""What operators read when the login service lets nobody in."""

from __future__ import annotations

from collections.abc import Mapping

from camwatch.errors import LoginFault, LoginServiceError
from camwatch.language import marked, table, tr

Words = tuple[str, str, str]

_LOCAL = marked("Or sign in with a user of this computer.")
_TELL = marked("Tell your administrator; the audit log has the details.")

_WORDS: Mapping[LoginFault, Words] = table(
    lambda: {
        LoginFault.UNREACHABLE: (
            tr("The login service cannot be reached"),
            (
                tr(
                    "While it is away, only those can sign in whom it let in on this computer shortly "
                    "before, with the same name and password."
                )
            ),
            tr(
                "Check the name, the password and the network, and try again. {local}",
                local=tr(_LOCAL),
            ),
        ),
        LoginFault.TIMEOUT: (
            tr("The login service does not answer in time"),
            (
                tr(
                    "While it is away, only those can sign in whom it let in on this computer shortly "
                    "before, with the same name and password."
                )
            ),
            tr(
                "Check the name and the password, and try again in a minute. {local}",
                local=tr(_LOCAL),
            ),
        ),
        LoginFault.SERVER_ERROR: (
            tr("The login service is out of order"),
            (
                tr(
                    "It answers with an error of its own. While it is away, only those can sign in whom "
                    "it let in on this computer shortly before, with the same name and password."
                )
            ),
            tr("Try again in a few minutes. {local}", local=tr(_LOCAL)),
        ),
        LoginFault.TLS: (
            tr("The login service cannot prove who it is"),
            tr("Its certificate is not trusted here, so your password was not sent."),
            tr("Do not try from another place in this network. {tell}", tell=tr(_TELL)),
        ),
        LoginFault.BAD_ANSWER: (
            tr("The login service answers with something else"),
            tr("What came back is no answer of a login service, so nobody was signed in."),
            (
                tr(
                    "In a network with a start page of its own, open that page in a browser first. "
                    "Else ask your administrator whether the address is right."
                )
            ),
        ),
        LoginFault.TOO_MANY: (
            tr("The login service wants to be left alone for a while"),
            tr("It was asked too often, by you or by others."),
            tr("Wait, and try again then. {local}", local=tr(_LOCAL)),
        ),
        LoginFault.REDIRECTED: (
            tr("The login service sends CamWatch elsewhere"),
            tr("CamWatch does not follow, because your password would go along."),
            tr("Ask your administrator to enter the address at which the service answers itself."),
        ),
        LoginFault.TOKEN_REFUSED: (
            tr("The login service's answer is not believed"),
            tr("The token that it sent does not hold, so nobody was signed in."),
            tr(_TELL),
        ),
        LoginFault.TOKEN_EXPIRED: (
            tr("The login service's answer has run out already"),
            tr("The token that it sent was too old when it came."),
            tr("Check date and time of this computer; if they are right, tell your administrator."),
        ),
        LoginFault.KEYS_CHANGED: (
            tr("The login service signs with other keys than before"),
            (
                tr(
                    "They are not trusted here, so nobody was signed in. That happens when the service "
                    "was set up anew, or when somebody else answers in its place."
                )
            ),
            (
                tr(
                    "Ask an administrator to compare the new keys with what the service's operators say, "
                    "and to trust them in the settings of the login service."
                )
            ),
        ),
        LoginFault.CLOCK: (
            tr("The clock of this computer is not right"),
            tr("It does not agree with the login service's, or was set back."),
            tr("Set date and time of this computer, best by the network, and try again."),
        ),
        LoginFault.NO_ROLE: (
            tr("You have no role in CamWatch"),
            tr("The login service knows you, but none of your roles there stands for one here."),
            tr("Ask your administrator for one."),
        ),
        LoginFault.NOT_SET_UP: (
            tr("There is no login service"),
            tr("None is set up here, or its settings cannot be used."),
            tr("Sign in with a user of this computer."),
        ),
    }
)


def login_service_words(error: LoginServiceError) -> Words:
    """Return title, sentence and what to do."""
    title, sentence, advice = _WORDS[error.fault]
    if error.detail:
        sentence = tr("{sentence} In detail: {detail}.", sentence=sentence, detail=error.detail)
    return title, sentence, advice
