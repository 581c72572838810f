"""Who did what: the audit log, searched, exported and checked."""
