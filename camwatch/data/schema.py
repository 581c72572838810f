"""The tables. A change here needs a migration; a test compares the two.

Kept to what SQLite and PostgreSQL both know. Moments are UTC milliseconds in 64 bits.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from camwatch.data.moments import Moment

HEAD = "0007"
"""The version of this schema: that of the newest step in `migrations`."""

APPLICATION_ID = 0x43616D57
"""Marks an SQLite file as a history of CamWatch: "CamW" in ASCII."""

# Every constraint has a name, else a later migration could not speak of it.
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

site = Table(
    "site",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(100), nullable=False),
    Column("name_key", Text, nullable=False, unique=True),
    Column(
        "time_zone",
        String(64),
        nullable=False,
        server_default=text("''"),
        comment="IANA name; empty is that of the program's settings",
    ),
    Column(
        "workstation",
        SmallInteger,
        nullable=False,
        server_default="0",
        comment="which one counts its cameras; 0 is whichever has the history open",
    ),
    sqlite_autoincrement=True,
)

# The computers that share a history. In a file of one computer there is none but 0, without row.
workstation = Table(
    "workstation",
    metadata,
    Column("number", SmallInteger, primary_key=True, autoincrement=False),
    Column("uid", String(36), nullable=False, unique=True),
    Column("name", String(255), nullable=False, comment="of the computer"),
    Column("version", String(32), nullable=False, comment="of its CamWatch"),
    Column("seen_at", Moment, nullable=False),
)

# A removed camera stays as a row, for its history. Its id is never given out again.
camera = Table(
    "camera",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("uid", String(36), nullable=False, unique=True),
    Column("site_id", Integer, ForeignKey("site.id"), nullable=False, index=True),
    Column("name", String(100), nullable=False),
    Column("name_key", Text, nullable=False),
    Column("location", String(200), nullable=False),
    Column("scheme", String(8), nullable=False),
    Column("host", String(255), nullable=False),
    Column("port", Integer, nullable=False),
    Column("base_path", Text, nullable=False),
    Column("snapshot_path", Text, nullable=False),
    Column("status_path", Text, nullable=False),
    Column("username", String(128), nullable=False),
    Column("interval_ms", Integer, nullable=False),
    Column("allow_local", Boolean, nullable=False),
    Column("allow_basic", Boolean, nullable=False),
    Column("is_enabled", Boolean, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("removed_at", Moment),
    Column("kind", String(16), nullable=False, server_default="snapshot"),
    Column("stream_path", Text, nullable=False, server_default=text("''")),
    Column("main_path", Text, nullable=False, server_default=text("''")),
    Column("transport", String(8), nullable=False, server_default="tcp"),
    Column("device", Text, nullable=False, server_default=text("''")),
    Column("loops", Boolean, nullable=False, server_default="1"),
    Column("one_session", Boolean, nullable=False, server_default="0"),
    Column("hardware_id", String(128), nullable=False, server_default=text("''")),
    Column("onvif_scheme", String(8), nullable=False, server_default=text("''")),
    Column("onvif_port", Integer, nullable=False, server_default="80"),
    Column("onvif_path", Text, nullable=False, server_default="/onvif/device_service"),
    Column("pin", String(64), nullable=False, server_default=text("''"), comment="SHA-256, hex"),
    Column(
        "rolled_zone",
        String(64),
        nullable=False,
        server_default=text("''"),
        comment="IANA name of the clocks by which its hours and days are cut; empty: none are yet",
    ),
    # The name of a removed camera is free again.
    Index(
        "uq_camera_name_key",
        "name_key",
        unique=True,
        sqlite_where=text("removed_at IS NULL"),
        postgresql_where=text("removed_at IS NULL"),
    ),
    sqlite_autoincrement=True,
)

# The rows that come every second: small, and stored in the order they are read.
sample = Table(
    "sample",
    metadata,
    Column("camera_id", Integer, ForeignKey("camera.id"), primary_key=True, autoincrement=False),
    Column("ts", BigInteger, primary_key=True, autoincrement=False),
    Column(
        "workstation",
        SmallInteger,
        primary_key=True,
        autoincrement=False,
        server_default="0",
        comment="who counted; two that take turns never get in each other's way",
    ),
    Column("count", Integer, nullable=False),
    Column("confidence", SmallInteger, nullable=False, comment="per mille"),
    Column("processing_us", Integer, nullable=False),
    Column("interval_ms", Integer, nullable=False),
    Column("shown", Integer, comment="median of the last seconds; none in older rows: as counted"),
    Column(
        "is_carried",
        Boolean,
        nullable=False,
        server_default="0",
        comment="a still view, not searched again",
    ),
    Column(
        "is_flagged",
        Boolean,
        nullable=False,
        server_default="0",
        comment="something was wrong with the picture",
    ),
    sqlite_with_rowid=False,
)


def _counted(name: str, key: str, about: str) -> Table:
    """Make a table of what the samples of one camera add up to in stretches of one length."""
    return Table(
        name,
        metadata,
        Column(
            "camera_id", Integer, ForeignKey("camera.id"), primary_key=True, autoincrement=False
        ),
        Column(key, Integer, primary_key=True, autoincrement=False, comment=about),
        Column("samples", Integer, nullable=False),
        Column("count_sum", BigInteger, nullable=False),
        Column("count_min", Integer, nullable=False),
        Column("count_max", Integer, nullable=False),
        Column("people_ms", BigInteger, nullable=False, comment="sum of count x interval_ms"),
        Column("covered_ms", BigInteger, nullable=False, comment="sum of interval_ms"),
        Column("confidence_sum", BigInteger, nullable=False, comment="per mille"),
        Column(
            "carried_ms",
            BigInteger,
            nullable=False,
            server_default="0",
            comment="of covered_ms: still, not searched",
        ),
        Column(
            "flagged_ms",
            BigInteger,
            nullable=False,
            server_default="0",
            comment="of covered_ms: something was wrong with the picture",
        ),
        sqlite_with_rowid=False,
    )


def _passed(name: str, key: str, about: str | None) -> Table:
    return Table(
        name,
        metadata,
        Column("place_id", Integer, ForeignKey("place.id"), primary_key=True, autoincrement=False),
        Column(key, Integer, primary_key=True, autoincrement=False, comment=about),
        Column("inwards", Integer, nullable=False),
        Column("outwards", Integer, nullable=False),
        Column(
            "valid_ms", BigInteger, nullable=False, comment="time in which passing was countable"
        ),
        sqlite_with_rowid=False,
    )


def _stood(name: str, key: str, about: str | None) -> Table:
    return Table(
        name,
        metadata,
        Column("place_id", Integer, ForeignKey("place.id"), primary_key=True, autoincrement=False),
        Column(key, Integer, primary_key=True, autoincrement=False, comment=about),
        Column("samples", Integer, nullable=False),
        Column("people_ms", BigInteger, nullable=False),
        Column("covered_ms", BigInteger, nullable=False),
        Column("count_min", Integer, nullable=False),
        Column("count_max", Integer, nullable=False),
        sqlite_with_rowid=False,
    )


# Minutes are those of all clocks. Hours and days are those of the clocks of the camera's site, see
# camera.rolled_zone, and are named by the minute in which they begin: so a day has 23 or 25 hours
# where the clocks change, and an hour may begin at half past in UTC.
_BEGINS = "the minute since 1970 UTC in which it begins"
minute = _counted("minute", "minute", "minutes since 1970 UTC")
hour = _counted("hour", "start", _BEGINS)
day = _counted("day", "start", _BEGINS)

# How a camera's people are counted; a camera without a row is counted in the usual way.
scene = Table(
    "scene",
    metadata,
    Column("camera_id", Integer, ForeignKey("camera.id"), primary_key=True, autoincrement=False),
    Column("threshold", SmallInteger, comment="per mille; none is the program's setting"),
    Column("far_people", Boolean, nullable=False),
    Column("recheck_ms", Integer, nullable=False),
    Column("smoothing_ms", Integer, nullable=False),
    Column("masks", Text, nullable=False, comment="JSON list of name and points"),
    Column("never", Text, nullable=False, comment="JSON list of boxes x1 y1 x2 y2"),
    Column("changed_at", Moment, nullable=False),
)

# What of a camera's pictures may be seen; all of them of a camera without a row.
camera_privacy = Table(
    "camera_privacy",
    metadata,
    Column("camera_id", Integer, ForeignKey("camera.id"), primary_key=True, autoincrement=False),
    Column("mode", String(16), nullable=False),
    Column("covers", Text, nullable=False, comment="JSON list of name and points"),
    Column("changed_at", Moment, nullable=False),
    Column("lifted_by", String(100), comment="login name of who lifted it last"),
    Column("lift_reason", String(300)),
    Column("lifted_at", Moment),
    Column("lifted_until", Moment),
)

# Lines, gates and zones. One that is moved ends, and a new one begins: old numbers stay with
# the old one.
place = Table(
    "place",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("camera_id", Integer, ForeignKey("camera.id"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("name", String(100), nullable=False),
    Column("shape", Text, nullable=False, comment="JSON object, coordinates 0 to 1"),
    Column("created_at", Moment, nullable=False),
    Column("retired_at", Moment),
    sqlite_autoincrement=True,
)

# Who passed a line or a gate.
passage = Table(
    "passage",
    metadata,
    Column("place_id", Integer, ForeignKey("place.id"), primary_key=True, autoincrement=False),
    Column("ts", BigInteger, primary_key=True, autoincrement=False),
    Column(
        "track",
        BigInteger,
        primary_key=True,
        autoincrement=False,
        comment="tells people of one moment apart",
    ),
    Column("is_inwards", Boolean, nullable=False),
    sqlite_with_rowid=False,
)

passage_minute = _passed("passage_minute", "minute", None)
passage_hour = _passed("passage_hour", "start", _BEGINS)
passage_day = _passed("passage_day", "start", _BEGINS)
zone_minute = _stood("zone_minute", "minute", None)
zone_hour = _stood("zone_hour", "start", _BEGINS)
zone_day = _stood("zone_day", "start", _BEGINS)

# Where people were in one hour, and how long they stayed in each zone.
heat_hour = Table(
    "heat_hour",
    metadata,
    Column("camera_id", Integer, ForeignKey("camera.id"), primary_key=True, autoincrement=False),
    Column("hour", Integer, primary_key=True, autoincrement=False, comment="hours since 1970 UTC"),
    Column("heat", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

dwell_hour = Table(
    "dwell_hour",
    metadata,
    Column("place_id", Integer, ForeignKey("place.id"), primary_key=True, autoincrement=False),
    Column("hour", Integer, primary_key=True, autoincrement=False, comment="hours since 1970 UTC"),
    Column("visits", Integer, nullable=False),
    Column("dwell_ms", BigInteger, nullable=False),
    Column("longest_ms", BigInteger, nullable=False),
    Column("bins", Text, nullable=False, comment="JSON list of numbers"),
    sqlite_with_rowid=False,
)

# What came of audits: an operator counted by hand, and this is the comparison.
accuracy_audit = Table(
    "accuracy_audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("uid", String(36), nullable=False, unique=True),
    Column("camera_id", Integer, ForeignKey("camera.id"), nullable=False, index=True),
    Column("made_at", Moment, nullable=False),
    Column("made_by", String(100), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("report", Text, nullable=False, comment="JSON object"),
    sqlite_autoincrement=True,
)

camera_state = Table(
    "camera_state",
    metadata,
    Column("camera_id", Integer, ForeignKey("camera.id"), primary_key=True, autoincrement=False),
    Column("ts", BigInteger, primary_key=True, autoincrement=False),
    Column("state", String(32), nullable=False),
    Column("reason", String(32), nullable=False),
    sqlite_with_rowid=False,
)

# What counted from a moment on, at one workstation; "" is nothing.
counted_by = Table(
    "counted_by",
    metadata,
    Column("workstation", SmallInteger, primary_key=True, autoincrement=False),
    Column("ts", BigInteger, primary_key=True, autoincrement=False),
    Column("model", String(64), nullable=False),
    Column("details", Text, nullable=False, comment="JSON object: runtime, precision, threshold"),
    sqlite_with_rowid=False,
)

# Batches that were saved in the last days, so that one that is given again changes nothing: after
# an error nobody knows whether the database had taken it.
saved_batch = Table(
    "saved_batch",
    metadata,
    Column("uid", String(36), primary_key=True),
    Column("saved_at", Moment, nullable=False, index=True),
)

# What people say of numbers that were counted wrongly. It lies over them: they are never changed.
correction = Table(
    "correction",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("uid", String(36), nullable=False, unique=True),
    Column("camera_id", Integer, ForeignKey("camera.id"), nullable=False, index=True),
    Column("place_id", Integer, ForeignKey("place.id"), comment="none: the people in view"),
    Column("first", Integer, nullable=False, comment="its first minute since 1970 UTC"),
    Column("stop", Integer, nullable=False, comment="the minute after its last one"),
    Column("kind", String(16), nullable=False),
    Column("inwards", Integer, nullable=False, comment="to be added; may be negative"),
    Column("outwards", Integer, nullable=False),
    Column("measured", Text, nullable=False, comment="JSON object: what was stored of that time"),
    Column("author", String(128), nullable=False),
    Column("reason", Text, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("withdrawn_at", Moment),
    Column("withdrawn_by", String(128)),
    Column("withdrawn_why", Text),
    sqlite_autoincrement=True,
)

# Reports that are sent by themselves.
report_plan = Table(
    "report_plan",
    metadata,
    Column("uid", String(36), primary_key=True),
    Column("name", String(100), nullable=False),
    Column("name_key", Text, nullable=False, unique=True),
    Column("body", Text, nullable=False, comment="JSON object"),
    Column("is_enabled", Boolean, nullable=False),
    Column("sent_until", Moment, comment="end of the last span that was sent"),
    Column("last_answer", Text, nullable=False, server_default=text("''")),
    Column("version", Integer, nullable=False),
)

# Walls of operators: which camera's tile stands where on the live page.
wall = Table(
    "wall",
    metadata,
    Column("uid", String(36), primary_key=True),
    Column("owner", String(128), nullable=False, comment="as the audit log names operators"),
    Column("name", String(100), nullable=False),
    Column("name_key", Text, nullable=False),
    Column("is_shared", Boolean, nullable=False),
    Column("body", Text, nullable=False, comment="JSON object: the grid and its tiles"),
    Column("changed_at", Moment, nullable=False),
    Column("version", Integer, nullable=False),
    UniqueConstraint("owner", "name_key"),
)

workspace_import = Table(
    "workspace_import",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("imported_at", Moment, nullable=False),
    Column("actor", String(128), nullable=False),
    Column("body", Text, nullable=False, comment="JSON object: before and after"),
    Column("taken_back_at", Moment, comment="empty while it holds"),
    sqlite_autoincrement=True,
)

# What was wrong with pictures that came, and when it was right again.
camera_notice = Table(
    "camera_notice",
    metadata,
    Column("camera_id", Integer, ForeignKey("camera.id"), primary_key=True, autoincrement=False),
    Column("ts", BigInteger, primary_key=True, autoincrement=False),
    Column("notice", String(32), primary_key=True),
    Column("is_present", Boolean, nullable=False),
    sqlite_with_rowid=False,
)

user = Table(
    "user",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(100), nullable=False),
    Column("name_key", Text, nullable=False, unique=True),
    Column("role", String(32), nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("is_disabled", Boolean, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("locked_until", Moment),
    Column("uid", String(36), nullable=False, server_default=text("''")),
    Column("version", Integer, nullable=False, server_default="0"),
    Column("must_change", Boolean, nullable=False, server_default="0"),
    Column("code_expires_at", Moment, comment="the password is a one-time code until then"),
    Column("has_second_factor", Boolean, nullable=False, server_default="0"),
    Column("totp_step", BigInteger, nullable=False, server_default="0", comment="last one used"),
    Column("signed_in_at", Moment),
    Index("uq_user_uid", "uid", unique=True),
    sqlite_autoincrement=True,
)

# Codes that stand in once each for a lost device.
recovery_code = Table(
    "recovery_code",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("user_id", Integer, ForeignKey("user.id"), nullable=False, index=True),
    Column("code_hash", Text, nullable=False),
    Column("used_at", Moment),
    sqlite_autoincrement=True,
)

# Roles that an administrator made; and of those that are always there whether they need a
# second factor, which is all that can be changed of them.
role = Table(
    "role",
    metadata,
    Column("key", String(36), primary_key=True),
    Column("name", String(64), nullable=False),
    Column("name_key", Text, nullable=False, unique=True),
    Column("permissions", Text, nullable=False, comment="JSON list"),
    Column("sites", Text, comment="JSON list of ids; none is all"),
    Column("needs_second_factor", Boolean, nullable=False),
    Column("created_at", Moment, nullable=False),
)

# Failed sign-ins at a computer, whoever was tried.
computer_throttle = Table(
    "computer_throttle",
    metadata,
    Column("computer", String(255), primary_key=True),
    Column("recent", Text, nullable=False, comment="JSON list of moments"),
    Column("rests", Integer, nullable=False),
    Column("locked_until", Moment),
)

# Sessions that are open now, on whichever computer; the id itself stays in that one's memory.
operator_session = Table(
    "operator_session",
    metadata,
    Column("uid", String(36), primary_key=True),
    Column("actor", String(128), nullable=False),
    Column("user_uid", String(36), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("computer", String(255), nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("ended_at", Moment),
)

# Failed sign-ins under names that nobody has: they are throttled like the others,
# so that the throttle does not tell which names exist.
unknown_name = Table(
    "unknown_name",
    metadata,
    Column("name_key", Text, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("locked_until", Moment),
    Column("tried_at", Moment, nullable=False, index=True),
)

# Triggers forbid to change or delete rows; see the first migration, and 0004.
audit = Table(
    "audit",
    metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("at", Moment, nullable=False),
    Column("actor", String(100), nullable=False),
    Column("action", String(100), nullable=False),
    Column("target", Text, nullable=False),
    Column("result", String(100), nullable=False),
    Column("details", Text, nullable=False, comment="JSON object of texts"),
    Column("computer", String(255), nullable=False, server_default=text("''")),
    Column("key_id", String(16), nullable=False, server_default=text("''"), comment="of the key"),
    Column("previous", String(64), nullable=False, server_default=text("''"), comment="its mac"),
    Column("mac", String(64), nullable=False, server_default=text("''"), comment="hex"),
    Index("ix_audit_at", "at"),
    Index("ix_audit_actor", "actor"),
    Index("ix_audit_action", "action"),
    Index("ix_audit_result", "result"),
    sqlite_autoincrement=True,
)

# Rules, plans, recipients and channels: what is only ever read as a whole is in `body`.
alert_rule = Table(
    "alert_rule",
    metadata,
    Column("uid", String(36), primary_key=True),
    Column("name", String(100), nullable=False),
    Column("name_key", Text, nullable=False, unique=True),
    Column("body", Text, nullable=False, comment="JSON object"),
    Column("is_enabled", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
)

alert_plan = Table(
    "alert_plan",
    metadata,
    Column("uid", String(36), primary_key=True),
    Column("name", String(100), nullable=False),
    Column("name_key", Text, nullable=False, unique=True),
    Column("body", Text, nullable=False, comment="JSON object"),
    Column("version", Integer, nullable=False),
)

recipient = Table(
    "recipient",
    metadata,
    Column("uid", String(36), primary_key=True),
    Column("name", String(100), nullable=False),
    Column("name_key", Text, nullable=False, unique=True),
    Column("body", Text, nullable=False, comment="JSON object"),
    Column("version", Integer, nullable=False),
)

recipient_group = Table(
    "recipient_group",
    metadata,
    Column("uid", String(36), primary_key=True),
    Column("name", String(100), nullable=False),
    Column("name_key", Text, nullable=False, unique=True),
    Column("body", Text, nullable=False, comment="JSON object"),
    Column("version", Integer, nullable=False),
)

# Passwords are in the keyring, under the uid. What was seen of a channel stands beside how it is
# set up; a channel that only the environment sets up has a row for that all the same.
alert_channel = Table(
    "alert_channel",
    metadata,
    Column("uid", String(36), primary_key=True),
    Column("name", String(100), nullable=False),
    Column("name_key", Text, nullable=False, unique=True),
    Column("body", Text, nullable=False, comment="JSON object; empty: set up elsewhere"),
    Column("is_enabled", Boolean, nullable=False),
    Column("disabled_why", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("proven_at", Moment),
    Column("failing_since", Moment),
    Column("answer", Text, nullable=False),
    Column("canary_at", Moment, comment="when the last daily proof was put into the outbox"),
)

alert = Table(
    "alert",
    metadata,
    Column("id", Integer, primary_key=True, comment="its number"),
    Column("uid", String(36), nullable=False, unique=True),
    Column("rule_uid", String(36), nullable=False, index=True),
    Column("state", String(16), nullable=False),
    Column("severity", SmallInteger, nullable=False, comment="rank, 0 to 2"),
    Column("raised_at", Moment, nullable=False, index=True),
    Column("changed_at", Moment, nullable=False, index=True),
    Column("closed_at", Moment, index=True),
    Column("shelved_until", Moment),
    Column(
        "workstation",
        SmallInteger,
        nullable=False,
        server_default="0",
        comment="which one raised it, and sees to it",
    ),
    Column("is_together", Boolean, nullable=False, comment="about a sum over all its cameras"),
    Column("searched", Text, nullable=False, comment="folded text that is searched"),
    Column("body", Text, nullable=False, comment="JSON object"),
    Column("version", Integer, nullable=False),
    Index("ix_alert_state", "state"),
    # Which were open at a moment is found without looking at the alerts themselves.
    Index("ix_alert_raised_at_closed_at", "raised_at", "closed_at"),
    sqlite_autoincrement=True,
)

alert_camera = Table(
    "alert_camera",
    metadata,
    Column("alert_id", Integer, ForeignKey("alert.id"), primary_key=True, autoincrement=False),
    Column("camera_id", Integer, ForeignKey("camera.id"), primary_key=True, autoincrement=False),
    Index("ix_alert_camera_camera_id", "camera_id"),
    sqlite_with_rowid=False,
)

alert_entry = Table(
    "alert_entry",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("alert_id", Integer, ForeignKey("alert.id"), nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Column("actor", String(128), nullable=False),
    Column("deed", String(16), nullable=False),
    Column("text", Text, nullable=False),
    sqlite_autoincrement=True,
)

# The outbox. A row is there before anything is sent, and says afterwards what came of it.
notification = Table(
    "notification",
    metadata,
    Column("uid", String(36), primary_key=True),
    Column("alert_uid", String(36), nullable=False, index=True),
    Column("rule_uid", String(36), nullable=False),
    Column("purpose", String(16), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("channel_uid", String(36), nullable=False),
    Column("state", String(16), nullable=False),
    Column("created_at", Moment, nullable=False, index=True),
    Column("due_at", Moment, nullable=False),
    Column("next_at", Moment),
    Column("delivered_at", Moment),
    Column("attempts", Integer, nullable=False),
    Column("answer", Text, nullable=False),
    Column("body", Text, nullable=False, comment="JSON object"),
    Column(
        "workstation",
        SmallInteger,
        nullable=False,
        server_default="0",
        comment="which one sends it",
    ),
    Index("ix_notification_state_next_at", "state", "next_at"),
)

alert_evidence = Table(
    "alert_evidence",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("alert_id", Integer, ForeignKey("alert.id"), nullable=False, index=True),
    Column("camera_id", Integer, ForeignKey("camera.id"), nullable=False),
    Column("camera_name", String(100), nullable=False),
    Column("captured_at", Moment, nullable=False),
    Column("file", String(64), nullable=False, comment="name in the evidence folder"),
    Column("is_masked", Boolean, nullable=False),
    Column("boxes", LargeBinary, nullable=False, comment="float32 x1 y1 x2 y2, little-endian"),
    Column("count", Integer),
    Column("kept_until", Moment, nullable=False, index=True),
    Index("ix_alert_evidence_camera_id_captured_at", "camera_id", "captured_at"),
    sqlite_autoincrement=True,
)

# Small pictures of all cameras, to see the past again; the pictures themselves are files, named by
# camera and moment. They are not evidence: the oldest go first when room is short.
past_picture = Table(
    "past_picture",
    metadata,
    Column("camera_id", Integer, ForeignKey("camera.id"), primary_key=True, autoincrement=False),
    Column("ts", BigInteger, primary_key=True, autoincrement=False),
    Column(
        "workstation",
        SmallInteger,
        primary_key=True,
        autoincrement=False,
        server_default="0",
        comment="whose disk it is on",
    ),
    Column("size", Integer, nullable=False, comment="bytes of the file"),
    Column("count", Integer, comment="people in it; none: it was not searched"),
    Column("is_masked", Boolean, nullable=False),
    Column("boxes", LargeBinary, nullable=False, comment="float32 x1 y1 x2 y2, little-endian"),
    Index("ix_past_picture_ts", "ts"),
    sqlite_with_rowid=False,
)

# The stretches of time that one question is about; each reader has its own, in memory.
scratch = MetaData()
stretch = Table(
    "stretch",
    scratch,
    Column("index", Integer, primary_key=True),
    Column("first", Integer, nullable=False, comment="its first minute since 1970 UTC"),
    Column("stop", Integer, nullable=False, comment="the minute after its last one"),
    prefixes=["TEMPORARY"],
)
