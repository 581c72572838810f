"""The vault on the screen: its passphrase, and what waits for it."""
