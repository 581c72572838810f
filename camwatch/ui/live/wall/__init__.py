"""Walls: layouts of tiles, arranged by hand, toured, and on several screens."""
