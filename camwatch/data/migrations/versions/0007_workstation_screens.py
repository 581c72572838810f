"""Walls and preferences of operators, privacy, moments that can be looked at again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from camwatch.data.moments import Moment

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def _make_privacy() -> None:
    """What of each camera's pictures may be seen, and who lifted that for a while."""
    op.create_table(
        "camera_privacy",
        sa.Column("camera_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("mode", sa.String(16), nullable=False),
        sa.Column("covers", sa.Text(), nullable=False, comment="JSON list of name and points"),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.Column("lifted_by", sa.String(100), comment="login name of who lifted it last"),
        sa.Column("lift_reason", sa.String(300)),
        sa.Column("lifted_at", Moment()),
        sa.Column("lifted_until", Moment()),
        sa.ForeignKeyConstraint(
            ["camera_id"], ["camera.id"], name=op.f("fk_camera_privacy_camera_id_camera")
        ),
        sa.PrimaryKeyConstraint("camera_id", name=op.f("pk_camera_privacy")),
    )
    if op.get_bind().dialect.name == "postgresql":
        # As 0006 does it: all workstations hear of a change, whoever makes it.
        op.execute(
            "CREATE TRIGGER camera_privacy_tell "
            "AFTER INSERT OR UPDATE OR DELETE ON camera_privacy "
            "FOR EACH STATEMENT EXECUTE FUNCTION camwatch_tell()"
        )


def upgrade() -> None:
    """Make the tables, one function a part."""
    _make_privacy()


def downgrade() -> None:
    """Take them away again, in the opposite order."""
    # Its trigger goes with it.
    op.drop_table("camera_privacy")
