"""The conversation with a mail server: encrypted or not at all, one deadline, each answer read."""

from __future__ import annotations

import base64
import smtplib
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NoReturn

from camwatch.alerts.channels.saying import said
from camwatch.alerts.notification import Answer
from camwatch.alerts.settings import EmailSettings, Encryption
from camwatch.domain import Secret
from camwatch.errors import DeliveryError, DeliveryFault
from camwatch.language import tr
from camwatch.outgoing.calls import Call, Calls
from camwatch.outgoing.connecting import Reach, connect
from camwatch.outgoing.faults import OutgoingError, OutgoingFault, not_waited_for, translated
from camwatch.outgoing.http import LARGEST_ANSWER

MOST_STEPS = 6
"""A whole conversation may take as long as so many steps may."""

_BYTES_PER_S = 32 * 2**10  # of the slowest line that a mail with a picture is sent over
_ABOUT_ENCRYPTION = (523, 538)
_ABOUT_SIGN_IN = (530, 534, 535)
_NO_ROOM = 552

# An administrator says where it is, and many are in the local network.
_ANYWHERE = Reach(allows_private=True)

OUTGOING_FAULTS: Mapping[OutgoingFault, DeliveryFault] = MappingProxyType(
    {
        OutgoingFault.UNREACHABLE: DeliveryFault.UNREACHABLE,
        OutgoingFault.TIMEOUT: DeliveryFault.TIMEOUT,
        OutgoingFault.CERTIFICATE: DeliveryFault.CERTIFICATE,
        OutgoingFault.NO_ENCRYPTION: DeliveryFault.NO_ENCRYPTION,
        OutgoingFault.ADDRESS: DeliveryFault.ADDRESS,
        OutgoingFault.BAD_ANSWER: DeliveryFault.BAD_ANSWER,
    }
)
"""What goes wrong on the way, in the words of deliveries."""


def delivery_error(error: OutgoingError) -> DeliveryError:
    """Say in the words of deliveries what went wrong on the way."""
    return DeliveryError(OUTGOING_FAULTS[error.fault], error.detail)


@dataclass(frozen=True, slots=True)
class Parcel:
    """A mail that is to be sent.

    Attributes:
        sender: Address for answers about its delivery.
        recipients: Checked addresses.
        body: The mail as it is sent.
        smaller: The same for a server that takes no mail of that size; None for none.
    """

    sender: str
    recipients: tuple[str, ...]
    body: bytes
    smaller: bytes | None = None


class _TooLarge(DeliveryError):
    """The server has no room for a mail of that size."""


class _Capped:
    """Reads a server's lines; one that never stops talking is not listened to for ever."""

    def __init__(self, lines: Any) -> None:
        self._lines = lines
        self.read = 0

    def readline(self, size: int) -> bytes:
        """Return the next line.

        Raises:
            DeliveryError: The answer is too large.
        """
        line: bytes = self._lines.readline(size)
        self.read += len(line)
        if self.read > LARGEST_ANSWER:
            raise DeliveryError(DeliveryFault.BAD_ANSWER, tr("its answer is larger than 64 KiB"))
        return line

    def close(self) -> None:
        """Let go of the connection."""
        self._lines.close()


class _Conversation(smtplib.SMTP):
    """Speaks SMTP over a connection that may be made, and can be cut."""

    file: Any
    sock: Any

    def __init__(
        self, settings: EmailSettings, context: ssl.SSLContext, call: Call[Answer], reach: Reach
    ) -> None:
        # The library would look up this computer's own name, which can take long, and tell it.
        super().__init__(local_hostname="localhost", timeout=settings.timeout_s)
        self._settings = settings
        self._context = context
        self._call = call
        self._reach = reach
        # The library checks the certificate for this name, but sets it elsewhere only.
        self._host = settings.host.strip("[]")

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        made = connect(host, port, self._reach, timeout)
        self._call.wire.take(made)
        own = str(made.getsockname()[0]).partition("%")[0]
        self.local_hostname = f"[IPv6:{own}]" if ":" in own else f"[{own}]"
        if self._settings.encryption is Encryption.TLS:
            self._call.begin(tr("the start of encryption"), self._settings.timeout_s)
            made = self._context.wrap_socket(made, server_hostname=self._host)
        self._call.begin(tr("the greeting"), self._settings.timeout_s)
        return made

    def getreply(self) -> tuple[int, bytes]:
        """Read an answer of at most 64 KiB."""
        if self.sock is not None and not isinstance(self.file, _Capped):
            self.file = _Capped(self.sock.makefile("rb"))
        if isinstance(self.file, _Capped):
            self.file.read = 0
        return super().getreply()


