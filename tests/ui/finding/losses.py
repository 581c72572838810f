"""Every question that the window asks before something is lost, opened as an operator does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import (
    QDialog,
    QLabel,
    QMessageBox,
    QPushButton,
    QTableView,
    QTabWidget,
    QWidget,
)

from camwatch.alerts.people import Recipient, RecipientGroup
from camwatch.alerts.settings import Channel, EmailSettings, Encryption
from camwatch.auth.accounts import Account, RoleDraft
from camwatch.auth.permissions import Permission
from camwatch.commands.workspace_desk import TakeBackOffer
from camwatch.domain import Role, utc_now
from camwatch.history.corrections import CorrectionDraft, CorrectionKind
from camwatch.history.keeping import BackupInfo, RetentionPreview, RowClass
from camwatch.history.reports import ReportPlan, ReportSpan
from camwatch.ui.account.dialog import AccountDialog
from camwatch.ui.accuracy.audit_wizard import AuditWizard
from camwatch.ui.accuracy.plan_step import PlanStep
from camwatch.ui.accuracy.recording_step import RecordingStep
from camwatch.ui.alerts.delivery.drill_dialog import DrillDialog
from camwatch.ui.charts.corrections.dialog import CorrectionsDialog
from camwatch.ui.main_window import MainWindow
from camwatch.ui.models_dialog import ModelsDialog
from camwatch.ui.operators.user_acts import Act
from camwatch.ui.pages import ACCURACY, ALERTS, CAMERAS, CHARTS, USERS
from camwatch.ui.privacy.dialog import PrivacyDialog
from camwatch.ui.report.plans_dialog import PlansDialog
from camwatch.ui.report.report_dialog import ReportDialog
from camwatch.ui.settings.workspace_dialog import WorkspaceDialog
from camwatch.ui.storage.dialog import StorageDialog
from camwatch.ui.vault.manage_dialog import ManageDialog
from camwatch.ui.vault.new_passphrase import ChangeDialog
from camwatch.walls import Wall
from tests.support.stage import opened, wait

_READ_S = 5.0


class Site:
    """What the demonstration gets so that there is something to be lost."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window
        base = window._base
        self.commands, self.session = commands, session = base.commands, base.session
        self.camera = commands.cameras(session)[0]
        commands.add_operator(session, "vera", Role.VIEWER)
        sees = frozenset({Permission.VIEW_CAMERAS})
        self.role = commands.add_role(session, RoleDraft("Guard", sees))
        self.wall = commands.save_wall(session, Wall("", "Doors", 2, 2))
        anna = commands.save_recipient(session, Recipient("", "Anna", "anna@example.org"))
        commands.save_recipient_group(session, RecipientGroup("", "Team", (anna.uid,)))
        usual = commands.plans(session)[0]
        commands.save_plan(session, replace(usual, uid="", name="Night", version=0))
        mail = EmailSettings("mail.example.org", 587, Encryption.STARTTLS, "cam@example.org")
        channel = commands.save_channel(session, Channel("", "Mail", mail), None)
        to = ("anna@example.org",)
        commands.save_report_plan(
            session, ReportPlan("", "Monday", ReportSpan.WEEK, 6, None, channel.uid, to)
        )
        end = utc_now().replace(second=0, microsecond=0)
        start = end - timedelta(minutes=10)
        why = CorrectionDraft(
            self.camera.id, None, start, end, CorrectionKind.EXCLUDE, "A dirty lens."
        )
        commands.add_correction(session, why)

    @property
    def vera(self) -> Account:
        """A user besides the one who is signed in."""
        return next(one for one in self.commands.accounts(self.session) if one.user.name == "vera")

    # ---------------------------------------------------------------- ways there

    def top(self, press: Callable[[], object]) -> QDialog:
        """Press something, and return the dialog that opens."""
        dialog = opened(self.window, press)
        assert isinstance(dialog, QDialog)
        return dialog

    def page(self, index: int, tab: int = 0) -> Any:
        """Go to a page, and to one of its tabs."""
        self.window.show_page(index)
        page = self.window.pages.currentWidget()
        shown = {
            CAMERAS: self.window.cameras_page,
            ALERTS: self.window.alerts_page,
            USERS: self.window.users_page,
            ACCURACY: self.window.accuracy_page,
            CHARTS: self.window.history_page,
        }[index]
        assert page is not None
        tabs = shown.findChild(QTabWidget)
        if tabs is not None:
            tabs.setCurrentIndex(tab)
        return shown

    def cameras(self) -> Any:
        """Go to the list of cameras, and choose one."""
        page = self.page(CAMERAS)
        self.choose(page.table, self.camera.name)
        assert wait(_READ_S, page.remove_button.isEnabled)
        return page

    def choose(self, table: QTableView, name: str) -> None:
        """Choose the row that says this, once it is read."""

        def row() -> int:
            model = table.model()
            columns = range(model.columnCount())
            texts = (
                " ".join(str(model.index(row, column).data()) for column in columns)
                for row in range(model.rowCount())
            )
            return next((number for number, text in enumerate(texts) if name in text), -1)

        assert wait(_READ_S, lambda: row() >= 0), name
        table.selectRow(row())
        wait(0.02)


