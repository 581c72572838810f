"""Sites, cameras, samples, minutes, states, operators and the audit log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make all tables."""
    _make_places()
    _make_history()
    _make_operators()
    _make_audit()


def downgrade() -> None:
    """Remove all tables."""
    for table in (
        "audit",
        "unknown_name",
        "user",
        "camera_state",
        "minute",
        "sample",
        "camera",
        "site",
    ):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_is_never_changed()")


def _make_places() -> None:
    op.create_table(
        "site",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site")),
        sa.UniqueConstraint("name_key", name=op.f("uq_site_name_key")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "camera",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(36), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("location", sa.String(200), nullable=False),
        sa.Column("scheme", sa.String(8), nullable=False),
        sa.Column("host", sa.String(255), nullable=False),
        sa.Column("port", sa.Integer(), nullable=False),
        sa.Column("base_path", sa.Text(), nullable=False),
        sa.Column("snapshot_path", sa.Text(), nullable=False),
        sa.Column("status_path", sa.Text(), nullable=False),
        sa.Column("username", sa.String(128), nullable=False),
        sa.Column("interval_ms", sa.Integer(), nullable=False),
        sa.Column("allow_local", sa.Boolean(), nullable=False),
        sa.Column("allow_basic", sa.Boolean(), nullable=False),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("removed_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_camera_site_id_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_camera")),
        sa.UniqueConstraint("uid", name=op.f("uq_camera_uid")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_camera_site_id"), "camera", ["site_id"])
    op.create_index(
        "uq_camera_name_key",
        "camera",
        ["name_key"],
        unique=True,
        sqlite_where=sa.text("removed_at IS NULL"),
        postgresql_where=sa.text("removed_at IS NULL"),
    )


def _make_history() -> None:
    op.create_table(
        "sample",
        sa.Column("camera_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("ts", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("confidence", sa.SmallInteger(), nullable=False, comment="per mille"),
        sa.Column("processing_us", sa.Integer(), nullable=False),
        sa.Column("interval_ms", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["camera_id"], ["camera.id"], name=op.f("fk_sample_camera_id_camera")
        ),
        sa.PrimaryKeyConstraint("camera_id", "ts", name=op.f("pk_sample")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "minute",
        sa.Column("camera_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "minute",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="minutes since 1970 UTC",
        ),
        sa.Column("samples", sa.Integer(), nullable=False),
        sa.Column("count_sum", sa.BigInteger(), nullable=False),
        sa.Column("count_min", sa.Integer(), nullable=False),
        sa.Column("count_max", sa.Integer(), nullable=False),
        sa.Column(
            "people_ms", sa.BigInteger(), nullable=False, comment="sum of count x interval_ms"
        ),
        sa.Column("covered_ms", sa.BigInteger(), nullable=False, comment="sum of interval_ms"),
        sa.Column("confidence_sum", sa.BigInteger(), nullable=False, comment="per mille"),
        sa.ForeignKeyConstraint(
            ["camera_id"], ["camera.id"], name=op.f("fk_minute_camera_id_camera")
        ),
        sa.PrimaryKeyConstraint("camera_id", "minute", name=op.f("pk_minute")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "camera_state",
        sa.Column("camera_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("ts", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("reason", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(
            ["camera_id"], ["camera.id"], name=op.f("fk_camera_state_camera_id_camera")
        ),
        sa.PrimaryKeyConstraint("camera_id", "ts", name=op.f("pk_camera_state")),
        sqlite_with_rowid=False,
    )


def _make_operators() -> None:
    op.create_table(
        "user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("is_disabled", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        sa.UniqueConstraint("name_key", name=op.f("uq_user_name_key")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "unknown_name",
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.BigInteger(), nullable=True),
        sa.Column("tried_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name_key", name=op.f("pk_unknown_name")),
    )
    op.create_index(op.f("ix_unknown_name_tried_at"), "unknown_name", ["tried_at"])


def _make_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(100), nullable=False),
        sa.Column("action", sa.String(100), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("result", sa.String(100), nullable=False),
        sa.Column("details", sa.Text(), nullable=False, comment="JSON object of texts"),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit")),
        sqlite_autoincrement=True,
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION audit_is_never_changed() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'the audit log is never changed' "
            "USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
        for change, each in (("update", "ROW"), ("delete", "ROW"), ("truncate", "STATEMENT")):
            op.execute(
                f"CREATE TRIGGER audit_no_{change} BEFORE {change.upper()} ON audit "
                f"FOR EACH {each} EXECUTE FUNCTION audit_is_never_changed()"
            )
        return
    for change in ("update", "delete"):
        op.execute(
            f"CREATE TRIGGER audit_no_{change} BEFORE {change.upper()} ON audit "
            "BEGIN SELECT RAISE(ABORT, 'the audit log is never changed'); END"
        )
