"""Copies a history from one database to another: a file or a server, either way."""