class Mailer:
    """Sends mails over one mail server. May be used from any thread.

    Args:
        settings: Of the server.
        secret: Password; None if it signs in nowhere.
        context: Checks its certificate.
        reach: Which addresses it may have.
    """

    def __init__(
        self,
        settings: EmailSettings,
        secret: Secret | None,
        context: ssl.SSLContext,
        reach: Reach = _ANYWHERE,
    ) -> None:
        self._settings = settings
        self._secret = secret
        self._context = context
        self._reach = reach
        self._calls = Calls(tr("mail server"))

    def send(self, parcel: Parcel) -> Answer:
        """Send a mail, and wait for what the server says.

        Raises:
            DeliveryError: Nobody got it.
        """
        if self._settings.username and self._secret is None:
            raise DeliveryError(DeliveryFault.NO_SECRET)
        step_s = self._settings.timeout_s
        limit_s = MOST_STEPS * step_s + len(parcel.body) / _BYTES_PER_S

        def work(call: Call[Answer]) -> Answer:
            try:
                return self._converse(parcel, call)
            except (OutgoingError, OSError, ValueError) as error:
                raise self._translated(error, call.step) from None

        return self._calls.carry_out(work, limit_s, self._late)

    def close(self) -> None:
        """Let all conversations end at once, also those that would begin later; never waits."""
        self._calls.close(lambda: delivery_error(not_waited_for()))

    # ------------------------------------------------------------ steps

    def _converse(self, parcel: Parcel, call: Call[Answer]) -> Answer:
        settings, step_s = self._settings, self._settings.timeout_s
        smtp = _Conversation(settings, self._context, call, self._reach)
        try:
            call.begin(tr("the connection"), step_s)
            code, words = smtp.connect(settings.host.strip("[]"), settings.port)
            if code != 220:
                self._refuse(code, words, tr("the greeting"))
            call.begin("EHLO", step_s)
            self._greet(smtp)
            if settings.encryption is Encryption.STARTTLS:
                call.begin("STARTTLS", step_s)
                self._encrypt(smtp)
                call.begin("EHLO", step_s)
                self._greet(smtp)
            if settings.username:
                call.begin(tr("the sign-in"), step_s)
                self._sign_in(smtp)
            answer = self._hand_over(smtp, parcel, call)
            call.has(answer)
            # It has the mail; what it says to a farewell is nothing to wait for, and nothing that
            # goes wrong now may let the mail be sent once more.
            with suppress(OSError):
                smtp.putcmd("QUIT")
            return answer
        finally:
            with suppress(OSError):
                smtp.close()

    def _greet(self, smtp: _Conversation) -> None:
        code, words = smtp.ehlo()
        if not 200 <= code <= 299:
            self._refuse(code, words, "EHLO")

    def _encrypt(self, smtp: _Conversation) -> None:
        if not smtp.has_extn("starttls"):
            # It has none, or somebody on the way has taken the offer out.
            raise DeliveryError(DeliveryFault.NO_ENCRYPTION, tr("server offers no encryption"))
        try:
            smtp.starttls(context=self._context)
        except smtplib.SMTPResponseException as error:
            words = said(error.smtp_error, self._secrets)
            detail = tr(
                "server offers no encryption: {smtp_code} {words}",
                smtp_code=error.smtp_code,
                words=words,
            ).strip()
            raise DeliveryError(DeliveryFault.NO_ENCRYPTION, detail) from None

    def _sign_in(self, smtp: _Conversation) -> None:
        """Sign in by one of the two ways that fit an encrypted connection, in UTF-8.

        The library's own way tries one way after the other with a wrong password, which locks
        accounts sooner, and cannot send letters beyond ASCII.

        Source:
            RFC 4954 (AUTH), RFC 4616 (PLAIN).
        """
        user, secret = self._settings.username, self._secret
        assert secret is not None  # noqa: S101 - `send` sees to it
        offered = smtp.esmtp_features.get("auth", "").upper().split()
        if "PLAIN" in offered:
            code, words = smtp.docmd(
                "AUTH",
                f"PLAIN {_base64(f'{chr(0)}{user}{chr(0)}{secret.reveal()}')}",
            )
        elif "LOGIN" in offered:
            code, words = smtp.docmd("AUTH", "LOGIN")
            for text in (user, secret.reveal()):
                if code == 334:
                    code, words = smtp.docmd(_base64(text))
        else:
            raise DeliveryError(
                DeliveryFault.SIGN_IN, tr("server offers no sign-in with a password")
            )
        if code not in (235, 503):  # 503: somebody is signed in already
            self._refuse(code, words, tr("the sign-in"), DeliveryFault.SIGN_IN)

    def _hand_over(self, smtp: _Conversation, parcel: Parcel, call: Call[Answer]) -> Answer:
        room = smtp.esmtp_features.get("size", "")
        fits = not room.isdigit() or int(room) == 0 or len(parcel.body) <= int(room)
        if parcel.smaller is None:
            return self._transfer(smtp, parcel, parcel.body, call)
        if fits:
            with suppress(_TooLarge):
                return self._transfer(smtp, parcel, parcel.body, call)
            call.begin("RSET", self._settings.timeout_s)
            smtp.rset()
        # An alert without its picture is worth more than none.
        return self._transfer(smtp, parcel, parcel.smaller, call)

    def _transfer(
        self, smtp: _Conversation, parcel: Parcel, body: bytes, call: Call[Answer]
    ) -> Answer:
        step_s = self._settings.timeout_s
        options = [f"SIZE={len(body)}"] if smtp.has_extn("size") else []
        speaks_utf8 = smtp.has_extn("smtputf8")
        if speaks_utf8 and not all(one.isascii() for one in (parcel.sender, *parcel.recipients)):
            options.append("SMTPUTF8")
            smtp.command_encoding = "utf-8"
        call.begin("MAIL", step_s)
        code, words = smtp.mail(parcel.sender, options)
        if code != 250:
            self._refuse(code, words, tr("the sender"))
        refused: dict[str, tuple[int, str]] = {}
        for address in parcel.recipients:
            if not address.isascii() and not speaks_utf8:
                refused[address] = (553, tr("server takes plain letters only"))
                continue
            call.begin("RCPT", step_s)
            code, words = smtp.rcpt(address)
            if code not in (250, 251):
                refused[address] = (code, f"{code} {said(words, self._secrets)}".strip())
            if code == 421:
                self._refuse(code, words, tr("a recipient"))
        later = tuple(address for address, (code, _) in refused.items() if 400 <= code < 500)
        if len(refused) == len(parcel.recipients):
            fault = DeliveryFault.TRY_LATER if later else DeliveryFault.REFUSED
            raise DeliveryError(fault, next(iter(refused.values()))[1])
        call.begin("DATA", step_s + len(body) / _BYTES_PER_S)
        code, words = smtp.data(body)
        if code != 250:
            self._refuse(code, words, tr("the mail"))
        text = f"{code} {said(words, self._secrets)}".strip()
        return Answer(text, {one: why for one, (_, why) in refused.items()}, later)

    # ------------------------------------------------------------ troubles

    @property
    def _secrets(self) -> tuple[Secret | None, ...]:
        return (self._secret,)

    def _refuse(
        self, code: int, words: bytes, what: str, usual: DeliveryFault = DeliveryFault.REFUSED
    ) -> NoReturn:
        """Raise what an answer means that is no yes."""
        if not 400 <= code <= 599:
            raise DeliveryError(
                DeliveryFault.BAD_ANSWER, tr("its answer to {what} is none of SMTP", what=what)
            )
        fault, kind = usual, DeliveryError
        if code == _NO_ROOM:
            kind = _TooLarge
        if code in _ABOUT_ENCRYPTION or (code == 530 and b"TLS" in words.upper()):
            fault = DeliveryFault.NO_ENCRYPTION
        elif code in _ABOUT_SIGN_IN:
            fault = DeliveryFault.SIGN_IN
        elif code < 500:
            fault = DeliveryFault.TRY_LATER
        raise kind(fault, f"{code} {said(words, self._secrets)}".strip())

    def _late(self, step: str) -> DeliveryError:
        where = tr(" to {step}", step=step) if step else ""
        detail = tr(
            "no answer{where} within {timeout_s:g} s",
            where=where,
            timeout_s=self._settings.timeout_s,
        )
        return DeliveryError(DeliveryFault.TIMEOUT, detail)

    def _translated(self, error: Exception, step: str) -> DeliveryError:
        """Say in our words what the libraries raised."""
        if isinstance(error, smtplib.SMTPResponseException):
            words = error.smtp_error
            raw = words.encode() if isinstance(words, str) else words
            try:
                self._refuse(error.smtp_code, raw, step)
            except DeliveryError as refusal:
                return refusal
        if isinstance(error, OutgoingError):
            return delivery_error(error)
        found = delivery_error(translated(error))
        if found.fault is DeliveryFault.TIMEOUT:
            return self._late(step)
        if found.fault is DeliveryFault.NO_ENCRYPTION and self._speaks_plain(error):
            detail = tr("server does not encrypt from the first byte here; it may with STARTTLS")
            return DeliveryError(DeliveryFault.NO_ENCRYPTION, detail)
        return found

    def _speaks_plain(self, error: Exception) -> bool:
        """Tell whether a server answered in plain text where encryption was to begin."""
        return self._settings.encryption is Encryption.TLS and getattr(error, "reason", "") in (
            "WRONG_VERSION_NUMBER",
            "RECORD_LAYER_FAILURE",
        )


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
