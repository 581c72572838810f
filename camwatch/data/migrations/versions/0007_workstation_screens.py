"""Walls and preferences of operators, privacy, moments that can be looked at again."""

from __future__ import annotations

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, one function a part."""


def downgrade() -> None:
    """Take them away again, in the opposite order."""
