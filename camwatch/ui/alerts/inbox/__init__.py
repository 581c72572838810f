"""The alerts that were raised: list, details, evidence, and the hand-over of a shift."""
