"""Run by Alembic: does the steps on the connection that `upgrade` hands over.

All of them are part of the transaction that is open there. The configuration of the log
is left alone: it belongs to the program.
"""

from __future__ import annotations

from alembic import context

from camwatch.data.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite cannot alter most things in place; Alembic then rebuilds the table.
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
