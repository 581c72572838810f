"""Roles, second factors, sessions, and an audit log that shows whether it was changed."""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa
from alembic import op

from camwatch.data.moments import Moment

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_AUDIT_CONTENT = ("seq", "at", "actor", "action", "target", "result", "details", "computer")
_AUDIT_INDEXES = ("at", "actor", "action", "result")
_REFUSE = "SELECT RAISE(ABORT, 'the audit log is never changed')"


def _text(name: str, length: int, comment: str | None = None) -> sa.Column[Any]:
    return sa.Column(
        name,
        sa.String(length),
        nullable=False,
        server_default=sa.text("''"),
        comment=comment,
    )


def _user_columns() -> list[sa.Column[Any]]:
    return [
        _text("uid", 36),
        sa.Column("version", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("must_change", sa.Boolean(), nullable=False, server_default="0"),
        sa.Column(
            "code_expires_at", Moment(), comment="the password is a one-time code until then"
        ),
        sa.Column("has_second_factor", sa.Boolean(), nullable=False, server_default="0"),
        sa.Column(
            "totp_step",
            sa.BigInteger(),
            nullable=False,
            server_default="0",
            comment="last one used",
        ),
        sa.Column("signed_in_at", Moment()),
    ]


def _make_audit_triggers() -> None:
    """Let a row of an older CamWatch be sealed, once, and nothing else be changed of it.

    A row is deleted by INSERT OR REPLACE, too, for which SQLite does not ask the trigger
    that forbids deletions.
    """
    if op.get_bind().dialect.name == "postgresql":
        stays = " AND ".join(
            f"NEW.{name} IS NOT DISTINCT FROM OLD.{name}" for name in _AUDIT_CONTENT
        )
        _replace_update_trigger(
            "WHEN (NOT (OLD.mac = '' AND OLD.previous = '' AND OLD.key_id = '' "
            f"AND NEW.mac <> '' AND {stays}))"
        )
        return
    stays = " AND ".join(f"NEW.{name} IS OLD.{name}" for name in _AUDIT_CONTENT)
    op.execute("DROP TRIGGER audit_no_update")
    op.execute(
        "CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit "
        "WHEN NOT (OLD.mac = '' AND OLD.previous = '' AND OLD.key_id = '' "
        f"AND NEW.mac <> '' AND {stays}) BEGIN {_REFUSE}; END"
    )
    op.execute(
        "CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit "
        "WHEN EXISTS (SELECT 1 FROM audit WHERE seq = NEW.seq) "
        "BEGIN SELECT RAISE(ABORT, 'the audit log is never changed'); END"
    )


def _replace_update_trigger(when: str) -> None:
    """Make PostgreSQL's trigger against changes anew; its function is that of the first step."""
    op.execute("DROP TRIGGER audit_no_update ON audit")
    op.execute(
        f"CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit FOR EACH ROW {when} "
        "EXECUTE FUNCTION audit_is_never_changed()"
    )


def upgrade() -> None:
    """Add columns and tables; operators get the uid under which the keyring knows them."""
    for column in _user_columns():
        op.add_column("user", column)
    connection = op.get_bind()
    users = sa.table("user", sa.column("id", sa.Integer()), sa.column("uid", sa.String()))
    for (user_id,) in connection.execute(sa.select(users.c.id)).all():
        connection.execute(
            sa.update(users).where(users.c.id == user_id).values(uid=str(uuid.uuid4()))
        )
    op.create_index("uq_user_uid", "user", ["uid"], unique=True)
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("used_at", Moment()),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_recovery_code_user_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_recovery_code_user_id"), "recovery_code", ["user_id"])
    op.create_table(
        "role",
        sa.Column("key", sa.String(36), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("permissions", sa.Text(), nullable=False, comment="JSON list"),
        sa.Column("sites", sa.Text(), comment="JSON list of ids; none is all"),
        sa.Column("needs_second_factor", sa.Boolean(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_role")),
        sa.UniqueConstraint("name_key", name=op.f("uq_role_name_key")),
    )
    op.create_table(
        "computer_throttle",
        sa.Column("computer", sa.String(255), nullable=False),
        sa.Column("recent", sa.Text(), nullable=False, comment="JSON list of moments"),
        sa.Column("rests", sa.Integer(), nullable=False),
        sa.Column("locked_until", Moment()),
        sa.PrimaryKeyConstraint("computer", name=op.f("pk_computer_throttle")),
    )
    op.create_table(
        "operator_session",
        sa.Column("uid", sa.String(36), nullable=False),
        sa.Column("actor", sa.String(128), nullable=False),
        sa.Column("user_uid", sa.String(36), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("computer", sa.String(255), nullable=False),
        sa.Column("started_at", Moment(), nullable=False),
        sa.Column("seen_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("ended_at", Moment()),
        sa.PrimaryKeyConstraint("uid", name=op.f("pk_operator_session")),
    )
    op.create_index(op.f("ix_operator_session_user_uid"), "operator_session", ["user_uid"])
    op.add_column("audit", _text("computer", 255))
    op.add_column("audit", _text("key_id", 16, "of the key"))
    op.add_column("audit", _text("previous", 64, "its mac"))
    op.add_column("audit", _text("mac", 64, "hex"))
    for name in _AUDIT_INDEXES:
        op.create_index(op.f(f"ix_audit_{name}"), "audit", [name])
    _make_audit_triggers()


def downgrade() -> None:
    """Remove what was added."""
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    if is_postgresql:
        _replace_update_trigger("")
    else:
        op.execute("DROP TRIGGER audit_no_replace")
        op.execute("DROP TRIGGER audit_no_update")
    for name in _AUDIT_INDEXES:
        op.drop_index(op.f(f"ix_audit_{name}"), "audit")
    for name in ("mac", "previous", "key_id", "computer"):
        op.drop_column("audit", name)
    if not is_postgresql:
        op.execute(f"CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN {_REFUSE}; END")
    for table in ("operator_session", "computer_throttle", "role", "recovery_code"):
        op.drop_table(table)
    op.drop_index("uq_user_uid", "user")
    for column in reversed(_user_columns()):
        op.drop_column("user", column.name)
