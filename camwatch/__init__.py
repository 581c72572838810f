"""CamWatch: counts people on IP cameras and says how right the count is."""

__version__ = "0.1.0"
