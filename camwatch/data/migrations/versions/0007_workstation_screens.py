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
    _make_walls()


def downgrade() -> None:
    """Take them away again, in the opposite order."""
    _remove_walls()


def _make_walls() -> None:
    op.create_table(
        "wall",
        sa.Column("uid", sa.String(36), nullable=False),
        sa.Column(
            "owner", sa.String(128), nullable=False, comment="as the audit log names operators"
        ),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False, comment="JSON object: the grid and its tiles"),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("uid", name=op.f("pk_wall")),
        sa.UniqueConstraint("owner", "name_key", name=op.f("uq_wall_owner_name_key")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TRIGGER wall_tell AFTER INSERT OR UPDATE OR DELETE ON wall "
            "FOR EACH STATEMENT EXECUTE FUNCTION camwatch_tell()"
        )


def _remove_walls() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER wall_tell ON wall")
    op.drop_table("wall")