# -------------------------------------------------------------------------------- one by one


def _remove_camera(site: Site) -> QDialog:
    page = site.cameras()
    return site.top(page.remove_button.click)


def _of_user(act: Act) -> Callable[[Site], QDialog]:
    def show(site: Site) -> QDialog:
        acts = site.page(USERS).acts
        wait(_READ_S, lambda: bool(acts.known.roles))
        return site.top(partial(acts.act, act, site.vera))

    return show


def _remove_role(site: Site) -> QDialog:
    acts = site.page(USERS).acts
    wait(_READ_S, lambda: bool(acts.known.roles))
    return site.top(partial(acts.remove_role, site.role))


def _end_session(site: Site) -> QDialog:
    acts = site.page(USERS).acts
    (session,) = site.commands.open_sessions(site.session)
    return site.top(partial(acts.ask_to_end, session))


def _remove_rule(site: Site) -> QDialog:
    rules = site.page(ALERTS, 1).rules
    site.choose(rules.table, "Camera down")
    return site.top(rules.remove_button.click)


def _of_delivery(part: str, table: str, name: str, button: str) -> Callable[[Site], QDialog]:
    def show(site: Site) -> QDialog:
        delivery = site.page(ALERTS, 2).delivery
        delivery.load()
        place = getattr(delivery, part)
        site.choose(getattr(place, table), name)
        return site.top(getattr(place, button).click)

    return show


def _stop_drill(site: Site) -> QDialog:
    dialog = site.top(site.page(ALERTS, 2).delivery.drill_button.click)
    assert isinstance(dialog, DrillDialog)
    return site.top(dialog.ask_to_stop)


def _wizard(site: Site) -> RecordingStep:
    """Begin to record, once."""
    page = site.page(ACCURACY)
    site.choose(page.table, site.camera.name)
    assert wait(_READ_S, page.detail.audit_button.isEnabled)
    wizard = site.top(page.detail.audit_button.click)
    assert isinstance(wizard, AuditWizard)
    if isinstance(plan := wizard.step, PlanStep):
        plan.start_button.click()
    assert wait(_READ_S, lambda: isinstance(wizard.step, RecordingStep))
    step = wizard.step
    assert isinstance(step, RecordingStep)
    return step


def _stop_recording(site: Site) -> QDialog:
    return site.top(_wizard(site).stop_button.click)


def _discard_recording(site: Site) -> QDialog:
    return site.top(_wizard(site).discard_button.click)


