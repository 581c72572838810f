"""The sounds of alerts, made when they are needed: no files, and at any volume. Pure."""

from __future__ import annotations

import io
import wave

import numpy as np

from camwatch.alerts.rules import Severity

_RATE = 22_050
_FADE_S = 0.012
"""A tone that begins or ends at once would click."""

_TONES: dict[Severity, tuple[tuple[float, float], ...]] = {
    Severity.INFORMATION: ((880.0, 0.18),),
    Severity.WARNING: ((740.0, 0.16), (0.0, 0.06), (988.0, 0.22)),
    Severity.CRITICAL: ((988.0, 0.16), (0.0, 0.05)) * 2 + ((740.0, 0.28), (0.0, 0.12)),
}
"""Hertz (0 is silence) and seconds. The more serious, the longer and the more restless."""

_REPEATED = {Severity.INFORMATION: 1, Severity.WARNING: 1, Severity.CRITICAL: 3}


def sound_of(severity: Severity, volume: float) -> bytes:
    """Return a WAV file, 16 bit mono.

    Args:
        severity: Each has a sound of its own.
        volume: 0 to 1; as it is heard, not as the amplitude is, which falls faster.
    """
    parts = [_tone(hertz, seconds) for hertz, seconds in _TONES[severity] * _REPEATED[severity]]
    amplitude = 0.8 * min(max(volume, 0.0), 1.0) ** 2
    samples = (np.concatenate(parts) * amplitude * 32767).astype("<i2")
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(_RATE)
        writer.writeframes(samples.tobytes())
    return file.getvalue()


def _tone(hertz: float, seconds: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    times = np.arange(round(seconds * _RATE)) / _RATE
    # A little of the octave above makes it heard through the noise of a room.
    tone = 0.8 * np.sin(2 * np.pi * hertz * times) + 0.2 * np.sin(4 * np.pi * hertz * times)
    fade = np.minimum(1.0, np.minimum(times, seconds - times) / _FADE_S)
    made: np.ndarray[tuple[int], np.dtype[np.float64]] = tone * np.maximum(fade, 0.0)
    return made
