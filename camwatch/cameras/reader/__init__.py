"""A process of its own that decodes video: a library that can hang or crash is kept apart.

`order` and `messages` are what both sides know, `capture` is the process, `process` is its
owner's side.
"""
