"""Shows where people are in a camera's view, and how long they stay."""
