"""Writes the history into files for other programs, as the operator chooses."""
