"""The hand-over of a shift: what the next one must know, on paper."""
