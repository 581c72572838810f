"""Streams, USB cameras and files, ONVIF, trusted certificates, and what is wrong with pictures."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def _camera_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("kind", sa.String(16), nullable=False, server_default="snapshot"),
        sa.Column("stream_path", sa.Text(), nullable=False, server_default=sa.text("''")),
        sa.Column("main_path", sa.Text(), nullable=False, server_default=sa.text("''")),
        sa.Column("transport", sa.String(8), nullable=False, server_default="tcp"),
        sa.Column("device", sa.Text(), nullable=False, server_default=sa.text("''")),
        sa.Column("loops", sa.Boolean(), nullable=False, server_default="1"),
        sa.Column("one_session", sa.Boolean(), nullable=False, server_default="0"),
        sa.Column("hardware_id", sa.String(128), nullable=False, server_default=sa.text("''")),
        sa.Column("onvif_scheme", sa.String(8), nullable=False, server_default=sa.text("''")),
        sa.Column("onvif_port", sa.Integer(), nullable=False, server_default="80"),
        sa.Column("onvif_path", sa.Text(), nullable=False, server_default="/onvif/device_service"),
        sa.Column(
            "pin",
            sa.String(64),
            nullable=False,
            server_default=sa.text("''"),
            comment="SHA-256, hex",
        ),
    ]


def upgrade() -> None:
    """Add columns, which takes no time however long the history is, and a table."""
    for column in _camera_columns():
        op.add_column("camera", column)
    op.add_column(
        "sample",
        sa.Column(
            "is_flagged",
            sa.Boolean(),
            nullable=False,
            server_default="0",
            comment="something was wrong with the picture",
        ),
    )
    op.create_table(
        "camera_notice",
        sa.Column("camera_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("ts", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("notice", sa.String(32), nullable=False),
        sa.Column("is_present", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["camera_id"], ["camera.id"], name=op.f("fk_camera_notice_camera_id_camera")
        ),
        sa.PrimaryKeyConstraint("camera_id", "ts", "notice", name=op.f("pk_camera_notice")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Remove what was added."""
    op.drop_table("camera_notice")
    op.drop_column("sample", "is_flagged")
    for column in reversed(_camera_columns()):
        op.drop_column("camera", column.name)
