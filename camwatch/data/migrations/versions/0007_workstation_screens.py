"""Walls and preferences of operators, privacy, moments that can be looked at again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from camwatch.data.moments import Moment

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, one function a part."""
    _make_workspace_imports()


def downgrade() -> None:
    """Take them away again, in the opposite order."""
    op.drop_table("workspace_import")


def _make_workspace_imports() -> None:
    """Keep what each import of a workspace file changed, so that it can be taken back."""
    op.create_table(
        "workspace_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("imported_at", Moment(), nullable=False),
        sa.Column("actor", sa.String(128), nullable=False),
        sa.Column("body", sa.Text(), nullable=False, comment="JSON object: before and after"),
        sa.Column("taken_back_at", Moment(), comment="empty while it holds"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workspace_import")),
        sqlite_autoincrement=True,
    )
