"""The measuring behind `camwatch bench ingest`: the whole program with many simulated cameras."""
