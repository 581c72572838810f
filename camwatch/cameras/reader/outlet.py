"""The reader process's way out: its owner may be slow, and gets the newest picture then."""

from __future__ import annotations

import os
import threading
import time
from collections import deque

from camwatch.cameras.reader.messages import Kind, Message

_LAST_WORDS_S = 2.0
_SIGNS_OF_LIFE = (Kind.BEAT, Kind.WAIT)


class Outlet:
    """Writes messages in a thread of its own, so that nobody who receives pictures waits.

    Args:
        descriptor: Of the file to write to.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._changed = threading.Condition()
        self._waiting: deque[Message] = deque()
        self._picture: Message | None = None
        self._is_writing = False
        threading.Thread(target=self._write_all, name="outlet", daemon=True).start()

    def say(self, message: Message) -> None:
        """Send a message; a picture replaces one that nobody took yet."""
        with self._changed:
            if message.kind is Kind.PICTURE:
                self._picture = message
            elif message.kind not in _SIGNS_OF_LIFE or not (self._waiting or self._picture):
                self._waiting.append(message)
            self._changed.notify_all()

    def finish(self) -> None:
        """Wait until all is written, but not for ever."""
        until_s = time.monotonic() + _LAST_WORDS_S
        with self._changed:
            while self._waiting or self._picture or self._is_writing:
                if (left_s := until_s - time.monotonic()) <= 0:
                    return
                self._changed.wait(left_s)

    def _next(self) -> Message:
        """Take what is to be written next: the last words come after the last picture."""
        is_last = not self._waiting or self._waiting[0].kind is Kind.ERROR
        if self._picture is not None and is_last:
            picture, self._picture = self._picture, None
            return picture
        return self._waiting.popleft()

    def _write_all(self) -> None:
        while True:
            with self._changed:
                while not (self._waiting or self._picture):
                    self._changed.wait()
                message = self._next()
                self._is_writing = True
            data = memoryview(message.to_bytes())
            try:
                while data:
                    data = data[os.write(self._descriptor, data) :]
            except OSError:
                os._exit(0)  # the owner is gone
            with self._changed:
                self._is_writing = False
                self._changed.notify_all()
