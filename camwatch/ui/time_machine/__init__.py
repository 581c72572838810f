"""The wall as it was at a moment of the past."""
