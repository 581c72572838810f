"""Leads a new administrator to the first counted person."""
