"""What privacy costs: milliseconds of one core for one tile of a wall of 64, by mode.

Run: python -m benchmarks.privacy
"""

from __future__ import annotations

import time

import numpy as np

from camwatch.cameras.privacy_gate import PrivacyGate
from camwatch.domain import CameraId, Pixels, TilePicture, utc_now
from camwatch.events import CountMeasured
from camwatch.scene import Privacy, PrivacyMode, PrivacyRecord, Zone

CAMERAS, ROUNDS, PEOPLE = 64, 40, 12
TILE_WH = (240, 135)
COVER = Zone("Window", ((0.1, 0.1), (0.3, 0.1), (0.3, 0.4), (0.1, 0.4)))


class Screen:
    """Counts what it gets."""

    def __init__(self) -> None:
        self.tiles = 0

    def offer(self, _tile: TilePicture) -> None:
        """Take a tile."""
        self.tiles += 1


def measure(mode: PrivacyMode, covers: tuple[Zone, ...]) -> list[float]:
    """Return how long each tile took, milliseconds."""
    chance = np.random.default_rng(5)
    gate, screen = PrivacyGate(), Screen()
    ids = [CameraId(number) for number in range(1, CAMERAS + 1)]
    gate.set_records(ids, [PrivacyRecord(one, Privacy(mode, covers)) for one in ids])
    shape = (TILE_WH[1], TILE_WH[0], 4)
    pixels: Pixels = chance.integers(0, 256, shape, np.uint8)
    took: list[float] = []
    for seq in range(ROUNDS):
        for camera_id in ids:
            left_top = chance.uniform(0, 0.8, (PEOPLE, 2))
            boxes = np.hstack([left_top, left_top + np.array([0.06, 0.2])]).astype(np.float32)
            at_s = time.monotonic()
            event = CountMeasured(
                utc_now(), camera_id, seq, PEOPLE, 0.9, 0.01, 0.1, boxes,
                np.full(PEOPLE, 0.9, np.float32), "benchmark", captured_s=at_s,
            )  # fmt: skip
            tile = TilePicture(camera_id, pixels, seq, utc_now(), at_s)
            began_s = time.thread_time()
            gate.pass_on(tile, screen)
            gate.take_count(event)
            took.append(1000 * (time.thread_time() - began_s))
    assert screen.tiles >= CAMERAS * ROUNDS
    return took


def main() -> None:
    """Print a line for each mode."""
    print(f"{CAMERAS} cameras, tiles of {TILE_WH[0]} x {TILE_WH[1]}, {PEOPLE} people each")
    for mode in PrivacyMode:
        took = measure(mode, (COVER,))
        median, p95 = np.percentile(took, (50, 95))
        print(f"{mode.value:12} median {median:6.3f} ms   p95 {p95:6.3f} ms")
    took = measure(PrivacyMode.OPEN, ())
    median, p95 = np.percentile(took, (50, 95))
    print(f"{'untouched':12} median {median:6.3f} ms   p95 {p95:6.3f} ms")


if __name__ == "__main__":
    main()
