"""What the window asks of `camwatch.commands.Commands`.

To be imported for types only: it needs the modules of all pages, which are loaded later.
"""

from __future__ import annotations

from typing import Protocol

from camwatch.ui.account.dialog import AccountCommands
from camwatch.ui.accuracy.page import AccuracyPageCommands
from camwatch.ui.alerts.corner import CornerCommands
from camwatch.ui.alerts.page import AlertsPageCommands
from camwatch.ui.audit.page import AuditPageCommands
from camwatch.ui.chart_files import ChartFilesCommands
from camwatch.ui.charts.history_page import ChartsPageCommands
from camwatch.ui.first_run.commands import SetUpCommands
from camwatch.ui.health.commands import HealthPageCommands
from camwatch.ui.live.focus.view import FocusCommands
from camwatch.ui.live.passed_today import PassedCommands
from camwatch.ui.live.wall.room import RoomCommands
from camwatch.ui.locking import LockCommands
from camwatch.ui.models_protocol import DialogCommands
from camwatch.ui.operators.commands import UsersCommands
from camwatch.ui.palette.providers import FindCommands
from camwatch.ui.session_pulse import PulseCommands
from camwatch.ui.session_watch import SessionCommands
from camwatch.ui.settings.appearance import AppearanceCommands
from camwatch.ui.settings.page import SettingsPageCommands
from camwatch.ui.settings.workspace_dialog import WorkspaceDialogCommands
from camwatch.ui.site_loader import SiteCommands
from camwatch.ui.storage.commands import StorageScreenCommands
from camwatch.ui.time_machine.commands import MomentCommands


class WindowCommands(
    SiteCommands,
    SetUpCommands,
    ChartsPageCommands,
    PassedCommands,
    AccuracyPageCommands,
    DialogCommands,
    FocusCommands,
    LockCommands,
    AccountCommands,
    SessionCommands,
    PulseCommands,
    UsersCommands,
    AuditPageCommands,
    AlertsPageCommands,
    CornerCommands,
    StorageScreenCommands,
    ChartFilesCommands,
    FindCommands,
    RoomCommands,
    MomentCommands,
    HealthPageCommands,
    SettingsPageCommands,
    AppearanceCommands,
    WorkspaceDialogCommands,
    Protocol,
):
    """What the window and its pages ask of `camwatch.commands.Commands`."""
