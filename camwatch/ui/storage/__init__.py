"""How the history is doing, how long it is kept, its copies, where it is, and who shares it."""
