"""One camera seen closely: at full detail, zoomed, moved, and saved to a file."""
