"""Checks corrections of counts, stores and withdraws them, and tells of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from camwatch.alerts.plain import checked
from camwatch.commands.trail import DONE, FAILED, Trail
from camwatch.data.engine import Database
from camwatch.domain import CameraId
from camwatch.errors import (
    ChangedMeanwhile,
    InvalidSetting,
    InvalidSettings,
    NotFound,
    StorageError,
)
from camwatch.events import Bus, CorrectionsChanged
from camwatch.history.corrections import (
    LONGEST_DAYS,
    LONGEST_REASON,
    Correction,
    CorrectionDraft,
    CorrectionKind,
)
from camwatch.language import tr
from camwatch.scene import PlaceKind, PlaceRecord

MOST_PEOPLE = 100_000
"""So many people at most are added or taken away at once."""

_LONGEST = timedelta(days=LONGEST_DAYS)
_TOLD = 200


class Correcting:
    """Corrects counts for operators who were let through."""

    def __init__(
        self, database: Database, trail: Trail, bus: Bus, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._trail = trail
        self._bus = bus
        self._clock = clock

    def add(self, actor: str, draft: CorrectionDraft) -> Correction:
        """See `HistoryCommands.add_correction`."""
        name = self._name_of(draft.camera_id)
        place = self._place(draft)
        draft = self._checked(draft, place)
        details = _details(draft, place)
        # Audited first, as all that changes what others read.
        self._trail.record(actor, "add_correction", name, DONE, **details)
        try:
            made = self._database.corrections.add(draft, actor)
        except InvalidSetting as error:
            self._trail.try_to_record(actor, "add_correction", name, FAILED, **details)
            raise InvalidSettings([error]) from error
        except StorageError:
            self._trail.try_to_record(actor, "add_correction", name, FAILED, **details)
            raise
        self._tell(made)
        return made

    def withdraw(self, actor: str, uid: str, why: str) -> Correction:
        """See `HistoryCommands.withdraw_correction`."""
        before = self._database.corrections.get(uid)
        try:
            why = checked("why", why, LONGEST_REASON, may_be_empty=False, has_lines=True)
        except InvalidSetting as error:
            raise InvalidSettings([error]) from error
        if not before.holds:
            raise ChangedMeanwhile(tr("the correction"))
        name = self._name_of(before.camera_id)
        details = _details(before.draft, self._place(before.draft))
        details["why"] = why[:_TOLD]
        self._trail.record(actor, "withdraw_correction", name, DONE, **details)
        try:
            after = self._database.corrections.withdraw(uid, actor, why)
        except (NotFound, ChangedMeanwhile, StorageError):
            self._trail.try_to_record(actor, "withdraw_correction", name, FAILED)
            raise
        self._tell(after)
        return after

    def _tell(self, one: Correction) -> None:
        self._bus.publish(
            CorrectionsChanged(self._clock(), one.camera_id, one.draft.start, one.draft.end)
        )

    def _name_of(self, camera_id: CameraId) -> str:
        """Return a camera's name, of one that was removed too.

        Raises:
            NotFound: There never was such a camera.
        """
        name = self._database.cameras.names().get(camera_id)
        if name is None:
            raise NotFound(tr("camera {camera_id}", camera_id=camera_id))
        return name

    def _place(self, draft: CorrectionDraft) -> PlaceRecord | None:
        """Return the place that a correction is about.

        Raises:
            NotFound: The camera has none of this id.
        """
        if draft.place_id is None:
            return None
        for one in self._database.scenes.places(draft.camera_id):
            if one.id == draft.place_id:
                return one
        raise NotFound(tr("place {place_id}", place_id=draft.place_id))

    def _checked(self, draft: CorrectionDraft, place: PlaceRecord | None) -> CorrectionDraft:
        """Return a correction as it is stored.

        Raises:
            InvalidSettings: With every refused field.
        """
        problems = [*self._wrong_times(draft), *_wrong_numbers(draft, place)]
        reason = draft.reason
        try:
            reason = checked("reason", reason, LONGEST_REASON, may_be_empty=False, has_lines=True)
        except InvalidSetting as error:
            problems.append(error)
        if problems:
            raise InvalidSettings(problems)
        start, end = draft.start.astimezone(UTC), draft.end.astimezone(UTC)
        return replace(draft, start=start, end=end, reason=reason)

    def _wrong_times(self, draft: CorrectionDraft) -> list[InvalidSetting]:
        problems = []
        for field, moment in (("start", draft.start), ("end", draft.end)):
            if moment.tzinfo is None:
                problems.append(InvalidSetting(field, tr("must have a time zone")))
            elif moment.second or moment.microsecond:
                problems.append(InvalidSetting(field, tr("must be a whole minute")))
        if problems:
            return problems
        if draft.end <= draft.start:
            return [InvalidSetting("end", tr("must be after the start"))]
        if draft.end > self._clock():
            return [InvalidSetting("end", tr("must not be in the future"))]
        if draft.end - draft.start > _LONGEST:
            return [
                InvalidSetting(
                    "end",
                    tr(
                        "must be at most {longest_days} days after the start",
                        longest_days=LONGEST_DAYS,
                    ),
                )
            ]
        return []


def _wrong_numbers(draft: CorrectionDraft, place: PlaceRecord | None) -> list[InvalidSetting]:
    """Return what does not fit what is corrected."""
    amounts = (("inwards", draft.inwards), ("outwards", draft.outwards))
    if draft.kind is CorrectionKind.EXCLUDE:
        return [
            InvalidSetting(field, tr("must be 0: what is excluded is unknown"))
            for field, amount in amounts
            if amount
        ]
    if place is None or place.kind is PlaceKind.ZONE:
        return [
            InvalidSetting("kind", tr("fits only a line or a gate: nobody passes anything else"))
        ]
    if not (draft.inwards or draft.outwards):
        return [InvalidSetting("inwards", tr("is needed, or how many passed outwards"))]
    return [
        InvalidSetting(
            field,
            tr(
                "must be from {value:,} to {most_people:,}",
                value=-MOST_PEOPLE,
                most_people=MOST_PEOPLE,
            ),
        )
        for field, amount in amounts
        if abs(amount) > MOST_PEOPLE
    ]


def _details(draft: CorrectionDraft, place: PlaceRecord | None) -> dict[str, str]:
    """Say in the audit log what is corrected."""
    details = {
        "kind": draft.kind.value,
        "start": draft.start.isoformat(timespec="minutes"),
        "end": draft.end.isoformat(timespec="minutes"),
        "reason": draft.reason[:_TOLD],
    }
    if place is not None:
        details["place"] = f"{place.kind.value} {place.name}"
    if draft.kind is CorrectionKind.PASSED:
        details |= {"inwards": f"{draft.inwards:+d}", "outwards": f"{draft.outwards:+d}"}
    return details
