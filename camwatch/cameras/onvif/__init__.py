"""Asking cameras over ONVIF: what they are, where their pictures are, and how they turn."""
