"""Whether something is wrong with a camera, or with the program. Nothing is kept here."""

from __future__ import annotations

from camwatch.alerts.readings import Reading, Readings
from camwatch.alerts.rules import CameraTrouble, ProgramCondition
from camwatch.alerts.verdict import Judgement, Verdict
from camwatch.domain import CameraId, CameraState, Notice, Reason
from camwatch.language import marked

_DOWN = frozenset(
    {
        CameraState.OFFLINE,
        CameraState.BAD_DATA,
        CameraState.AUTH_FAILED,
        CameraState.TLS_CHANGED,
        CameraState.BLOCKED,
        CameraState.STALE,
    }
)
"""States without a current picture; STALE for being frozen is a trouble of its own."""

SHARED = {
    Reason.HOST_OFFLINE: marked("the network of this computer"),
    Reason.PASSWORD_LOCKED: marked("the keyring of this computer"),
}
"""Reasons that lie at this computer: all cameras that it keeps away are one alert."""

_BLIND = (Notice.BLACK, Notice.COVERED, Notice.OVEREXPOSED, Notice.DEFOCUSED)
"""What makes a camera blind; the first of several is told."""


def judge_camera(
    trouble: CameraTrouble, camera_id: CameraId, readings: Readings, now_s: float
) -> Judgement:
    """Tell whether a camera is in a trouble.

    While nobody can tell (it is being connected to, this computer slept, a blind camera gives
    no pictures), what is open stays open and nothing begins.
    """
    reading = readings.of(camera_id)
    if reading.state is CameraState.DISABLED:
        return Judgement(Verdict.OVER)
    if trouble is CameraTrouble.DOWN:
        return _judge_down(reading)
    if trouble is CameraTrouble.FROZEN:
        return _judge_frozen(reading)
    if trouble is CameraTrouble.BLIND:
        return _judge_blind(reading)
    if now_s > reading.until_s:
        return Judgement(Verdict.UNKNOWN)
    return Judgement(Verdict.HOLDS if reading.is_too_slow else Verdict.OVER)


def _judge_down(reading: Reading) -> Judgement:
    state, reason = reading.state, reading.reason
    if state is None or reason is Reason.ASLEEP:
        return Judgement(Verdict.UNKNOWN)
    if state is CameraState.CONNECTING:
        # Without the keyring nobody asks the camera, for hours if need be.
        if reason is not Reason.PASSWORD_LOCKED:
            return Judgement(Verdict.UNKNOWN)
    elif state not in _DOWN or reason is Reason.FROZEN:
        return Judgement(Verdict.OVER)
    return Judgement(
        Verdict.HOLDS, reason=reading.cause.value, shared=SHARED.get(reading.cause, "")
    )


def _judge_frozen(reading: Reading) -> Judgement:
    if reading.state is CameraState.STALE and reading.reason is Reason.FROZEN:
        return Judgement(Verdict.HOLDS, reason=Reason.FROZEN.value)
    is_live = reading.state is not None and reading.state.is_live
    return Judgement(Verdict.OVER if is_live else Verdict.UNKNOWN)


def _judge_blind(reading: Reading) -> Judgement:
    if reading.state is not None and not reading.state.is_live:
        return Judgement(Verdict.UNKNOWN)
    for notice in _BLIND:
        if notice in reading.notices:
            return Judgement(Verdict.HOLDS, reason=notice.value)
    return Judgement(Verdict.UNKNOWN if reading.state is None else Verdict.OVER)


def judge_program(condition: ProgramCondition, part: str, readings: Readings) -> Judgement:
    """Tell whether a part of the program is in trouble."""
    fact = readings.program.get((condition.trouble, part))
    if fact is None:
        return Judgement(Verdict.UNKNOWN)
    if not fact.is_troubled:
        return Judgement(Verdict.OVER)
    return Judgement(Verdict.HOLDS, reason=fact.reason)
