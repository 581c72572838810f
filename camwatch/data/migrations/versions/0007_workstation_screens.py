"""Walls and preferences of operators, privacy, moments that can be looked at again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from camwatch.data.moments import Moment

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def _make_past_pictures() -> None:
    """Let pictures of all cameras be found by moment, and those of alerts as well."""
    op.create_table(
        "past_picture",
        sa.Column("camera_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("ts", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "workstation",
            sa.SmallInteger(),
            autoincrement=False,
            nullable=False,
            server_default="0",
            comment="whose disk it is on",
        ),
        sa.Column("size", sa.Integer(), nullable=False, comment="bytes of the file"),
        sa.Column("count", sa.Integer(), comment="people in it; none: it was not searched"),
        sa.Column("is_masked", sa.Boolean(), nullable=False),
        sa.Column(
            "boxes",
            sa.LargeBinary(),
            nullable=False,
            comment="float32 x1 y1 x2 y2, little-endian",
        ),
        sa.ForeignKeyConstraint(
            ["camera_id"], ["camera.id"], name=op.f("fk_past_picture_camera_id_camera")
        ),
        sa.PrimaryKeyConstraint("camera_id", "ts", "workstation", name=op.f("pk_past_picture")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_past_picture_ts", "past_picture", ["ts"])
    op.create_index(
        "ix_alert_evidence_camera_id_captured_at", "alert_evidence", ["camera_id", "captured_at"]
    )


def _drop_past_pictures() -> None:
    op.drop_index("ix_alert_evidence_camera_id_captured_at", "alert_evidence")
    op.drop_index("ix_past_picture_ts", "past_picture")
    op.drop_table("past_picture")


def upgrade() -> None:
    """Make the tables, one function a part."""
    _make_walls()
    _make_past_pictures()


def downgrade() -> None:
    """Take them away again, in the opposite order."""
    _drop_past_pictures()
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
