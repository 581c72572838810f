"""A detector made of any model file."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from camwatch.detect.geometry import best_of_each, boxes_in_frame, letterboxed
from camwatch.detect.heads import DECODERS
from camwatch.detect.heads.query import Query
from camwatch.detect.own_networks import OwnNetwork
from camwatch.detect.preparing import as_tensor, fit_input
from camwatch.detect.recipe import Recipe
from camwatch.domain import Detections, Pixels
from camwatch.errors import OwnModelUnfit


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
        self._order = [network.outputs.index(output) for output in recipe.outputs]
        self.detect(np.full((480, 640, 3), 114, np.uint8), 0.5)

    def input_wh(self, frame_wh: tuple[int, int]) -> tuple[int, int]:
        """Return width and height of the network's input for a picture of this size."""
        return fit_input(frame_wh, self.recipe).input_wh

    def detect(self, pixels: Pixels, threshold: float) -> Detections:
        """Find the people in a picture; see `Detector.detect`.

        Raises:
            OwnModelUnfit: The model cannot be run, or gives what its family does not give.
        """
        height, width = pixels.shape[:2]
        recipe = self.recipe
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
        except ValueError as error:
            raise OwnModelUnfit(self._file, f"gives no usable result: {error}") from error
        kept = best_of_each(boxes, scores, recipe.most_overlap)
        return Detections(boxes_in_frame(boxes[kept], fit), scores[kept])
