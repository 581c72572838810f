"""Hours and days, workstations, corrections, reports by plan; who counted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from camwatch.data.moments import Moment

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_BEGINS = "the minute since 1970 UTC in which it begins"


def _number(name: str, comment: str, *, is_nullable: bool = False) -> sa.Column[int]:
    return sa.Column(
        name, sa.SmallInteger(), nullable=is_nullable, server_default="0", comment=comment
    )


def _name(name: str, comment: str) -> sa.Column[str]:
    return sa.Column(
        name, sa.String(64), nullable=False, server_default=sa.text("''"), comment=comment
    )


def _sums(name: str, *columns: sa.Column[int], of: str) -> None:
    """Make a table of roll-ups of cameras or places."""
    op.create_table(
        name,
        sa.Column(f"{of}_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("start", sa.Integer(), autoincrement=False, nullable=False, comment=_BEGINS),
        *columns,
        sa.ForeignKeyConstraint([f"{of}_id"], [f"{of}.id"], name=op.f(f"fk_{name}_{of}_id_{of}")),
        sa.PrimaryKeyConstraint(f"{of}_id", "start", name=op.f(f"pk_{name}")),
        sqlite_with_rowid=False,
    )


def _flagged() -> sa.Column[int]:
    return sa.Column(
        "flagged_ms",
        sa.BigInteger(),
        nullable=False,
        server_default="0",
        comment="of covered_ms: something was wrong with the picture",
    )


def _make_rollups() -> None:
    op.add_column("minute", _flagged())
    for length in ("hour", "day"):
        _sums(
            length,
            sa.Column("samples", sa.Integer(), nullable=False),
            sa.Column("count_sum", sa.BigInteger(), nullable=False),
            sa.Column("count_min", sa.Integer(), nullable=False),
            sa.Column("count_max", sa.Integer(), nullable=False),
            sa.Column(
                "people_ms", sa.BigInteger(), nullable=False, comment="sum of count x interval_ms"
            ),
            sa.Column("covered_ms", sa.BigInteger(), nullable=False, comment="sum of interval_ms"),
            sa.Column("confidence_sum", sa.BigInteger(), nullable=False, comment="per mille"),
            sa.Column(
                "carried_ms",
                sa.BigInteger(),
                nullable=False,
                server_default="0",
                comment="of covered_ms: still, not searched",
            ),
            _flagged(),
            of="camera",
        )
        _sums(
            f"passage_{length}",
            sa.Column("inwards", sa.Integer(), nullable=False),
            sa.Column("outwards", sa.Integer(), nullable=False),
            sa.Column(
                "valid_ms",
                sa.BigInteger(),
                nullable=False,
                comment="time in which passing was countable",
            ),
            of="place",
        )
        _sums(
            f"zone_{length}",
            sa.Column("samples", sa.Integer(), nullable=False),
            sa.Column("people_ms", sa.BigInteger(), nullable=False),
            sa.Column("covered_ms", sa.BigInteger(), nullable=False),
            sa.Column("count_min", sa.Integer(), nullable=False),
            sa.Column("count_max", sa.Integer(), nullable=False),
            of="place",
        )


def _key_samples_by(*key: str) -> None:
    """Give the samples another key. SQLite cannot, so there the table is made anew."""
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(op.f("pk_sample"), "sample", type_="primary")
        if "workstation" in key:
            op.add_column("sample", _number("workstation", _WHO_COUNTED))
        else:
            op.drop_column("sample", "workstation")
        op.create_primary_key(op.f("pk_sample"), "sample", list(key))
        return
    op.rename_table("sample", "sample_before")
    op.create_table(
        "sample",
        sa.Column("camera_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("ts", sa.BigInteger(), autoincrement=False, nullable=False),
        *([_number("workstation", _WHO_COUNTED)] if "workstation" in key else []),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("confidence", sa.SmallInteger(), nullable=False, comment="per mille"),
        sa.Column("processing_us", sa.Integer(), nullable=False),
        sa.Column("interval_ms", sa.Integer(), nullable=False),
        sa.Column("shown", sa.Integer(), comment=_SHOWN),
        sa.Column(
            "is_carried",
            sa.Boolean(),
            nullable=False,
            server_default="0",
            comment="a still view, not searched again",
        ),
        sa.Column(
            "is_flagged",
            sa.Boolean(),
            nullable=False,
            server_default="0",
            comment="something was wrong with the picture",
        ),
        sa.ForeignKeyConstraint(
            ["camera_id"], ["camera.id"], name=op.f("fk_sample_camera_id_camera")
        ),
        sa.PrimaryKeyConstraint(*key, name=op.f("pk_sample")),
        sqlite_with_rowid=False,
    )
    columns = (
        "camera_id, ts, count, confidence, processing_us, interval_ms, shown, is_carried, "
        "is_flagged"
    )
    op.execute(f"INSERT INTO sample ({columns}) SELECT {columns} FROM sample_before")  # noqa: S608
    op.drop_table("sample_before")


_WHO_COUNTED = "who counted; two that take turns never get in each other's way"
_SHOWN = "median of the last seconds; none in older rows: as counted"


def upgrade() -> None:
    """Add what is new."""
    op.create_table(
        "workstation",
        sa.Column("number", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("uid", sa.String(36), nullable=False),
        sa.Column("name", sa.String(255), nullable=False, comment="of the computer"),
        sa.Column("version", sa.String(32), nullable=False, comment="of its CamWatch"),
        sa.Column("seen_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_workstation")),
        sa.UniqueConstraint("uid", name=op.f("uq_workstation_uid")),
    )
    op.add_column("site", _name("time_zone", "IANA name; empty is that of the program's settings"))
    op.add_column(
        "site",
        _number(
            "workstation",
            "which one counts its cameras; 0 is whichever has the history open",
        ),
    )
    op.add_column(
        "camera",
        _name(
            "rolled_zone",
            "IANA name of the clocks by which its hours and days are cut; empty: none are yet",
        ),
    )
    op.add_column("alert", _number("workstation", "which one raised it, and sees to it"))
    op.create_index(op.f("ix_alert_changed_at"), "alert", ["changed_at"])
    op.add_column("notification", _number("workstation", "which one sends it"))
    _key_samples_by("camera_id", "ts", "workstation")
    _make_rollups()
    op.create_table(
        "counted_by",
        sa.Column("workstation", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("ts", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("model", sa.String(64), nullable=False),
        sa.Column(
            "details",
            sa.Text(),
            nullable=False,
            comment="JSON object: runtime, precision, threshold",
        ),
        sa.PrimaryKeyConstraint("workstation", "ts", name=op.f("pk_counted_by")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "saved_batch",
        sa.Column("uid", sa.String(36), nullable=False),
        sa.Column("saved_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("uid", name=op.f("pk_saved_batch")),
    )
    op.create_index(op.f("ix_saved_batch_saved_at"), "saved_batch", ["saved_at"])
    op.create_table(
        "correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(36), nullable=False),
        sa.Column("camera_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), comment="none: the people in view"),
        sa.Column("first", sa.Integer(), nullable=False, comment="its first minute since 1970 UTC"),
        sa.Column("stop", sa.Integer(), nullable=False, comment="the minute after its last one"),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("inwards", sa.Integer(), nullable=False, comment="to be added; may be negative"),
        sa.Column("outwards", sa.Integer(), nullable=False),
        sa.Column(
            "measured",
            sa.Text(),
            nullable=False,
            comment="JSON object: what was stored of that time",
        ),
        sa.Column("author", sa.String(128), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("withdrawn_at", Moment()),
        sa.Column("withdrawn_by", sa.String(128)),
        sa.Column("withdrawn_why", sa.Text()),
        sa.ForeignKeyConstraint(
            ["camera_id"], ["camera.id"], name=op.f("fk_correction_camera_id_camera")
        ),
        sa.ForeignKeyConstraint(
            ["place_id"], ["place.id"], name=op.f("fk_correction_place_id_place")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
        sa.UniqueConstraint("uid", name=op.f("uq_correction_uid")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_correction_camera_id"), "correction", ["camera_id"])
    op.create_table(
        "report_plan",
        sa.Column("uid", sa.String(36), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False, comment="JSON object"),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.Column("sent_until", Moment(), comment="end of the last span that was sent"),
        sa.Column("last_answer", sa.Text(), nullable=False, server_default=sa.text("''")),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("uid", name=op.f("pk_report_plan")),
        sa.UniqueConstraint("name_key", name=op.f("uq_report_plan_name_key")),
    )
    _tell_of_changes()


# What other workstations must read anew when one of them changes it.
_TOLD = (
    "site",
    "workstation",
    "camera",
    "scene",
    "place",
    "alert_rule",
    "alert_plan",
    "recipient",
    "recipient_group",
    "alert_channel",
    "alert",
    "correction",
)


# That a workstation is still there it notes for ever, and is nothing to read anything anew for.
_OF_INTEREST = {"workstation": "UPDATE OF name, version"}


def _tell_of_changes() -> None:
    """Let a server tell all workstations of changes; a file has only one.

    A trigger and not the program, so that no change is forgotten, whoever makes it.
    """
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute(
        "CREATE FUNCTION camwatch_tell() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "PERFORM pg_notify('camwatch', TG_TABLE_NAME); RETURN NULL; END $$"
    )
    for table in _TOLD:
        op.execute(
            f"CREATE TRIGGER {table}_tell "
            f"AFTER INSERT OR {_OF_INTEREST.get(table, 'UPDATE')} OR DELETE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION camwatch_tell()"
        )


def _tell_no_more() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in _TOLD:
        op.execute(f"DROP TRIGGER {table}_tell ON {table}")
    op.execute("DROP FUNCTION camwatch_tell")


def downgrade() -> None:
    """Remove what was added."""
    _tell_no_more()
    op.drop_table("report_plan")
    op.drop_index(op.f("ix_correction_camera_id"), "correction")
    op.drop_table("correction")
    op.drop_index(op.f("ix_saved_batch_saved_at"), "saved_batch")
    op.drop_table("saved_batch")
    op.drop_table("counted_by")
    for length in ("day", "hour"):
        for name in (f"zone_{length}", f"passage_{length}", length):
            op.drop_table(name)
    op.drop_column("minute", "flagged_ms")
    _key_samples_by("camera_id", "ts")
    op.drop_column("notification", "workstation")
    op.drop_index(op.f("ix_alert_changed_at"), "alert")
    op.drop_column("alert", "workstation")
    op.drop_column("camera", "rolled_zone")
    op.drop_column("site", "workstation")
    op.drop_column("site", "time_zone")
    op.drop_table("workstation")