def _withdraw(site: Site) -> QDialog:
    dialog = site.top(site.page(CHARTS).show_corrections)
    assert isinstance(dialog, CorrectionsDialog)
    site.choose(dialog.table, "")
    return site.top(dialog.withdraw_button.click)


def _remove_report(site: Site) -> QDialog:
    report = site.top(site.page(CHARTS).controls.tools.report_button.click)
    assert isinstance(report, ReportDialog)
    plans = site.top(report.plans_button.click)
    assert isinstance(plans, PlansDialog)
    site.choose(plans.table, "Monday")
    return site.top(plans.remove_button.click)


def _delete_pictures(site: Site) -> QDialog:
    page = site.cameras()
    dialog = site.top(page.privacy.button.click)
    assert isinstance(dialog, PrivacyDialog)
    wait(_READ_S, dialog.stored_part.isVisible)
    return site.top(dialog.ask_to_delete)


def _of_storage(ask: Callable[[StorageDialog], object]) -> Callable[[Site], QDialog]:
    def show(site: Site) -> QDialog:
        dialog = site.top(site.window.dialogs.show_storage)
        assert isinstance(dialog, StorageDialog)
        assert wait(_READ_S, lambda: dialog._status is not None)
        return site.top(lambda: ask(dialog))

    return show


def _delete_copy(dialog: StorageDialog) -> None:
    dialog._ask_delete(BackupInfo(Path("copy.sqlite3"), utc_now(), 4_000_000, "7", True))


def _keep_shorter(dialog: StorageDialog) -> None:
    page = dialog.retention_page
    page.preview = RetentionPreview(((RowClass.SAMPLES, 12_000),), 4_000_000)
    dialog._ask_apply(page.entered())


def _keep_fewer(dialog: StorageDialog) -> None:
    page = dialog.pictures_page
    page._going = (40, 4_000_000)
    page._ask_apply()


def _use_model(site: Site) -> QDialog:
    dialog = site.top(site.window.dialogs.show_models)
    assert isinstance(dialog, ModelsDialog)
    assert wait(_READ_S, lambda: dialog.table.rowCount() > 0)
    dialog.view.select("hog")
    assert dialog.use_button.isEnabled()
    return site.top(dialog.use_button.click)


def _account(site: Site) -> AccountDialog:
    dialog = site.top(site.window.dialogs.show_account)
    assert isinstance(dialog, AccountDialog)
    return dialog


def _drop_factor(site: Site) -> QDialog:
    return site.top(_account(site).overview.drop_requested.emit)


def _new_codes(site: Site) -> QDialog:
    return site.top(_account(site).overview.codes_requested.emit)


def _change_password(site: Site) -> QDialog:
    dialog = _account(site)
    dialog.overview.password_requested.emit()
    return dialog


def _vault(site: Site) -> ManageDialog:
    dialog = site.top(site.window.dialogs.show_vault)
    assert isinstance(dialog, ManageDialog)
    return dialog


def _move_vault(site: Site) -> QDialog:
    return site.top(_vault(site).move_all)


def _change_passphrase(site: Site) -> QDialog:
    dialog = site.top(_vault(site).change)
    assert isinstance(dialog, ChangeDialog)
    return dialog


def _remove_wall(site: Site) -> QDialog:
    return site.top(partial(site.window.wall_room.remove, site.wall))


