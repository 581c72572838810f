"""The history: what is stored, and how it is read back. The only room that knows SQLAlchemy.

`engine.Database` opens it; its repositories take and return values of `domain`.
"""
