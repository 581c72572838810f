"""Walls and preferences of operators, privacy, moments that can be looked at again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

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
    op.create_index("ix_alert_raised_at_closed_at", "alert", ["raised_at", "closed_at"])


def _drop_past_pictures() -> None:
    op.drop_index("ix_alert_raised_at_closed_at", "alert")
    op.drop_index("ix_alert_evidence_camera_id_captured_at", "alert_evidence")
    op.drop_index("ix_past_picture_ts", "past_picture")
    op.drop_table("past_picture")


def upgrade() -> None:
    """Make the tables, one function a part."""
    _make_past_pictures()


def downgrade() -> None:
    """Take them away again, in the opposite order."""
    _drop_past_pictures()
