from __future__ import annotations

import threading

import cv2
import numpy as np
import pytest

from camwatch.detect.geometry import Letterbox, fit_letterbox, letterboxed
from camwatch.detect.inputs import InputBuffers
from camwatch.detect.networks import Tensor
from camwatch.domain import Pixels

SIZES = [(960, 540), (540, 960), (416, 320), (2048, 16), (1, 1), (100, 50), (416, 234)]


def noise(wh: tuple[int, int], seed: int = 0) -> Pixels:
    """Return a picture that, like a frame, may not be written."""
    pixels = np.random.default_rng(seed).integers(0, 255, (wh[1], wh[0], 3), np.uint8)
    pixels.setflags(write=False)
    return pixels


def expected(pixels: Pixels, fit: Letterbox) -> Tensor:
    """Return the input made the slow way."""
    return np.asarray(cv2.dnn.blobFromImage(letterboxed(pixels, fit)), np.float32)


def test_the_input_is_planes_of_blue_green_red() -> None:
    canvas = np.zeros((32, 64, 3), np.uint8)
    canvas[5, 9] = (255, 20, 30)
    tensor = InputBuffers().filled(canvas, Letterbox((64, 32), (64, 32), (64, 32)))
    assert tensor.shape == (1, 3, 32, 64)
    assert tensor.dtype == np.float32
    assert tensor[0, :, 5, 9].tolist() == [255, 20, 30]


@pytest.mark.parametrize("wh", SIZES)
def test_the_input_is_the_letterbox_in_planes(wh: tuple[int, int]) -> None:
    fit = fit_letterbox(wh, 416, 32)
    tensor = InputBuffers().filled(noise(wh), fit)
    np.testing.assert_array_equal(tensor, expected(noise(wh), fit))


def test_nothing_of_a_picture_is_left_in_the_next_one() -> None:
    buffers = InputBuffers()
    for seed, wh in enumerate(SIZES * 2 + SIZES[::-1]):
        fit = fit_letterbox(wh, 416, 32)
        tensor = buffers.filled(noise(wh, seed), fit)
        np.testing.assert_array_equal(tensor, expected(noise(wh, seed), fit))


def test_memory_is_used_again_for_the_same_size_and_not_kept_for_all() -> None:
    buffers = InputBuffers()
    fits = [fit_letterbox((416, high), 416, 32) for high in range(100, 400, 32)]
    first = buffers.filled(noise((416, 100)), fits[0])
    assert buffers.filled(noise((416, 100), 1), fits[0]) is first
    for fit in fits[1:]:
        buffers.filled(noise(fit.frame_wh), fit)
    assert buffers.filled(noise((416, 100)), fits[0]) is not first


def test_threads_do_not_write_into_each_other_s_input() -> None:
    buffers = InputBuffers()
    fit = fit_letterbox((960, 540), 416, 32)
    meet = threading.Barrier(4)
    is_right = []

    def fill(seed: int) -> None:
        pixels = noise((960, 540), seed)
        for _ in range(20):
            tensor = buffers.filled(pixels, fit)
            meet.wait()  # all have written before any looks
            is_right.append(bool((tensor == expected(pixels, fit)).all()))
            meet.wait()

    threads = [threading.Thread(target=fill, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert is_right == [True] * 80
