"""Blocking calls for an event loop, in threads that never hold up the end of the program.

A thread pool is joined when the program ends, so a name look-up that takes half a
minute would keep a closed window's process alive for as long. A thread of its own
per call costs a tenth of a millisecond, and these calls are rare.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import TypeVar

from camwatch.domain import Reason
from camwatch.errors import CameraError
from camwatch.language import tr

T = TypeVar("T")


async def call_in_thread(name: str, function: Callable[[], T]) -> T:
    """Call a function in a daemon thread and return what it returns.

    A caller that is cancelled leaves the thread behind; it ends when the function does.

    Args:
        name: The thread's name, for the log.
        function: Takes no arguments; what it raises is raised here.

    Raises:
        CameraError: OPEN_FILES, if this computer grants no more threads.
    """
    loop = asyncio.get_running_loop()
    result: asyncio.Future[T] = loop.create_future()

    def hand_over(value: T | None, error: BaseException | None) -> None:
        if result.done():  # cancelled meanwhile
            return
        if error is None:
            result.set_result(value)  # type: ignore[arg-type]  # T may itself be None
        else:
            result.set_exception(error)

    def run() -> None:
        value, error = None, None
        try:
            value = function()
        except BaseException as caught:  # noqa: BLE001 - raised again in the event loop
            error = caught
        with contextlib.suppress(RuntimeError):  # the loop was closed meanwhile
            loop.call_soon_threadsafe(hand_over, value, error)

    try:
        threading.Thread(target=run, name=name, daemon=True).start()
    except RuntimeError as error:
        raise CameraError(Reason.OPEN_FILES, tr("this computer grants no more threads")) from error
    return await result
