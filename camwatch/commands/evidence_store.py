"""The pictures of the moments in which alerts were raised, as files in a folder of their own."""

from __future__ import annotations

import logging
import os
import time
import uuid
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from pathlib import Path

from camwatch.accuracy.keeping import disk_errors
from camwatch.alerts.alert import Alert
from camwatch.alerts.inbox import Evidence
from camwatch.alerts.rules import Rule
from camwatch.cameras.gate import PNG_MAGIC
from camwatch.cameras.privacy_gate import PrivacyGate
from camwatch.config import AlertPolicy
from camwatch.data.engine import Database
from camwatch.data.evidence import EvidenceRow
from camwatch.domain import Boxes, CameraId, Picture
from camwatch.errors import CameraError, NotFound, StorageError
from camwatch.files import write_aside
from camwatch.language import marked, tr
from camwatch.scene import PrivacyMode

log = logging.getLogger(__name__)

MOST_PICTURES = 12
"""Of one alert: of 50 cameras behind one switch a few tell as much."""

_AT_ONCE = 50
_MOST_LOOKED_AT = 20_000
_LEFT_OVER_AFTER_S = 3600.0
_CALM_S = 0.01

_SWITCHED_OFF = marked("Keeping pictures is switched off in the settings.")
_NOT_WANTED = marked("The rule of this alert keeps no picture.")
_NO_CAMERA = marked("This alert is about no single camera.")


def _deleted(days: int) -> str:
    if days == 1:
        return tr("The picture was deleted: pictures of alerts are kept for 1 day.")
    return tr("The picture was deleted: pictures of alerts are kept for {days} days.", days=days)


_COUNT_ONLY = marked("This camera only counts: no picture of it is kept.")
_MISSING = marked("The file of the picture is not there any more.")
_NONE_THEN = marked("There was no current picture at that moment.")


