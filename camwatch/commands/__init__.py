"""Everything an operator may ask for: permission, then validation, then the deed, then the audit."""

from camwatch.commands.camera_bulk import BulkChange
from camwatch.commands.camera_editing import KeepPassword
from camwatch.commands.operator_commands import Commands, Counting

__all__ = ["BulkChange", "Commands", "Counting", "KeepPassword"]
