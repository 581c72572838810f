"""What operators read when a message reached nobody."""

from __future__ import annotations

from collections.abc import Mapping

from camwatch.errors import DeliveryError, DeliveryFault
from camwatch.language import table, tr, within

Words = tuple[str, str, str]

_WORDS: Mapping[DeliveryFault, Words] = table(
    lambda: {
        DeliveryFault.UNREACHABLE: (
            tr("Nobody answers there"),
            tr("The other side cannot be reached."),
            (
                tr(
                    "Check the address and the port, and whether this computer's network and its "
                    "firewall let CamWatch out."
                )
            ),
        ),
        DeliveryFault.TIMEOUT: (
            tr("The other side does not answer in time"),
            tr("The connection stands, or was begun, but nothing came back."),
            (
                tr(
                    "Try again in a minute. If it stays so, check address, port and encryption: a wrong "
                    "pair of these often looks like this."
                )
            ),
        ),
        DeliveryFault.NO_ENCRYPTION: (
            tr("The server offers no encryption"),
            tr("So nothing was sent, and no password either."),
            (
                tr(
                    "Choose the other kind of encryption with its port, or ask who runs the server to "
                    "switch encryption on. CamWatch sends nothing in the clear."
                )
            ),
        ),
        DeliveryFault.CERTIFICATE: (
            tr("The other side cannot prove who it is"),
            tr("Its certificate is not trusted here, so nothing was sent."),
            (
                tr(
                    "Enter the name that stands in its certificate as the address. If it has a "
                    "certificate of your own organisation, choose the file of that authority."
                )
            ),
        ),
        DeliveryFault.SIGN_IN: (
            tr("User name or password was refused"),
            tr("The other side was reached, and did not let CamWatch in."),
            (
                tr(
                    "Enter both again. Many providers want a password of its own for programs instead "
                    "of the one that people sign in with."
                )
            ),
        ),
        DeliveryFault.REFUSED: (
            tr("The message was refused"),
            tr("The other side was reached, and does not take this message."),
            tr("Its own words below say why. Check the sender and the addresses."),
        ),
        DeliveryFault.TRY_LATER: (
            tr("It wants to be asked later"),
            tr("The other side was reached, and takes nothing just now."),
            (
                tr(
                    "Nothing needs to be done for alerts: they are tried again by themselves. Test again "
                    "in a few minutes."
                )
            ),
        ),
        DeliveryFault.REDIRECTED: (
            tr("It points to another address"),
            tr("CamWatch does not follow, because the alert would go to somebody else."),
            tr("Enter the address at which it takes messages itself."),
        ),
        DeliveryFault.ADDRESS: (
            tr("This address is not allowed"),
            tr("It cannot be used, or it lies in the local network, so nobody was asked."),
            (
                tr(
                    "Check the address. If it is meant to be in your own network, allow that in the "
                    "settings of the channel."
                )
            ),
        ),
        DeliveryFault.GONE: (
            tr("It says that it is gone for good"),
            tr("The other side takes nothing any more at this address."),
            tr("Ask who runs it for the address that holds now."),
        ),
        DeliveryFault.SERVER_ERROR: (
            tr("The other side is out of order"),
            tr("It was reached, and answers with an error of its own."),
            tr("Try again in a few minutes. If it stays so, tell who runs it."),
        ),
        DeliveryFault.BAD_ANSWER: (
            tr("It answers with something else"),
            tr("What came back is no answer that CamWatch understands."),
            tr("Check address, port and encryption: something else may be listening there."),
        ),
        DeliveryFault.NO_SECRET: (
            tr("The password cannot be read now"),
            tr("The place where this computer keeps passwords does not give it."),
            tr("Unlock the keyring or the vault, or enter the password again."),
        ),
        DeliveryFault.NOT_SET_UP: (
            tr("The channel is not set up"),
            tr("Something that it needs is missing, or it is switched off."),
            tr("Look at its settings under Alerts, Delivery."),
        ),
    }
)

SHORT: Mapping[DeliveryFault, str] = table(
    lambda: {fault: within(words[0]) for fault, words in _WORDS.items()}
)
"""What went wrong, to go after a colon."""


def delivery_words(error: DeliveryError) -> Words:
    """Return title, sentence and what to do; the other side's own words are not in them."""
    return _WORDS[error.fault]
