"""The part of the composition root in which people are counted, from pictures to numbers."""

from __future__ import annotations

import math
import os
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject

from camwatch.accuracy import Setup
from camwatch.accuracy.setup import scene_key
from camwatch.cameras.privacy_gate import PrivacyGate
from camwatch.config import Detection, Settings, load_settings
from camwatch.detect.detector import Detector, open_detector
from camwatch.detect.view_counter import ViewCounters
from camwatch.domain import Camera, CameraId, Picture, Sight
from camwatch.errors import CameraError
from camwatch.events import Bus, CountMeasured
from camwatch.health import QueueReading
from camwatch.mailbox import LatestByKey
from camwatch.paths import Profile, bundled_models
from camwatch.scene import PrivacyRecord, SceneRecord
from camwatch.workers.analysis import AnalysisWorker, SharedDetector
from camwatch.workers.audit_recorder import AuditRecorder
from camwatch.workers.audit_recordings import AuditRecordings
from camwatch.workers.base import Worker
from camwatch.workers.pictures import PictureShelf, PictureWorker, ShownPictures, TileFeed


class CountingRoom:
    """Makes what counts people, and tells what counts them now.

    Args:
        profile: Where own models and recordings are.
        settings: As loaded.
        feed: Gets a picture for each visible tile.
        undecodable: Told of a picture that its decoder refused; called in any thread.
        bus: Gets the counts.
        parent: Owns the recordings.
    """

    def __init__(  # noqa: PLR0917 - all that counting stands on
        self,
        profile: Profile,
        settings: Settings,
        feed: TileFeed,
        undecodable: Callable[[Picture, CameraError], None],
        bus: Bus,
        parent: QObject,
    ) -> None:
        self._profile = profile
        self._detection = settings.detection
        self._feed = feed
        self._undecodable = undecodable
        self._bus = bus
        self._pictures: LatestByKey[CameraId, Picture] = LatestByKey()
        self._sights: LatestByKey[CameraId, Sight] = LatestByKey()
        self._in_order = threading.RLock()
        self._newest_s: dict[CameraId, float] = {}
        self._counters = ViewCounters(self._detection.threshold)
        self._detector = SharedDetector(self._opening(self._detection), bus)
        self.gate = PrivacyGate()
        """Says what of each picture may be shown and kept."""
        self.shelf = PictureShelf()
        """The newest picture of each camera, as it came: for counting, not for showing."""
        self.shown = ShownPictures(self.shelf, self.gate)
        """The newest picture of each camera, as it may be seen."""
        feed.wanted_anew.connect(self._show_newest)
        # Before the recordings are told of a count: its picture comes first.
        bus.subscribe(CountMeasured, self._on_count)
        self.recordings = AuditRecordings(
            profile.audits_folder, bus, setup_of=self.setup_of, parent=parent
        )
        """Recordings for audits."""

    def _opening(self, detection: Detection) -> Callable[[], Detector]:
        return partial(open_detector, detection, bundled_models(), own=self._profile.models_folder)

    def posts(self) -> list[Callable[[], Worker]]:
        """Return what makes each worker, consumers before producers."""
        cores = os.cpu_count() or 1
        analyses = self._detection.threads or max(2, cores - 1)
        return [
            lambda: AuditRecorder(self.recordings),
            *(partial(self._make_analysis, f"analysis-{n}") for n in range(1, analyses + 1)),
            *(
                partial(self._make_pictures, f"pictures-{n}")
                for n in range(1, max(1, cores // 2) + 1)
            ),
        ]

    def _make_analysis(self, name: str) -> Worker:
        return AnalysisWorker(
            name, self._sights, self._counters, self._detector, self._undecodable, self._bus
        )

    def _make_pictures(self, name: str) -> Worker:
        return PictureWorker(
            name,
            self._pictures,
            self._feed,
            self._take_decoded,
            self._undecodable,
            self.gate,
        )

    def take(self, picture: Picture) -> None:
        """Take a good picture from the poller; never waits."""
        self.shelf.put(picture)
        if self.gate.record(picture.camera_id).privacy.is_raw:
            self.recordings.offer(picture)
        if self._feed.largest(picture.camera_id) is None:
            # Nobody sees it, so it need not be decoded before it is known to be searched.
            self._analyse(Sight(picture))
            return
        with self._in_order:
            # Where the counting is behind, an older one must not go on waiting beside it.
            if self._sights.replace(picture.camera_id, Sight(picture)):
                self._newest_s[picture.camera_id] = picture.captured_s
            self._pictures.put(picture.camera_id, picture)

    def _show_newest(self, camera_id: CameraId) -> None:
        """Let a new tile show the picture that is there, not only the next; never waits.

        Until then it would be empty for up to the camera's interval, a minute perhaps.
        """
        with self._in_order:
            picture = self.shelf.latest(camera_id)
            if picture is not None and self._pictures.get(camera_id) is None:
                # It was counted, or waits for it: `_analyse` does not take it twice.
                self._pictures.put(camera_id, picture)

    def _on_count(self, event: CountMeasured) -> None:
        """Know where people are, and let the picture be recorded as it may be kept."""
        self.gate.take_count(event)
        camera_id = event.camera_id
        if self.gate.record(camera_id).privacy.is_raw or not self.recordings.records(camera_id):
            return
        picture = self.shelf.find(camera_id, event.seq)
        if picture is None:
            return
        try:
            data = self.gate.stored(picture)
        except CameraError as error:
            self._undecodable(picture, error)
            return
        if data is not None:
            self.recordings.offer(replace(picture, data=data))

    def _take_decoded(self, sight: Sight) -> None:
        """Take a picture that was decoded for its tile, in a picture thread."""
        with self._in_order:
            newer = self._pictures.get(sight.picture.camera_id)
            # Should decoding be behind, too, then one picture waits all the same: the newer one.
            self._analyse(sight if newer is None else Sight(newer))

    def _analyse(self, sight: Sight) -> None:
        """Let a picture be counted, unless a newer one of its camera was before; in any thread.

        A camera that is shown no more has pictures on both ways for a moment.
        """
        camera_id, captured_s = sight.picture.camera_id, sight.picture.captured_s
        with self._in_order:
            newest_s = self._newest_s.get(camera_id, -math.inf)
            if captured_s > newest_s:
                self._newest_s[camera_id] = captured_s
                self._sights.put(camera_id, sight)
            elif captured_s == newest_s:
                self._sights.replace(camera_id, sight)  # the same, decoded meanwhile

    def waiting(self) -> Mapping[CameraId, int]:
        """Return how many pictures of each camera wait; cameras without are left out."""
        with self._in_order:
            sights = (sight.picture for sight in self._sights.waiting())
            pictures = {(one.camera_id, one.seq) for one in (*self._pictures.waiting(), *sights)}
        return Counter(camera_id for camera_id, _ in pictures)

    def queues(self) -> list[QueueReading]:
        """Tell how many pictures wait; from any thread. At most one of each camera does."""
        return [
            QueueReading("sights", len(self._sights), None, self._sights.dropped),
            QueueReading("pictures", len(self._pictures), None, self._pictures.dropped),
        ]

    def set_cameras(
        self,
        cameras: Sequence[Camera],
        scenes: Sequence[SceneRecord],
        privacy: Sequence[PrivacyRecord] | None,
    ) -> None:
        """Count like this from now on.

        Args:
            cameras: All there are.
            scenes: What is counted in their views.
            privacy: What may be seen of them; None if nobody knows, and nothing is shown.
        """
        self.gate.set_records([camera.id for camera in cameras], privacy)
        self._counters.set_scenes(scenes)
        known = {camera.id for camera in cameras}
        self.shelf.keep_only(known)
        with self._in_order:
            for camera_id in self._newest_s.keys() - known:
                del self._newest_s[camera_id]

    def change_model(self) -> None:
        """Count with the model that the settings name now. Reads their file.

        Raises:
            InvalidSettings: They cannot be used.
        """
        self._detection = load_settings(self._profile.settings_file).detection
        self._counters.set_usual(self._detection.threshold)
        self._detector.change(self._opening(self._detection))

    @property
    def detector(self) -> Detector | None:
        """What counts people now; None if nothing does."""
        return self._detector.present

    def precision_and_threshold(self) -> tuple[str, float]:
        """Return what the detector computes in, "" without one, and the usual threshold."""
        detector = self.detector
        return "" if detector is None else detector.precision, self.usual_threshold

    @property
    def usual_threshold(self) -> float:
        """Lowest score of a person who is counted, where a view has no threshold of its own."""
        return self._detection.threshold

    def setup_of(self, camera_id: CameraId) -> Setup | None:
        """Return what counts the people of a camera now; None if nothing does. Any thread."""
        detector, picture = self._detector.present, self.shelf.latest(camera_id)
        if detector is None or picture is None:
            return None
        scene = self._counters.record_of(camera_id).scene
        return Setup(
            model=detector.name,
            fingerprint=detector.fingerprint,
            runtime=detector.runtime,
            precision=detector.precision,
            threshold=self.usual_threshold if scene.threshold is None else scene.threshold,
            far_people=scene.far_people,
            scene_key=scene_key(scene),
            smoothing_s=scene.smoothing_s,
            picture_wh=picture.wh,
        )
