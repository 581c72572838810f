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
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    text,
)

from camwatch.data.moments import Moment

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
    sqlite_autoincrement=True,
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
    Column("count", Integer, nullable=False),
    Column("confidence", SmallInteger, nullable=False, comment="per mille"),
    Column("processing_us", Integer, nullable=False),
    Column("interval_ms", Integer, nullable=False),
    sqlite_with_rowid=False,
)

# What the samples of one camera add up to in one minute.
minute = Table(
    "minute",
    metadata,
    Column("camera_id", Integer, ForeignKey("camera.id"), primary_key=True, autoincrement=False),
    Column(
        "minute", Integer, primary_key=True, autoincrement=False, comment="minutes since 1970 UTC"
    ),
    Column("samples", Integer, nullable=False),
    Column("count_sum", BigInteger, nullable=False),
    Column("count_min", Integer, nullable=False),
    Column("count_max", Integer, nullable=False),
    Column("people_ms", BigInteger, nullable=False, comment="sum of count x interval_ms"),
    Column("covered_ms", BigInteger, nullable=False, comment="sum of interval_ms"),
    Column("confidence_sum", BigInteger, nullable=False, comment="per mille"),
    sqlite_with_rowid=False,
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
    sqlite_autoincrement=True,
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

# Triggers forbid to change or delete rows; see the first migration.
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
    sqlite_autoincrement=True,
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
