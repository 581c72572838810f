"""The login service: how it is asked, and what is believed of its answers."""
