"""How the schema came to be, one Alembic script a step; `upgrade` runs them.

A step is written by hand in `versions/`, named by the next number, together with the
change in `schema.py`. A test fails as long as the two do not lead to the same tables.
A published step is never changed.
"""
