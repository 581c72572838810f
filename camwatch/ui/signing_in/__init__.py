"""The parts of which the screens for signing in are made."""
