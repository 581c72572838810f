"""A detector made of any model file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from camwatch.detect.geometry import PADDING_GREY, best_of_each, boxes_in_frame, letterboxed
from camwatch.detect.heads import DECODERS, EITHER_UNIT
from camwatch.detect.heads.query import Query
from camwatch.detect.heads.units import UnitJudge
from camwatch.detect.own_networks import OwnNetwork
from camwatch.detect.preparing import SIDE_STEP, as_tensor, fit_input
from camwatch.detect.recipe import Recipe
from camwatch.domain import Detections, Pixels
from camwatch.errors import OwnModelUnfit
from camwatch.language import tr


def _grey(width: int, height: int) -> Pixels:
    pixels: Pixels = np.full((height, width, 3), PADDING_GREY, np.uint8)
    return pixels


_TRIED = ((0.25, _grey(160, 320)), (1.5, _grey(640, 360)))
"""Scales of about the least and the finest search for far people, and pictures for them."""


class OwnDetector:
    """Finds people with a model that an administrator chose; may be used from several threads.

    Attributes:
        name: As in the models folder.
        runtime: What runs the network.
        precision: "int8", "float16", "float32", or "-" where the file does not tell.
        is_poor: False: how good it is, its test and the audits tell.
        fingerprint: First 16 hexadecimal digits of the SHA-256 of its main file.
        recipe: How it is used.
    """

    is_poor = False

    def __init__(
        self,
        name: str,
        network: OwnNetwork,
        recipe: Recipe,
        file: Path,
        *,
        precision: str,
        fingerprint: str,
    ) -> None:
        """Take over a loaded network and run it once, so that the first picture is not slow.

        Args:
            name: As in the models folder.
            network: Gives the outputs that the recipe names.
            recipe: How it is used.
            file: Where it came from, for messages.
            precision: What it computes in.
            fingerprint: See the attributes.

        Raises:
            OwnModelUnfit: It gives something else than the recipe says.
        """
        self.name = name
        self.runtime: str = network.runtime
        self.precision = precision
        self.fingerprint = fingerprint
        self.recipe = recipe
        self._network = network
        self._file = file
        self._decode = DECODERS[recipe.family]
        self._units = None
        if recipe.family in EITHER_UNIT:
            self._units = UnitJudge(recipe.boxes, recipe.threshold)
        self._order = [network.outputs.index(output) for output in recipe.outputs]
        self._warm_up()

    @property
    def fixed_wh(self) -> tuple[int, int] | None:
        """Width and height of its input in pixels; None where that follows the picture."""
        return self.recipe.input_wh

    def input_wh(self, frame_wh: tuple[int, int]) -> tuple[int, int]:
        """Return width and height of the network's input for a picture of this size."""
        return fit_input(frame_wh, self.recipe).input_wh

    def detect(self, pixels: Pixels, threshold: float) -> Detections:
        """Find the people in a picture; see `Detector.detect`.

        Raises:
            OwnModelUnfit: The model cannot be run, or gives what its family does not give.
        """
        return self._search(pixels, threshold, self.recipe)

    def _warm_up(self) -> None:
        """Run it, so that whatever is wrong shows here."""
        self.detect(_grey(640, 480), 0.5)

    def _search(self, pixels: Pixels, threshold: float, recipe: Recipe) -> Detections:
        height, width = pixels.shape[:2]
        fit = fit_input((width, height), recipe)
        tensor = as_tensor(
            letterboxed(pixels, fit),
            recipe.preparation,
            self._network.layout,
            self._network.element,
        )
        outputs = self._network.run(tensor)
        query = Query(fit.input_wh, recipe.person, threshold, recipe.bins)
        try:
            boxes, scores = self._decode([outputs[place] for place in self._order], query)
            if self._units is not None:
                boxes = self._units.in_pixels(boxes, scores, fit.input_wh)
        except ValueError as error:
            raise OwnModelUnfit(
                self._file, tr("gives no usable result: {error}", error=error)
            ) from error
        kept = best_of_each(boxes, scores, recipe.most_overlap)
        return Detections(boxes_in_frame(boxes[kept], fit), scores[kept])


class ScalableOwnDetector(OwnDetector):
    """One whose model takes inputs of any size, see `tiles.ScalableDetector`.

    Attributes:
        long_side: Longer side of its usual input, pixels.
    """

    @property
    def long_side(self) -> int:
        """See the attributes."""
        return self.recipe.long_side

    def detect_at(self, pixels: Pixels, threshold: float, long_side: int) -> Detections:
        """Find the people in a picture at another scale than the usual one.

        Args:
            pixels: As for `detect`.
            threshold: As for `detect`.
            long_side: Longer side of the network's input in pixels, at least 1.

        Raises:
            OwnModelUnfit: As `detect`.
        """
        return self._search(pixels, threshold, replace(self.recipe, long_side=long_side))

    def _warm_up(self) -> None:
        """Run it at several scales as well: many a model only says that it takes any size."""
        super()._warm_up()
        for share, grey in _TRIED:
            long_side = SIDE_STEP * max(1, round(self.long_side * share / SIDE_STEP))
            self.detect_at(grey, 0.5, long_side)
