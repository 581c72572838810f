"""How the history is doing, for how long it is kept, its copies, and where it is."""
