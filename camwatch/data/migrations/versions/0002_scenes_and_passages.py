"""Scenes with lines, gates and zones, who passed them, heat maps, audits of the accuracy."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add columns, which takes no time however long the history is, and tables."""
    op.add_column(
        "sample",
        sa.Column(
            "shown",
            sa.Integer(),
            nullable=True,
            comment="median of the last seconds; none in older rows: as counted",
        ),
    )
    op.add_column(
        "sample",
        sa.Column(
            "is_carried",
            sa.Boolean(),
            nullable=False,
            server_default="0",
            comment="a still view, not searched again",
        ),
    )
    op.add_column(
        "minute",
        sa.Column(
            "carried_ms",
            sa.BigInteger(),
            nullable=False,
            server_default="0",
            comment="of covered_ms: still, not searched",
        ),
    )
    _make_scenes()
    _make_passages()
    _make_trails()
    _make_audits()


def downgrade() -> None:
    """Remove what was added."""
    for table in (
        "accuracy_audit",
        "dwell_hour",
        "heat_hour",
        "zone_minute",
        "passage_minute",
        "passage",
        "place",
        "scene",
    ):
        op.drop_table(table)
    with op.batch_alter_table("minute") as batch:
        batch.drop_column("carried_ms")
    with op.batch_alter_table("sample") as batch:
        batch.drop_column("is_carried")
        batch.drop_column("shown")


def _make_scenes() -> None:
    op.create_table(
        "scene",
        sa.Column("camera_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "threshold",
            sa.SmallInteger(),
            nullable=True,
            comment="per mille; none is the program's setting",
        ),
        sa.Column("far_people", sa.Boolean(), nullable=False),
        sa.Column("recheck_ms", sa.Integer(), nullable=False),
        sa.Column("smoothing_ms", sa.Integer(), nullable=False),
        sa.Column("masks", sa.Text(), nullable=False, comment="JSON list of name and points"),
        sa.Column("never", sa.Text(), nullable=False, comment="JSON list of boxes x1 y1 x2 y2"),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["camera_id"], ["camera.id"], name=op.f("fk_scene_camera_id_camera")
        ),
        sa.PrimaryKeyConstraint("camera_id", name=op.f("pk_scene")),
    )
    op.create_table(
        "place",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("camera_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("shape", sa.Text(), nullable=False, comment="JSON object, coordinates 0 to 1"),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("retired_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["camera_id"], ["camera.id"], name=op.f("fk_place_camera_id_camera")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_place_camera_id"), "place", ["camera_id"])


def _of_place(table: str, *key: sa.Column[int]) -> tuple[sa.schema.SchemaItem, ...]:
    """Return the key columns of a table about places, and their constraints."""
    names = ["place_id", *(column.name for column in key)]
    return (
        sa.Column("place_id", sa.Integer(), autoincrement=False, nullable=False),
        *key,
        sa.ForeignKeyConstraint(
            ["place_id"], ["place.id"], name=op.f(f"fk_{table}_place_id_place")
        ),
        sa.PrimaryKeyConstraint(*names, name=op.f(f"pk_{table}")),
    )


def _make_passages() -> None:
    op.create_table(
        "passage",
        *_of_place(
            "passage",
            sa.Column("ts", sa.BigInteger(), autoincrement=False, nullable=False),
            sa.Column(
                "track",
                sa.BigInteger(),
                autoincrement=False,
                nullable=False,
                comment="tells people of one moment apart",
            ),
        ),
        sa.Column("is_inwards", sa.Boolean(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "passage_minute",
        *_of_place(
            "passage_minute",
            sa.Column("minute", sa.Integer(), autoincrement=False, nullable=False),
        ),
        sa.Column("inwards", sa.Integer(), nullable=False),
        sa.Column("outwards", sa.Integer(), nullable=False),
        sa.Column(
            "valid_ms",
            sa.BigInteger(),
            nullable=False,
            comment="time in which passing was countable",
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "zone_minute",
        *_of_place(
            "zone_minute",
            sa.Column("minute", sa.Integer(), autoincrement=False, nullable=False),
        ),
        sa.Column("samples", sa.Integer(), nullable=False),
        sa.Column("people_ms", sa.BigInteger(), nullable=False),
        sa.Column("covered_ms", sa.BigInteger(), nullable=False),
        sa.Column("count_min", sa.Integer(), nullable=False),
        sa.Column("count_max", sa.Integer(), nullable=False),
        sqlite_with_rowid=False,
    )


def _make_trails() -> None:
    op.create_table(
        "heat_hour",
        sa.Column("camera_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "hour",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="hours since 1970 UTC",
        ),
        sa.Column("heat", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["camera_id"], ["camera.id"], name=op.f("fk_heat_hour_camera_id_camera")
        ),
        sa.PrimaryKeyConstraint("camera_id", "hour", name=op.f("pk_heat_hour")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "dwell_hour",
        *_of_place(
            "dwell_hour",
            sa.Column(
                "hour",
                sa.Integer(),
                autoincrement=False,
                nullable=False,
                comment="hours since 1970 UTC",
            ),
        ),
        sa.Column("visits", sa.Integer(), nullable=False),
        sa.Column("dwell_ms", sa.BigInteger(), nullable=False),
        sa.Column("longest_ms", sa.BigInteger(), nullable=False),
        sa.Column("bins", sa.Text(), nullable=False, comment="JSON list of numbers"),
        sqlite_with_rowid=False,
    )


def _make_audits() -> None:
    op.create_table(
        "accuracy_audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(36), nullable=False),
        sa.Column("camera_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.String(100), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("report", sa.Text(), nullable=False, comment="JSON object"),
        sa.ForeignKeyConstraint(
            ["camera_id"], ["camera.id"], name=op.f("fk_accuracy_audit_camera_id_camera")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accuracy_audit")),
        sa.UniqueConstraint("uid", name=op.f("uq_accuracy_audit_uid")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_accuracy_audit_camera_id"), "accuracy_audit", ["camera_id"])
