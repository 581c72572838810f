"""The log: one rotating file per profile, without secrets, and the last-resort hooks."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import logging.handlers
import os
import re
import sys
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

FORMAT = "%(asctime)s.%(msecs)03d %(levelname)-7s %(threadName)s %(name)s: %(message)s"
_HIDDEN = "***"
_PATTERNS = (
    # user:password@ in an address
    (
        re.compile(r"(?P<keep>[a-z][a-z0-9+.-]*://)[^\s/@]*:[^\s/]*@", re.IGNORECASE),
        r"\g<keep>***@",
    ),
    # Authorization: Basic …, Digest …, Bearer …
    (
        re.compile(r"(?P<keep>(?:proxy-)?authorization['\"]?\s*[:=]\s*)[^\r\n]+", re.IGNORECASE),
        rf"\g<keep>{_HIDDEN}",
    ),
    # password=…, "token": "…", secret: …
    (
        re.compile(
            r"(?P<keep>\b[\w-]*(?:password|passwd|pwd|secret|token|api_?key)['\"]?\s*[:=]\s*)"
            r"(?:'[^']*'|\"[^\"]*\"|[^\s,;&)}\]]+)",
            re.IGNORECASE,
        ),
        rf"\g<keep>{_HIDDEN}",
    ),
)
_known_secrets: set[str] = set()
_SHORTEST_KNOWN = 4  # hiding a one-letter password would garble every line


def hide(secret: str) -> None:
    """Keep this very text out of every log line from now on, wherever it turns up."""
    if len(secret) >= _SHORTEST_KNOWN:
        _known_secrets.add(secret)


def scrub(text: str) -> str:
    """Return the text with passwords, tokens and credentials in addresses hidden."""
    for secret in tuple(_known_secrets):
        text = text.replace(secret, _HIDDEN)
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text


class ScrubbingFormatter(logging.Formatter):
    """Formats a record, traceback included, and hides secrets in the result."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, or the lines with a traceback."""
        return scrub(super().format(record))


class _PrivateRotatingHandler(logging.handlers.RotatingFileHandler):
    """Writes files that only their owner may read.

    A line that cannot be written, as on a full disk, is told of once on standard error, and is
    left out; the program goes on.
    """

    def _open(self) -> Any:
        stream = super()._open()
        if os.name == "posix":
            os.fchmod(stream.fileno(), 0o600)
        return stream

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line; note whether that works."""
        _trouble.is_failing = False
        super().emit(record)
        if not _trouble.is_failing:
            _trouble.words = ""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        """Tell once that lines are missing, and go on."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            super().handleError(record)
            return
        _trouble.is_failing = True
        words = f"{self.baseFilename} cannot be written: {error.strerror}"
        _trouble.lost_lines += 1
        if _trouble.words != words:
            _trouble.words = words
            _say(f"camwatch: {words}; the log has gaps until that is put right.\n")


@dataclass
class _Trouble:
    """What is wrong with the log file now."""

    words: str = ""
    lost_lines: int = 0
    is_failing: bool = False


_trouble = _Trouble()


def trouble() -> tuple[str, int]:
    """Return why the log file is not written, "" if it is, and how many lines are missing."""
    return _trouble.words, _trouble.lost_lines


def _say(text: str) -> None:
    """Write to standard error, which may be closed or full itself."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        sys.stderr.write(text)


def set_up(file: Path | None, level: str = "info", *, to_stderr: bool = True) -> None:
    """Send the log to a rotating file (5 of 2 MiB) and warnings to standard error.

    A file that cannot be written is told of on standard error; the program goes on.
    """
    _trouble.words, _trouble.lost_lines = "", 0
    root = logging.getLogger()
    for old in list(root.handlers):
        root.removeHandler(old)
        old.close()
    root.setLevel(level.upper())
    formatter = ScrubbingFormatter(FORMAT, "%Y-%m-%d %H:%M:%S")
    if to_stderr:
        console = logging.StreamHandler(sys.stderr)
        console.setLevel(logging.WARNING)
        console.setFormatter(formatter)
        root.addHandler(console)
    if file is not None:
        try:
            handler = _PrivateRotatingHandler(
                file, maxBytes=2 * 1024 * 1024, backupCount=4, encoding="utf-8", delay=False
            )
        except OSError as error:
            _trouble.words = f"{file} cannot be written: {error.strerror}"
            logging.getLogger(__name__).warning("no log file: %s", error)
        else:
            handler.setFormatter(formatter)
            root.addHandler(handler)


def log_crash(where: str, error: BaseException) -> str:
    """Log a bug with its traceback; return the id that stands in the log."""
    error_id = str(getattr(error, "error_id", "") or uuid.uuid4())
    logging.getLogger("camwatch.crash").error(
        "unforeseen error in %s [%s]",
        where,
        error_id,
        exc_info=(type(error), error, error.__traceback__),
    )
    return error_id


def install_last_resorts(tell: Callable[[str], None]) -> None:
    """Catch what nobody caught, in Qt slots and in threads: log it, tell of it, go on.

    Args:
        tell: Called with the error's id, in the thread that failed; must only hand it over.
    """

    def on_uncaught(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        tell(log_crash(threading.current_thread().name, error.with_traceback(trace)))

    def on_thread(arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None and arguments.exc_type is not SystemExit:
            on_uncaught(arguments.exc_type, arguments.exc_value, arguments.exc_traceback)

    sys.excepthook = on_uncaught
    threading.excepthook = on_thread


def on_asyncio_error(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Log what an event loop caught; set with `loop.set_exception_handler`."""
    error = context.get("exception")
    if isinstance(error, BaseException):
        log_crash(f"event loop: {context.get('message')}", error)
    else:
        logging.getLogger("camwatch.crash").error("event loop: %s", context.get("message"))