def _roll_back(site: Site) -> QDialog:
    dialog = site.top(partial(site.window.dialogs.open_setup, "workspace"))
    assert isinstance(dialog, WorkspaceDialog)
    dialog._on_offer(TakeBackOffer(7, utc_now(), "vera", False))
    return site.top(dialog.back_button.click)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question.

    Attributes:
        show: Opens it.
        says: What it is about, and what is lost.
    """

    show: Callable[[Site], QDialog]
    says: tuple[str, ...]


ASKED: Mapping[str, Asked] = {
    "change_password": Asked(_change_password, ("present password ends", "signed out")),
    "change_vault_passphrase": Asked(_change_passphrase, ("Older copies", "present passphrase")),
    "delete_backup": Asked(_of_storage(_delete_copy), ("copy.sqlite3", "cannot be undone")),
    "delete_stored_pictures": Asked(_delete_pictures, ("all pictures", "cannot be undone")),
    "discard_recording": Asked(_discard_recording, ("pictures and what you counted are deleted",)),
    "drop_second_factor": Asked(_drop_factor, ("password alone", "recovery codes end")),
    "end_session": Asked(_end_session, ("signed out",)),
    "force_password_change": Asked(_of_user(Act.FORCE), ("“vera”", "present password")),
    "move_vault_to_keyring": Asked(_move_vault, ("the vault is deleted",)),
    "new_recovery_codes": Asked(_new_codes, ("codes that you have now end",)),
    "rebuild_history": Asked(_of_storage(lambda one: one._ask_rebuild()), ("Write the file",)),
    "remove_camera": Asked(_remove_camera, ("password is forgotten", "history is kept")),
    "remove_cameras": Asked(_remove_camera, ("password is forgotten", "history is kept")),
    "remove_channel": Asked(
        _of_delivery("channels", "table", "Mail", "remove_button"),
        ("“Mail”", "password is deleted"),
    ),
    "remove_operator": Asked(_of_user(Act.REMOVE), ("“vera”", "no longer sign in")),
    "remove_plan": Asked(
        _of_delivery("plans", "table", "Night", "remove_button"), ("“Night”", "usual plan")
    ),
    "remove_recipient": Asked(
        _of_delivery("people", "table", "Anna", "remove_button"), ("“Anna”", "out of their groups")
    ),
    "remove_recipient_group": Asked(
        _of_delivery("people", "groups", "Team", "remove_group_button"), ("“Team”", "members stay")
    ),
    "remove_report_plan": Asked(_remove_report, ("“Monday”", "plan is removed")),
    "remove_role": Asked(_remove_role, ("“Guard”",)),
    "remove_rule": Asked(_remove_rule, ("“Camera down”", "Nobody will be told")),
    "remove_wall": Asked(_remove_wall, ("“Doors”", "cameras stay")),
    "reset_password": Asked(_of_user(Act.RESET), ("“vera”", "open sessions end")),
    "reset_second_factor": Asked(_of_user(Act.FACTOR), ("“vera”", "password alone")),
    "set_database_server": Asked(
        _of_storage(lambda one: one._ask_use(None, None)), ("stays where it is",)
    ),
    "set_picture_keeping": Asked(_of_storage(_keep_fewer), ("40 pictures", "cannot be undone")),
    "set_retention": Asked(
        _of_storage(_keep_shorter), ("Delete what is older", "cannot be undone")
    ),
    "stop_drill": Asked(_stop_drill, ("not tried any more",)),
    "stop_recording": Asked(_stop_recording, ("cannot go on",)),
    "take_back_workspace": Asked(_roll_back, ("vera", "goes", "comes back")),
    "use_model": Asked(_use_model, ("hog", "instead of", "replaced")),
    "withdraw_correction": Asked(_withdraw, ("measured again", "stays in the list")),
}
"""By the name of the command."""


def said(dialog: QDialog) -> str:
    """Return all words of a dialog."""
    if isinstance(dialog, QMessageBox):
        return f"{dialog.text()} {dialog.informativeText()}"
    labels: list[QWidget] = dialog.findChildren(QLabel)
    return " ".join(one.text() for one in labels if isinstance(one, QLabel) and one.isVisible())


def default_button(dialog: QDialog) -> QPushButton | None:
    """Return what Enter presses."""
    if isinstance(dialog, QMessageBox):
        button = dialog.defaultButton()
        assert isinstance(button, QPushButton)
        return button
    return next(
        (one for one in dialog.findChildren(QPushButton) if one.isDefault() and one.isVisible()),
        None,
    )
