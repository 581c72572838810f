"""Cameras: asking them, checking what they send, and decoding it."""
