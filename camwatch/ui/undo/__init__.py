"""Undo of what is changed in the window: what was is put back by an ordinary command."""
