"""What operators read when a message reached nobody."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from camwatch.errors import DeliveryError, DeliveryFault

Words = tuple[str, str, str]

_WORDS: Mapping[DeliveryFault, Words] = MappingProxyType(
    {
        DeliveryFault.UNREACHABLE: (
            "Nobody answers there",
            "The other side cannot be reached.",
            (
                "Check the address and the port, and whether this computer's network and its "
                "firewall let CamWatch out."
            ),
        ),
        DeliveryFault.TIMEOUT: (
            "The other side does not answer in time",
            "The connection stands, or was begun, but nothing came back.",
            (
                "Try again in a minute. If it stays so, check address, port and encryption: a wrong "
                "pair of these often looks like this."
            ),
        ),
        DeliveryFault.NO_ENCRYPTION: (
            "The server offers no encryption",
            "So nothing was sent, and no password either.",
            (
                "Choose the other kind of encryption with its port, or ask who runs the server to "
                "switch encryption on. CamWatch sends nothing in the clear."
            ),
        ),
        DeliveryFault.CERTIFICATE: (
            "The other side cannot prove who it is",
            "Its certificate is not trusted here, so nothing was sent.",
            (
                "Enter the name that stands in its certificate as the address. If it has a "
                "certificate of your own organisation, choose the file of that authority."
            ),
        ),
        DeliveryFault.SIGN_IN: (
            "User name or password was refused",
            "The other side was reached, and did not let CamWatch in.",
            (
                "Enter both again. Many providers want a password of its own for programs instead "
                "of the one that people sign in with."
            ),
        ),
        DeliveryFault.REFUSED: (
            "The message was refused",
            "The other side was reached, and does not take this message.",
            "Its own words below say why. Check the sender and the addresses.",
        ),
        DeliveryFault.TRY_LATER: (
            "It wants to be asked later",
            "The other side was reached, and takes nothing just now.",
            (
                "Nothing needs to be done for alerts: they are tried again by themselves. Test again "
                "in a few minutes."
            ),
        ),
        DeliveryFault.REDIRECTED: (
            "It points to another address",
            "CamWatch does not follow, because the alert would go to somebody else.",
            "Enter the address at which it takes messages itself.",
        ),
        DeliveryFault.ADDRESS: (
            "This address is not allowed",
            "It cannot be used, or it lies in the local network, so nobody was asked.",
            (
                "Check the address. If it is meant to be in your own network, allow that in the "
                "settings of the channel."
            ),
        ),
        DeliveryFault.GONE: (
            "It says that it is gone for good",
            "The other side takes nothing any more at this address.",
            "Ask who runs it for the address that holds now.",
        ),
        DeliveryFault.SERVER_ERROR: (
            "The other side is out of order",
            "It was reached, and answers with an error of its own.",
            "Try again in a few minutes. If it stays so, tell who runs it.",
        ),
        DeliveryFault.BAD_ANSWER: (
            "It answers with something else",
            "What came back is no answer that CamWatch understands.",
            "Check address, port and encryption: something else may be listening there.",
        ),
        DeliveryFault.NO_SECRET: (
            "The password cannot be read now",
            "The place where this computer keeps passwords does not give it.",
            "Unlock the keyring or the vault, or enter the password again.",
        ),
        DeliveryFault.NOT_SET_UP: (
            "The channel is not set up",
            "Something that it needs is missing, or it is switched off.",
            "Look at its settings under Alerts, Delivery.",
        ),
    }
)

SHORT: Mapping[DeliveryFault, str] = MappingProxyType(
    {fault: words[0][0].lower() + words[0][1:] for fault, words in _WORDS.items()}
)
"""What went wrong, to go after a colon."""


def delivery_words(error: DeliveryError) -> Words:
    """Return title, sentence and what to do; the other side's own words are not in them."""
    return _WORDS[error.fault]
