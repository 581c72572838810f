"""Reads moments beside the GUI thread: the newest wish wins, and no older answer follows it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from camwatch.auth.session import Session
from camwatch.cameras.gate import check_picture
from camwatch.domain import CameraId, Picture
from camwatch.errors import CameraError, CamWatchError
from camwatch.history.moments import Moment, StoredPicture
from camwatch.ui.background import Background
from camwatch.ui.cameras.thumbnails import small_image
from camwatch.ui.time_machine.commands import MomentCommands

_MOST_BYTES = 16 * 2**20
_LARGEST_WH = (960, 540)
_KEPT_BYTES = 64 * 2**20

PictureName = tuple[CameraId, datetime]


class PictureCache:
    """Decoded pictures that were seen lately, up to a number of bytes; for the GUI thread."""

    def __init__(self, most_bytes: int = _KEPT_BYTES) -> None:
        self._most = most_bytes
        self._images: OrderedDict[PictureName, QImage] = OrderedDict()
        self.size = 0

    def get(self, name: PictureName) -> QImage | None:
        """Return a picture; an empty one could not be read. None if it is not here."""
        image = self._images.get(name)
        if image is not None:
            self._images.move_to_end(name)
        return image

    def put(self, name: PictureName, image: QImage) -> None:
        """Keep a picture; those that were not seen for longest go."""
        before = self._images.pop(name, None)
        self.size += image.sizeInBytes() - (0 if before is None else before.sizeInBytes())
        self._images[name] = image
        while self.size > self._most and len(self._images) > 1:
            _, gone = self._images.popitem(last=False)
            self.size -= gone.sizeInBytes()


class MomentReader(QObject):
    """Reads what is wished last, one question at a time.

    While one is under way, newer wishes take the place of each other: so answers come in the
    order of their questions, however fast somebody scrubs.

    Signals:
        read: A Moment.
        pictures_read: Pictures of the moment that is shown came into the cache.
        failed: CamWatchError.
    """

    read = Signal(object)
    pictures_read = Signal()
    failed = Signal(object)

    def __init__(
        self,
        commands: MomentCommands,
        session: Session,
        background: Background,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._commands, self._session, self._background = commands, session, background
        self.cache = PictureCache()
        self._round = 0
        self._is_asking = self._is_fetching = False
        self._wish: tuple[datetime, Sequence[CameraId]] | None = None
        self._to_fetch: Moment | None = None

    @property
    def is_busy(self) -> bool:
        """True while an answer is awaited."""
        return self._is_asking

    def ask(self, at: datetime, camera_ids: Collection[CameraId]) -> None:
        """Read a moment, as soon as the question under way is answered."""
        self._wish = at, tuple(camera_ids)
        self._go_on()

    def forget(self) -> None:
        """Let no answer come any more to what was asked until now."""
        self._round += 1
        self._wish = self._to_fetch = None
        self._is_asking = self._is_fetching = False

    def _go_on(self) -> None:
        if self._is_asking or self._wish is None:
            return
        (at, ids), self._wish = self._wish, None
        commands, session, number = self._commands, self._session, self._round
        self._is_asking = True
        self._background.run(
            lambda: commands.moment(session, at, ids),
            lambda moment: self._on_read(number, moment),
            lambda error: self._on_failed(number, error),
            owner=self,
        )

    def _on_read(self, number: int, moment: Moment) -> None:
        if number != self._round:
            return
        self._is_asking = False
        self.read.emit(moment)
        self._to_fetch = moment
        self._fetch()
        self._go_on()

    def _on_failed(self, number: int, error: CamWatchError) -> None:
        if number != self._round:
            return
        self._is_asking = False
        self.failed.emit(error)
        self._go_on()

    # ---------------------------------------------------------------- pictures

    def _fetch(self) -> None:
        moment = self._to_fetch
        if self._is_fetching or moment is None:
            return
        self._to_fetch = None
        missing = [
            one.camera_id
            for one in moment.cameras.values()
            if one.picture is not None
            and self.cache.get((one.camera_id, one.picture.taken_at)) is None
        ]
        if not missing:
            return
        commands, session, number = self._commands, self._session, self._round
        wanted = [
            (one.camera_id, one.picture.taken_at)
            for one in moment.cameras.values()
            if one.picture is not None and one.camera_id in missing
        ]

        def fetch() -> dict[PictureName, QImage]:
            return _decoded(commands.moment_pictures(session, moment.at, missing), wanted)

        self._is_fetching = True
        self._background.run(
            fetch,
            lambda images: self._on_fetched(number, images),
            lambda error: self._on_not_fetched(number, error),
            owner=self,
        )

    def _on_fetched(self, number: int, images: Mapping[PictureName, QImage]) -> None:
        if number != self._round:
            return
        self._is_fetching = False
        for name, image in images.items():
            self.cache.put(name, image)
        self.pictures_read.emit()
        self._fetch()

    def _on_not_fetched(self, number: int, error: CamWatchError) -> None:
        if number != self._round:
            return
        self._is_fetching = False
        self.failed.emit(error)


def _decoded(
    found: Mapping[CameraId, StoredPicture], wanted: Sequence[PictureName]
) -> dict[PictureName, QImage]:
    """Decode files; what is missing or damaged is an empty picture, so it is not asked again."""
    images: dict[PictureName, QImage] = {name: QImage() for name in wanted}
    for camera_id, stored in found.items():
        images[camera_id, stored.taken_at] = _image(camera_id, stored)
    return images


def _image(camera_id: CameraId, stored: StoredPicture) -> QImage:
    # It passes the gate again: the file may have been changed on the disk.
    try:
        wh = check_picture(stored.data, max_bytes=_MOST_BYTES)
    except CameraError:
        return QImage()
    picture = Picture(camera_id, 0, stored.data, wh, stored.taken_at, 0.0, 1.0)
    return small_image(picture, (min(wh[0], _LARGEST_WH[0]), min(wh[1], _LARGEST_WH[1])))
