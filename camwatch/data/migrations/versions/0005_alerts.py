"""Rules, plans, recipients, channels, the alerts that were raised, and the outbox."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

from camwatch.data.moments import Moment
from camwatch.language import marked, tr

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_CAMERA, _PROGRAM = "camera", "program"

# The rules of a new profile: uid, name, condition, severity, cool-down in seconds, switched on.
# On is what nobody would hear of otherwise, and what is rare where all is well. Off is what many
# sites have every night or all the time: dark cameras, few pictures a second, a clock that is
# put right; it is there to be switched on.
_RULES = (
    (
        "14a03569-d26b-4496-92e5-dfe8cb1855fe",
        marked("Camera down"),
        (_CAMERA, "down", 60.0),
        "warning",
        600.0,
        True,
    ),
    (
        "096d3737-42f9-4039-8320-a4737c2b3abe",
        marked("Camera frozen"),
        (_CAMERA, "frozen", 60.0),
        "warning",
        600.0,
        True,
    ),
    (
        "9623d7cf-a9ae-4a34-a544-99c7001d9a88",
        marked("History not saved"),
        (_PROGRAM, "storage", 30.0),
        "critical",
        600.0,
        True,
    ),
    (
        "bc1e3ac1-c27d-44ec-b72c-2c2678629522",
        marked("People not counted"),
        (_PROGRAM, "model", 60.0),
        "critical",
        600.0,
        True,
    ),
    (
        "059a91e1-c527-4279-91c3-42505f877031",
        marked("Alerts do not get through"),
        (_PROGRAM, "delivery", 300.0),
        "warning",
        3600.0,
        True,
    ),
    (
        "32b7228f-cd4a-4557-bd24-b39645cf8aa4",
        marked("Disk nearly full"),
        (_PROGRAM, "disk", 60.0),
        "warning",
        86400.0,
        True,
    ),
    (
        "e91b4ad1-69fc-4360-9f5c-a32ebad5ccc2",
        marked("Camera cannot see"),
        (_CAMERA, "blind", 300.0),
        "warning",
        3600.0,
        False,
    ),
    (
        "181e290a-ae9a-4169-8a0c-510089ce5ef7",
        marked("Camera too slow"),
        (_CAMERA, "too_slow", 600.0),
        "information",
        86400.0,
        False,
    ),
    (
        "b313fc7e-8db9-492c-903c-2ac9316774fe",
        marked("Clock was set"),
        (_PROGRAM, "clock", 0.0),
        "information",
        3600.0,
        False,
    ),
)


def upgrade() -> None:
    """Bring the schema from 0004 to 0005."""
    op.create_table(
        "alert_rule",
        sa.Column("uid", sa.String(36), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False, comment="JSON object"),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("uid", name=op.f("pk_alert_rule")),
        sa.UniqueConstraint("name_key", name=op.f("uq_alert_rule_name_key")),
    )
    op.create_table(
        "alert_plan",
        sa.Column("uid", sa.String(36), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False, comment="JSON object"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("uid", name=op.f("pk_alert_plan")),
        sa.UniqueConstraint("name_key", name=op.f("uq_alert_plan_name_key")),
    )
    op.create_table(
        "recipient",
        sa.Column("uid", sa.String(36), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False, comment="JSON object"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("uid", name=op.f("pk_recipient")),
        sa.UniqueConstraint("name_key", name=op.f("uq_recipient_name_key")),
    )
    op.create_table(
        "recipient_group",
        sa.Column("uid", sa.String(36), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False, comment="JSON object"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("uid", name=op.f("pk_recipient_group")),
        sa.UniqueConstraint("name_key", name=op.f("uq_recipient_group_name_key")),
    )
    op.create_table(
        "alert_channel",
        sa.Column("uid", sa.String(36), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column(
            "body", sa.Text(), nullable=False, comment="JSON object; empty: set up elsewhere"
        ),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.Column("disabled_why", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("proven_at", Moment()),
        sa.Column("failing_since", Moment()),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column(
            "canary_at", Moment(), comment="when the last daily proof was put into the outbox"
        ),
        sa.PrimaryKeyConstraint("uid", name=op.f("pk_alert_channel")),
        sa.UniqueConstraint("name_key", name=op.f("uq_alert_channel_name_key")),
    )
    op.create_table(
        "alert",
        sa.Column("id", sa.Integer(), nullable=False, comment="its number"),
        sa.Column("uid", sa.String(36), nullable=False),
        sa.Column("rule_uid", sa.String(36), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("severity", sa.SmallInteger(), nullable=False, comment="rank, 0 to 2"),
        sa.Column("raised_at", Moment(), nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.Column("closed_at", Moment()),
        sa.Column("shelved_until", Moment()),
        sa.Column(
            "is_together", sa.Boolean(), nullable=False, comment="about a sum over all its cameras"
        ),
        sa.Column("searched", sa.Text(), nullable=False, comment="folded text that is searched"),
        sa.Column("body", sa.Text(), nullable=False, comment="JSON object"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
        sa.UniqueConstraint("uid", name=op.f("uq_alert_uid")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_alert_rule_uid", "alert", ["rule_uid"])
    op.create_index("ix_alert_raised_at", "alert", ["raised_at"])
    op.create_index("ix_alert_closed_at", "alert", ["closed_at"])
    op.create_index("ix_alert_state", "alert", ["state"])
    op.create_table(
        "alert_camera",
        sa.Column("alert_id", sa.Integer(), nullable=False),
        sa.Column("camera_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("alert_id", "camera_id", name=op.f("pk_alert_camera")),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["alert.id"], name=op.f("fk_alert_camera_alert_id_alert")
        ),
        sa.ForeignKeyConstraint(
            ["camera_id"], ["camera.id"], name=op.f("fk_alert_camera_camera_id_camera")
        ),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_alert_camera_camera_id", "alert_camera", ["camera_id"])
    op.create_table(
        "alert_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("alert_id", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("actor", sa.String(128), nullable=False),
        sa.Column("deed", sa.String(16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_entry")),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["alert.id"], name=op.f("fk_alert_entry_alert_id_alert")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_alert_entry_alert_id", "alert_entry", ["alert_id"])
    op.create_table(
        "notification",
        sa.Column("uid", sa.String(36), nullable=False),
        sa.Column("alert_uid", sa.String(36), nullable=False),
        sa.Column("rule_uid", sa.String(36), nullable=False),
        sa.Column("purpose", sa.String(16), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("channel_uid", sa.String(36), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("next_at", Moment()),
        sa.Column("delivered_at", Moment()),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False, comment="JSON object"),
        sa.PrimaryKeyConstraint("uid", name=op.f("pk_notification")),
    )
    op.create_index("ix_notification_alert_uid", "notification", ["alert_uid"])
    op.create_index("ix_notification_created_at", "notification", ["created_at"])
    op.create_index("ix_notification_state_next_at", "notification", ["state", "next_at"])
    op.create_table(
        "alert_evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("alert_id", sa.Integer(), nullable=False),
        sa.Column("camera_id", sa.Integer(), nullable=False),
        sa.Column("camera_name", sa.String(100), nullable=False),
        sa.Column("captured_at", Moment(), nullable=False),
        sa.Column("file", sa.String(64), nullable=False, comment="name in the evidence folder"),
        sa.Column("is_masked", sa.Boolean(), nullable=False),
        sa.Column(
            "boxes", sa.LargeBinary(), nullable=False, comment="float32 x1 y1 x2 y2, little-endian"
        ),
        sa.Column("count", sa.Integer()),
        sa.Column("kept_until", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_evidence")),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["alert.id"], name=op.f("fk_alert_evidence_alert_id_alert")
        ),
        sa.ForeignKeyConstraint(
            ["camera_id"], ["camera.id"], name=op.f("fk_alert_evidence_camera_id_camera")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_alert_evidence_alert_id", "alert_evidence", ["alert_id"])
    op.create_index("ix_alert_evidence_kept_until", "alert_evidence", ["kept_until"])

    _add_rules()


def _add_rules() -> None:
    rule = sa.table(
        "alert_rule",
        sa.column("uid", sa.String),
        sa.column("name", sa.String),
        sa.column("name_key", sa.Text),
        sa.column("body", sa.Text),
        sa.column("is_enabled", sa.Boolean),
        sa.column("version", sa.Integer),
    )
    rows = []
    for uid, english, (kind, trouble, after_s), severity, cool_down_s, is_enabled in _RULES:
        # From then on a rule's name is data like any other: whoever begins says in which language.
        name = tr(english)
        body = {
            "uid": uid,
            "name": name,
            "condition": {"trouble": trouble, "after_s": after_s, "kind": kind},
            "scope": {"sites": [], "cameras": [], "places": [], "is_together": False},
            "severity": severity,
            "schedule": {"week": [(1 << 48) - 1] * 7, "exceptions": []},
            "template": "",
            "cool_down_s": cool_down_s,
            "plan_uid": "usual",
            "keeps_picture": True,
            "is_enabled": is_enabled,
            "version": 1,
        }
        rows.append(
            {
                "uid": uid,
                "name": name,
                "name_key": name.casefold(),
                "body": json.dumps(body),
                "is_enabled": is_enabled,
                "version": 1,
            }
        )
    op.bulk_insert(rule, rows)


def downgrade() -> None:
    """Remove what was added."""
    for table in (
        "alert_evidence",
        "notification",
        "alert_entry",
        "alert_camera",
        "alert",
        "alert_channel",
        "recipient_group",
        "recipient",
        "alert_plan",
        "alert_rule",
    ):
        op.drop_table(table)
