"""What is known of one camera right now, and for how long it may be called current."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from camwatch.domain import Camera, CameraState, Notice, Passed, PlaceId, Reason
from camwatch.events import (
    CameraStateChanged,
    CountMeasured,
    NoticesChanged,
    Passing,
    PollFailed,
)
from camwatch.language import tr
from camwatch.scene import Mode, Scene, SceneRecord
from camwatch.ui import words
from camwatch.ui.charts.series import percent

_LEAST_OLD_S = 2.0
_LEAST_EXPIRED_S = 10.0

_RANK = {notice: place for place, notice in enumerate(Notice)}

WHOLE = 0.95
"""From this coverage on a number is given without it."""


def old_after_s(interval_s: float) -> float:
    """Return the age from which a picture or a count is no longer new, in seconds."""
    return max(_LEAST_OLD_S, 2 * interval_s)


@dataclass(slots=True, eq=False)
class CameraCondition:
    """The newest state and count of one camera; used on the GUI thread only.

    Attributes:
        camera: The camera.
        state: How it is doing; None until the first word of it.
        count: Its newest count; None if none is known since it was last out of order.
        retry_at: When a camera out of order is asked again, UTC; None if at its usual
            interval.
        can_count: False while no detector works: then nothing is known of people.
        record: What is counted in its view; None until it was read.
        passed: Who passed its lines and gates today.
        badge: How right its numbers are, in a few words; empty until that is known.
        notices: What is wrong with its pictures although they come.
        elsewhere: When another workstation counted last, UTC, and how many; None without.
        attention: Why somebody should look at it now, in a word or two; "" for no reason.
        shows_count: The operator may see how many people there are; else nothing is said of it.
    """

    camera: Camera
    state: CameraStateChanged | None = None
    count: CountMeasured | None = None
    can_count: bool = True
    retry_at: datetime | None = None
    record: SceneRecord | None = None
    passed: Mapping[PlaceId, Passed] = field(default_factory=dict)
    badge: str = ""
    notices: frozenset[Notice] = frozenset()
    elsewhere: tuple[datetime, int] | None = None
    shows_count: bool = True
    attention: str = ""

    @property
    def kind(self) -> CameraState:
        """The state it is in; connecting until something is known."""
        if self.state is None:
            enabled = self.camera.is_watched
            return CameraState.CONNECTING if enabled else CameraState.DISABLED
        return self.state.state

    @property
    def is_live(self) -> bool:
        """True while its pictures are current."""
        return self.kind.is_live

    def take_state(self, event: CameraStateChanged) -> None:
        """Keep a state; a count from before an outage is forgotten, so it cannot come back."""
        self.state = event
        self.retry_at = event.retry_at
        if not event.state.is_live:
            self.count = None

    def take_failure(self, event: PollFailed) -> None:
        """Keep when it is asked again: a state is told once, its retries go on."""
        if self.state is None or event.at >= self.state.at:
            self.retry_at = event.retry_at

    def take_count(self, event: CountMeasured) -> None:
        """Keep a count, unless the camera is out of order by now."""
        if self.state is None or self.is_live:
            self.count = event

    def take_notices(self, event: NoticesChanged) -> None:
        """Keep what is wrong with its pictures; they are forgotten with the next good ones."""
        self.notices = event.notices

    def is_count_doubtful(self, now: datetime) -> bool:
        """Tell whether a number is known, but of a picture that something is wrong with."""
        return (
            self.count is not None and self.count.is_flagged and self.known_count(now) is not None
        )

    @property
    def present_notices(self) -> tuple[Notice, ...]:
        """What is wrong with the pictures that come now, the view first; none while none come."""
        return tuple(sorted(self.notices, key=_RANK.__getitem__)) if self.is_live else ()

    @property
    def has_bad_view(self) -> bool:
        """True while pictures come in which people cannot be counted well."""
        return any(notice.is_of_view for notice in self.present_notices)

    @property
    def notice_words(self) -> str:
        """Say in a few words what is wrong with its pictures; empty if nothing is."""
        present = self.present_notices
        if not present:
            return ""
        more = tr(", and {value} more", value=len(present) - 1) if len(present) > 1 else ""
        return words.sentence(words.NOTICES[present[0]].short) + more

    @property
    def interval_s(self) -> float:
        """The time from one picture to the next: longer than was set while it cannot keep up."""
        set_s = self.camera.settings.interval_s
        return set_s if self.count is None else max(set_s, self.count.interval_s)

    def count_age_s(self, now: datetime) -> float | None:
        """Return how long ago the counted picture was taken, in seconds; None without one."""
        if self.camera.workstation:
            return None if self.elsewhere is None else (now - self.elsewhere[0]).total_seconds()
        return None if self.count is None else (now - self.count.at).total_seconds()

    def known_count(self, now: datetime) -> int | None:
        """Return how many people are in view; None if that is not known (any more)."""
        age_s = self.count_age_s(now)
        if age_s is None:
            return None
        expired_s = max(_LEAST_EXPIRED_S, 4 * self.interval_s)
        if self.camera.workstation and self.elsewhere is not None:
            return self.elsewhere[1] if abs(age_s) <= expired_s else None
        if self.count is None or not self.is_live or not self.can_count:
            return None
        # Of a count that is yet to come nobody knows how old it is: the clock was put back.
        return self.count.number if abs(age_s) <= expired_s else None

    def is_count_new(self, now: datetime) -> bool:
        """Tell whether the count is known and of this very moment."""
        age_s = self.count_age_s(now)
        return (
            age_s is not None
            and self.known_count(now) is not None
            and age_s <= old_after_s(self.interval_s)
        )

    def count_text(self, now: datetime) -> str:
        """Return the number, "?" when it is not known, a dash when nothing was counted yet.

        A number with "?" behind it is doubtful, for something is wrong with the picture. It is
        empty for an operator who may not see it: "?" would tell of something out of order.
        """
        if not self.shows_count:
            return ""
        count = self.known_count(now)
        if count is not None:
            return f"{count}{words.UNKNOWN_COUNT}" if self.is_count_doubtful(now) else str(count)
        is_waiting = self.kind is CameraState.CONNECTING or (self.is_live and self.count is None)
        return words.NOT_COUNTED_YET if is_waiting and self.can_count else words.UNKNOWN_COUNT

    @property
    def scene(self) -> Scene | None:
        """What is drawn on its view; None until that was read."""
        return None if self.record is None else self.record.scene

    def is_still(self, now: datetime) -> bool:
        """Tell whether its number was taken over, since nothing moves in view."""
        return (
            self.known_count(now) is not None and self.count is not None and self.count.is_carried
        )

    def passing(self, now: datetime) -> Passing | None:
        """Return whether in and out are countable now; None if unknown, or without a line."""
        if self.known_count(now) is None or self.count is None:
            return None
        return self.count.passing

    def mode_word(self, now: datetime) -> str:
        """Say what can only be counted; empty while in and out are counted, or not wanted."""
        passing = self.passing(now)
        if passing is None or passing.mode is Mode.IN_OUT:
            return ""
        return words.MODES[passing.mode]

    def readings(self, now: datetime) -> dict[str, str]:
        """Return what stands at each line, gate and zone, by its name.

        Lines and gates show who passed today, zones who stands there now.
        """
        if self.record is None:
            return {}
        found = dict.fromkeys(self.record.ids, words.UNKNOWN_COUNT)
        for one in self.record.scene.passages:
            found[one.name] = self._passed_text(self.passed.get(self.record.ids[one.name]))
        if self.count is not None and self.known_count(now) is not None:
            # A zone that was moved under its name is another: its people are not known yet.
            found |= {
                zone.name: str(zone.count)
                for zone in self.count.zones
                if self.record.ids.get(zone.name) == zone.place_id
            }
        return found

    @staticmethod
    def _passed_text(passed: Passed | None) -> str:
        if passed is None:
            return words.in_out(None, None)
        text = words.in_out(passed.inwards, passed.outwards)
        if passed.since is not None:
            text += tr(" since {since:%H:%M}", since=passed.since)
        # A number of which a part is missing must not pass for the whole.
        return text if passed.coverage >= WHOLE else f"{text} ({percent(passed.coverage)})"

    def explained(self, now: datetime) -> list[str]:
        """Return what `readings` shows in short, as a line in words for each place."""
        if self.record is None:
            return []
        lines = []
        short = self.readings(now)
        for place in self.record.scene.passages:
            passed = self.passed.get(self.record.ids[place.name])
            if passed is None:
                lines.append(tr("{name}: nobody could be counted today", name=place.name))
                continue
            since = (
                tr("today")
                if passed.since is None
                else tr("since it was drawn at {since:%H:%M}", since=passed.since)
            )
            line = f"{place.name}: {words.in_out(passed.inwards, passed.outwards)} {since}"
            if passed.coverage < WHOLE:
                line += tr(", counted {percent} of the time", percent=percent(passed.coverage))
            lines.append(line)
        for zone in self.record.scene.zones:
            count = short[zone.name]
            is_known = count != words.UNKNOWN_COUNT
            said = (
                tr("{people} in it now", people=words.people(int(count)))
                if is_known
                else tr("not known now")
            )
            lines.append(f"{zone.name}: {said}")
        return lines

    @property
    def state_word(self) -> str:
        """The state in a word or two."""
        return words.state_word(self.kind, self.reason)

    @property
    def reason_words(self) -> str:
        """Why it is in this state, as a sentence without a full stop; empty if all is well."""
        return words.sentence(words.REASONS[self.reason].short) or self.notice_words

    @property
    def detail(self) -> str:
        """What the camera said, such as "HTTP 503"; may be empty."""
        return self.state.detail if self.state else ""

    @property
    def advice(self) -> str:
        """What to do about it; empty if there is nothing to do."""
        advice = [words.REASONS[self.reason].advice]
        advice += [words.NOTICES[notice].advice for notice in self.present_notices]
        return " ".join(one for one in advice if one)

    @property
    def reason(self) -> Reason:
        """Why it is in its state."""
        if self.state is not None:
            return self.state.reason
        if self.kind is not CameraState.DISABLED:
            return Reason.STARTING
        return Reason.ELSEWHERE if self.camera.workstation else Reason.SWITCHED_OFF

    def state_for(self, now: datetime) -> str:
        """Say "for 2 min"; empty while nothing is known."""
        if self.state is None:
            return ""
        return tr(
            "for {whole_span}",
            whole_span=words.whole_span((now - self.state.since).total_seconds()),
        )

    def retry(self, now: datetime) -> str:
        """Say "Retry in 8 s"; empty when the camera is asked at its usual interval."""
        if self.state is None or self.retry_at is None or self.is_live:
            return ""
        wait_s = (self.retry_at - now).total_seconds()
        return (
            tr("Retry in {whole_span}", whole_span=words.whole_span(wait_s))
            if wait_s >= 0.5
            else tr("Trying now")
        )
