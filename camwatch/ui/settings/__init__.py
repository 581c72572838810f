"""The page of the settings, how the screen looks, and the workspace file."""
