"""Values guard themselves."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from camwatch.domain import CameraId, CameraSettings, Detections, Frame, Picture, Secret, utc_now


def test_a_secret_is_neither_shown_nor_pickled() -> None:
    secret = Secret("canary")
    assert "canary" not in f"{secret} {secret!r} {[secret]}"
    assert secret.reveal() == "canary"
    assert not Secret("")
    with pytest.raises(TypeError):
        pickle.dumps(secret)


def test_pixels_of_a_frame_cannot_be_changed() -> None:
    picture = Picture(CameraId(1), 0, b"", (2, 2), utc_now(), 0.0, 1.0)
    frame = Frame(picture, np.zeros((2, 2, 3), np.uint8))
    with pytest.raises(ValueError, match="read-only"):
        frame.pixels[0, 0, 0] = 1


def test_boxes_and_scores_must_fit() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        Detections(np.zeros((2, 4), np.float32), np.zeros(1, np.float32))


def test_no_people_have_no_confidence() -> None:
    found = Detections(np.zeros((0, 4), np.float32), np.zeros(0, np.float32))
    assert (found.count, found.confidence) == (0, 0.0)
    assert found.relative((10, 10)).shape == (0, 4)


def test_boxes_relative_to_the_frame() -> None:
    found = Detections(np.array([[64, 36, 128, 72]], np.float32), np.array([0.5], np.float32))
    assert found.relative((640, 360)).tolist() == [
        pytest.approx([0.1, 0.1, 0.2, 0.2]),
    ]


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("10.0.0.7", "http://10.0.0.7:81/cam/snapshot"),
        ("fe80::1", "http://[fe80::1]:81/cam/snapshot"),
    ],
)
def test_addresses_of_a_camera(host: str, expected: str) -> None:
    settings = CameraSettings("Gate", "Yard", host, port=81, base_path="/cam", status_path="")
    assert settings.snapshot_url == expected
    assert settings.status_url is None
