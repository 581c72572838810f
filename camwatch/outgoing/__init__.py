"""Questions to other computers over HTTP: one deadline, small answers, no surprises."""
