"""Run as a process of its own: records pictures and says how many are on the disk.

Usage: python -m tests.workers.recording_child FOLDER
"""

from __future__ import annotations

import sys
from itertools import count
from pathlib import Path

from PySide6.QtCore import QCoreApplication

from camwatch.events import Bus
from camwatch.workers.audit_recorder import AuditRecorder
from camwatch.workers.audit_recordings import AuditRecordings
from tests.workers.audit_site import a_plan, a_setup, feed, files


def main() -> None:
    application = QCoreApplication([])
    bus = Bus()
    recordings = AuditRecordings(Path(sys.argv[1]), bus)
    worker = AuditRecorder(recordings)
    worker.start()
    while not recordings.is_open:
        application.processEvents()
    folder = recordings.folder_of(recordings.start_recording(a_plan(), a_setup()))
    for frame in count():
        feed(recordings, bus, frame % 20)
        while len(files(folder)) <= frame:
            application.processEvents()
        print(frame + 1, flush=True)  # noqa: T201 - the parent reads it


if __name__ == "__main__":
    main()
