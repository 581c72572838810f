"""The dialog about a history whose file is damaged."""
