"""The Health page: how CamWatch itself is doing, and what support needs to know of it."""
