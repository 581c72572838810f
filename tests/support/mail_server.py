"""A real mail server on loopback, of the aiosmtpd project."""

from __future__ import annotations

import socket
import ssl
import time
from email import message_from_bytes, policy
from email.message import EmailMessage
from types import TracebackType
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


class _Handler:
    """Takes mails, but not for everybody."""

    def __init__(self, *, needs_sign_in: bool) -> None:
        self._needs_sign_in = needs_sign_in
        self.taken: list[Envelope] = []
        self.refused: dict[str, str] = {}
        self.of_mail = ""

    async def handle_MAIL(  # noqa: N802 - the name that the server looks for
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        # The server's own way of asking for it does not know encryption from the first byte.
        if self._needs_sign_in and not session.authenticated:
            return "530 5.7.0 Authentication required"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 - likewise
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - likewise
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.of_mail:
            return self.of_mail
        self.taken.append(envelope)
        return f"250 2.0.0 queued as {len(self.taken)}"


class _Controller(Controller):  # type: ignore[misc] # the library has no types
    """Remembers its connections, so that none is left open when it stops."""

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        self.sockets: list[Any] = []
        super().__init__(*arguments, **keywords)

    def factory(self) -> Any:
        """Make what serves one connection."""
        sockets = self.sockets

        class Remembering(SMTP):  # type: ignore[misc] # the library has no types
            def connection_made(self, transport: Any) -> None:
                sockets.append(transport.get_extra_info("socket"))
                super().connection_made(transport)

        return Remembering(self.handler, **self.SMTP_kwargs)

    def wait_for_ends(self) -> None:
        """Wait until all who were here have gone: the server sees that a moment later."""
        until = time.monotonic() + 10
        while any(one.fileno() != -1 for one in self.sockets) and time.monotonic() < until:
            time.sleep(0.002)


class MailServer:
    """Takes mails over TLS until it is left.

    Args:
        context: Encrypts.
        from_first_byte: Else with STARTTLS, and nothing without it.
        user: Whom it lets sign in; "" lets anybody send.
        password: Theirs.

    Attributes:
        refused: What it says to recipients that it does not take.
        of_mail: What it says to a mail instead of taking it.
    """

    def __init__(
        self,
        context: ssl.SSLContext,
        *,
        from_first_byte: bool = False,
        user: str = "",
        password: str = "",
    ) -> None:
        self._handler = _Handler(needs_sign_in=bool(user))
        self.refused = self._handler.refused

        def check(
            server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
        ) -> AuthResult:
            is_right = isinstance(data, LoginPassword) and (
                data.login == user.encode() and data.password == password.encode()
            )
            # Handled by the server itself: else a wrong password looks like a server that hangs.
            return AuthResult(success=is_right, handled=False)

        encrypting: dict[str, Any] = (
            {"ssl_context": context}
            if from_first_byte
            else {"tls_context": context, "require_starttls": True}
        )
        self._controller = _Controller(
            self._handler,
            hostname="127.0.0.1",
            port=_free_port(),
            authenticator=check,
            auth_require_tls=not from_first_byte,
            **encrypting,
        )
        self.port: int = self._controller.port

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._controller.wait_for_ends()
        self._controller.stop()

    @property
    def envelopes(self) -> list[Envelope]:
        """What it took, with whom it is from and for."""
        return self._handler.taken

    @property
    def mails(self) -> list[EmailMessage]:
        """What it took."""
        return [
            message_from_bytes(one.original_content, policy=policy.default)
            for one in self._handler.taken
        ]

    def refuse_mails(self, words: str) -> None:
        """Take no mail, and say this to each."""
        self._handler.of_mail = words


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as door:
        port: int = door.getsockname()[1]
    return port
