"""The live page: sites on the left, the grid of camera tiles, one tile a camera."""
