"""Rules: the list, the editor, rehearsal, and why one fired or did not."""
