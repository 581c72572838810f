"""Ends the program's parts that tests run in their own process."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent

from camwatch.app import Application


def end(application: Application) -> None:
    """Stop a run of the program and destroy what belongs to it, here and now.

    Python collects what nobody holds any more in whichever thread happens to be at it, and Qt does
    not survive that timers end in another thread than their own. In the program itself there is but
    one such run, which lasts until the process ends.
    """
    application.stop()
    application.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    QCoreApplication.processEvents()