class EvidenceStore:
    """Keeps pictures, and finds them again. All methods block; for any thread.

    Args:
        folder: Where they are; made when the first one is kept. None keeps none.
        database: Knows of which alert each is.
        policy: Whether and how long they are kept.

    Attributes:
        gate: Makes unseen in them what may not be kept.
    """

    def __init__(self, folder: Path | None, database: Database, policy: AlertPolicy) -> None:
        self._folder = folder
        self._database = database
        self._policy = policy
        self.gate = PrivacyGate()

    def keep(  # noqa: PLR0917 - the alert, and all that its picture says
        self,
        alert: Alert,
        rule: Rule,
        picture: Picture,
        boxes: Boxes,
        count: int | None,
        now: datetime,
    ) -> bool:
        """Keep a picture of an alert, if its rule and the settings allow it.

        What privacy hides, and parts of the view that are masked, are made unseen before
        anything is written. What holds is asked of the history: if that cannot be read, then
        nothing is kept.

        Returns:
            True if it is kept, or one of this camera was kept before.

        Raises:
            FilesTroubled: It cannot be written.
            StorageError: Likewise.
        """
        if self._folder is None or not (self._policy.keep_pictures and rule.keeps_picture):
            return False
        kept = self._database.evidence.of_alerts([alert.uid])
        if any(one.camera_id == picture.camera_id for one in kept):
            return True
        if len(kept) >= MOST_PICTURES:
            return False
        masks = self._database.scenes.get(picture.camera_id).scene.masks
        privacy = self._database.privacy.get(picture.camera_id).privacy
        known = boxes if count is not None else None
        try:
            data = self.gate.stored(picture, boxes=known, masks=masks, privacy=privacy)
        except CameraError as error:
            # What should not be seen is not kept as it is.
            log.info("no picture is kept of alert %d: %s", alert.number, error)
            return False
        if data is None:
            return False
        name = f"{uuid.uuid4()}{'.png' if data.startswith(PNG_MAGIC) else '.jpg'}"
        file = self._folder / name
        with disk_errors(file):
            self._make_folder(self._folder)
            write_aside(file, data)
        row = EvidenceRow(
            camera_id=picture.camera_id,
            camera_name=self._name_of(alert, picture.camera_id),
            captured_at=picture.captured_at,
            file=name,
            is_masked=bool(masks) or not privacy.is_raw,
            boxes=boxes,
            count=count,
            kept_until=now + timedelta(days=self._policy.picture_days),
        )
        try:
            self._database.evidence.add(alert.uid, row)
        except (StorageError, NotFound):
            file.unlink(missing_ok=True)
            raise
        return True

    @staticmethod
    def _make_folder(folder: Path) -> None:
        folder.mkdir(mode=0o700, exist_ok=True)
        if os.name == "posix":
            folder.chmod(0o700)

    def _name_of(self, alert: Alert, camera_id: CameraId) -> str:
        try:
            return self._database.cameras.get(camera_id).name
        except NotFound:
            names = (one.name for one in alert.parts if one.subject.camera_id == camera_id)
            return next(names, tr("camera {camera_id}", camera_id=camera_id))[:100]

    def of(self, alert_uid: str) -> list[Evidence]:
        """Return the pictures of an alert; one whose file is gone is left out.

        Raises:
            FilesTroubled: One cannot be read.
            StorageError: It is not known which there are.
        """
        found = []
        for row in self._database.evidence.of_alerts([alert_uid]):
            data = self._read(row.file)
            if data is not None:
                found.append(
                    Evidence(
                        camera_id=row.camera_id,
                        camera_name=row.camera_name,
                        captured_at=row.captured_at,
                        data=data,
                        is_masked=row.is_masked,
                        boxes=row.boxes,
                        count=row.count,
                        kept_until=row.kept_until,
                    )
                )
        return found

    def first(self, alert_uid: str) -> bytes | None:
        """Return the first picture of an alert, None if there is none; errors as for `of`."""
        for row in self._database.evidence.of_alerts([alert_uid]):
            data = self._read(row.file)
            if data is not None:
                return data
        return None

    def read_file(self, name: str) -> bytes | None:
        """Return a picture by the name of its file; None if it is gone; errors as for `of`."""
        return self._read(name)

    def _read(self, name: str) -> bytes | None:
        if self._folder is None:
            return None
        file = self._folder / name
        with disk_errors(file):
            try:
                return file.read_bytes()
            except FileNotFoundError:
                return None

    def count(
        self,
        alert: Alert,
        rule: Rule | None,
        now: datetime,
        is_seen: Callable[[CameraId], bool] = lambda _camera: True,
    ) -> tuple[int, str]:
        """Return how many pictures an alert has, and why there is none: "" if there is one.

        Args:
            alert: Which one.
            rule: That raised it; None if it was removed.
            now: UTC.
            is_seen: Tells whether who asks sees a camera.

        Raises:
            StorageError: It cannot be found out.
        """
        rows = [
            row for row in self._database.evidence.of_alerts([alert.uid]) if is_seen(row.camera_id)
        ]
        folder = self._folder
        there = 0 if folder is None else sum((folder / row.file).is_file() for row in rows)
        if there:
            return there, ""
        if rows:
            return 0, tr(_MISSING)
        return 0, self._why_none(alert, rule, now)

    def _why_none(self, alert: Alert, rule: Rule | None, now: datetime) -> str:
        if not alert.camera_ids:
            return tr(_NO_CAMERA)
        if self._folder is None or not self._policy.keep_pictures:
            return tr(_SWITCHED_OFF)
        if rule is not None and not rule.keeps_picture:
            return tr(_NOT_WANTED)
        if alert.raised_at < now - timedelta(days=self._policy.picture_days):
            return _deleted(self._policy.picture_days)
        records = {one.camera_id: one.privacy.mode for one in self._database.privacy.all()}
        if all(records.get(one) is PrivacyMode.COUNT_ONLY for one in alert.camera_ids):
            return tr(_COUNT_ONLY)
        return tr(_NONE_THEN)

    # ---------------------------------------------------------------- the end of their time

    def keep_to(self, policy: AlertPolicy) -> None:
        """Keep pictures by these settings from now on."""
        self._policy = policy

    def keep_for(self, days: int) -> None:
        """Keep pictures for so many days from now on; those that are older go when it is tidied.

        One that is there already is never kept longer than was said when it was stored.
        """
        self._policy = self._policy.model_copy(update={"picture_days": days})

    def outdated(self, days: int, now: datetime) -> tuple[int, int]:
        """Return how many pictures are too old if they are kept for so many days, and their bytes.

        Raises:
            FilesTroubled: The folder cannot be read.
            StorageError: It cannot be found out.
        """
        names = self._database.evidence.outdated(now, now - timedelta(days=days), _MOST_LOOKED_AT)
        size = 0
        if self._folder is not None:
            with disk_errors(self._folder):
                files = [self._folder / name for name in names]
                size = sum(file.stat().st_size for file in files if file.is_file())
        return len(names), size

    def tidy(self, now: datetime) -> int:
        """Delete what is old, in small steps; returns how many pictures that were.

        Raises:
            FilesTroubled: A picture cannot be deleted.
            StorageError: Some are still there.
        """
        oldest = now - timedelta(days=self._policy.picture_days)
        count = 0
        while files := self._database.evidence.outdated(now, oldest, _AT_ONCE):
            self.delete(files)
            count += len(files)
            time.sleep(_CALM_S)  # lets others write to the history
        self._delete_left_over()
        return count

    def remove_of(self, alert_uids: Collection[str]) -> None:
        """Delete the pictures of alerts that are about to be deleted; errors as for `tidy`."""
        rows = self._database.evidence.of_alerts(list(alert_uids))
        if rows:
            self.delete([row.file for row in rows])

    def remove_of_camera(self, camera_id: CameraId) -> int:
        """Delete all pictures of a camera; returns how many. Errors as for `tidy`."""
        files = self._database.evidence.of_camera(camera_id)
        for start in range(0, len(files), _AT_ONCE):
            self.delete(files[start : start + _AT_ONCE])
        return len(files)

    def delete(self, files: Collection[str]) -> None:
        """Delete pictures: first the files, so that none is left that nobody knows of."""
        if self._folder is not None:
            for name in files:
                file = self._folder / name
                with disk_errors(file):
                    file.unlink(missing_ok=True)
        self._database.evidence.forget(files)

    def _delete_left_over(self) -> None:
        """Delete files of no alert, as a power cut between the file and its row leaves them."""
        if self._folder is None:
            return
        with disk_errors(self._folder):
            if not self._folder.is_dir():
                return
            before = time.time() - _LEFT_OVER_AFTER_S
            old = [
                file.name
                for file in self._folder.iterdir()
                if file.is_file() and file.stat().st_mtime < before
            ]
        for start in range(0, len(old), _AT_ONCE):
            some = old[start : start + _AT_ONCE]
            left_over = set(some) - self._database.evidence.known(some)
            with disk_errors(self._folder):
                for name in left_over:
                    (self._folder / name).unlink(missing_ok=True)
