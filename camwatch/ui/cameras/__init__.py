"""The list of cameras, and the form in which one is added or edited."""
