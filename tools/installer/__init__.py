"""Makes what is installed: packages, their lists of parts and licences. See docs/packaging.md."""
