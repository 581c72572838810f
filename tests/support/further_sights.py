"""What people see besides `stage.sights()`: modes, popups, and dialogs for which much must happen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import cast
from zoneinfo import ZoneInfo

from PySide6.QtWidgets import QDialog, QTabWidget, QWidget

from camwatch.alerts.alert import Alert, AlertPart, Subject
from camwatch.alerts.rules import Severity
from camwatch.alerts.settings import Channel, EmailSettings, Encryption, WebhookSettings
from camwatch.auth.accounts import OneTimeCode
from camwatch.cameras.pinning import CertificateFacts
from camwatch.cameras.trial import ConnectionTest
from camwatch.commands.workspace_desk import TakeBackOffer
from camwatch.commands.workspace_diff import DiffItem, Part, Verdict, WorkspaceDiff
from camwatch.data.workspaces import WorkspaceSteps
from camwatch.domain import CameraId, Reason, Role, Secret, utc_now
from camwatch.errors import DatabaseAway
from camwatch.events import CommonCause
from camwatch.health.last_run import CrashReport
from camwatch.history.corrections import Correction, CorrectionDraft, CorrectionKind
from camwatch.history.reports import ReportPlan, ReportSpan
from camwatch.ui.alerts.delivery.proof import ProofDialog
from camwatch.ui.alerts.inbox.acts import Act
from camwatch.ui.alerts.popups.sound_dialog import SoundDialog
from camwatch.ui.alerts.popups.toast import ToastContent
from camwatch.ui.away_dialog import AwayDialog
from camwatch.ui.cameras.bulk_edit import BulkEditDialog
from camwatch.ui.cameras.certificate import CertificateDialog
from camwatch.ui.causes import CauseDialog
from camwatch.ui.charts.corrections.form import CorrectionForm
from camwatch.ui.charts.corrections.withdrawal import WithdrawalDialog
from camwatch.ui.charts.corrections.words import Names
from camwatch.ui.confirming import ConfirmDialog
from camwatch.ui.desktop.presence import TrayExplanation
from camwatch.ui.health.crash_dialog import CrashDialog
from camwatch.ui.live.wall.dialogs import NameDialog, TourDialog, delete_question
from camwatch.ui.live.wall.tour import Stop
from camwatch.ui.main_window import MainWindow
from camwatch.ui.operators.code_dialog import CodeDialog
from camwatch.ui.operators.codes_dialog import CodesDialog
from camwatch.ui.operators.user_acts import Act as UserAct
from camwatch.ui.pages import ALERTS, LIVE, USERS
from camwatch.ui.report.plan_dialog import ReportPlanDialog
from camwatch.ui.report.plans_dialog import PlansDialog
from camwatch.ui.settings.workspace_dialog import WorkspaceDialog
from camwatch.ui.sign_in import SignInDialog
from camwatch.ui.signing_in.commands import SignInCommands
from camwatch.ui.vault.new_passphrase import ChangeDialog, CreateDialog
from camwatch.ui.vault.unlock_dialog import UnlockDialog
from camwatch.walls import Wall
from tests.support.stage import opened, wait

ZONE = ZoneInfo("UTC")
_SHOWN_S = 3.0


@dataclass(frozen=True, slots=True)
class Further:
    """Something that people see, and how it is left again.

    Attributes:
        name: Of its file.
        show: Brings it up; returns what is to be seen, or None for the window itself.
        leave: Ends it; dialogs are put away in any case.
    """

    name: str
    show: Callable[[MainWindow], QWidget | None]
    leave: Callable[[MainWindow], object] = lambda _window: None


def an_alert() -> Alert:
    """Return an alert as it may be in the inbox."""
    now = utc_now()
    part = AlertPart(Subject.of_camera(CameraId(1)), "Hall", now, reason="timeout")
    return Alert(
        uid="00000001-0000-4000-8000-000000000000",
        rule_uid="11111111-0000-4000-8000-000000000000",
        rule_name="Camera down",
        kind="camera:down",
        severity=Severity.CRITICAL,
        raised_at=now,
        changed_at=now,
        parts=(part,),
        title="Hall",
        message="Hall",
        number=1,
        version=1,
    )


def _over(make: Callable[[MainWindow], QDialog]) -> Callable[[MainWindow], QWidget | None]:
    return lambda window: opened(window, lambda: window.dialogs.open(make(window)))


def _act(act: Act) -> Callable[[MainWindow], QWidget | None]:
    def show(window: MainWindow) -> QWidget | None:
        window.show_page(ALERTS)
        return opened(window, lambda: window.alerts_page.inbox.acts.do(act, [an_alert()]))

    return show


def _give_owner(window: MainWindow) -> QWidget | None:
    window.show_page(ALERTS)
    return opened(window, lambda: window.alerts_page.inbox.acts.give_owner([an_alert()]))


def _channel(number: int) -> Callable[[MainWindow], QWidget | None]:
    def show(window: MainWindow) -> QWidget | None:
        window.show_page(ALERTS)
        window.alerts_page.findChildren(QTabWidget)[0].setCurrentIndex(2)
        delivery = window.alerts_page.delivery
        assert delivery is not None
        buttons = list(delivery.channels.add_buttons_by_kind.values())
        return opened(window, buttons[number].click)

    return show


def _crash(window: MainWindow) -> QDialog:
    base, now = window._base, utc_now()
    crash = CrashReport("run", "1.0", now, now, "Segmentation fault", "thread 1", "", "a line")
    return CrashDialog(
        crash, base.commands, base.session, base.background, zone=base.zone, parent=window
    )


def _correction(window: MainWindow) -> CorrectionDraft:
    camera = window._base.commands.cameras(window._base.session)[0]
    end = utc_now().replace(second=0, microsecond=0)
    start = end - timedelta(hours=1)
    return CorrectionDraft(camera.id, None, start, end, CorrectionKind.EXCLUDE, "Checkout")


def _correct(window: MainWindow) -> QDialog:
    base, draft = window._base, _correction(window)
    names = Names({draft.camera_id: "Hall"}, {})
    parts = (base.commands, base.session, base.background, base.zone, names, draft)
    return CorrectionForm(*parts, window)


def _withdraw(window: MainWindow) -> QDialog:
    base, draft = window._base, _correction(window)
    names = Names({draft.camera_id: "Hall"}, {})
    made = Correction("uid", draft, "demo", draft.end)
    parts = (base.commands, base.session, base.background, base.zone, made, names)
    return WithdrawalDialog(*parts, window)


def _certificate(window: MainWindow) -> QDialog:
    base = window._base
    camera = base.commands.cameras(base.session)[0]
    dialog = CertificateDialog(base.commands, base.session, base.background, camera, window)
    facts = CertificateFacts("12" * 32, "Hall", "Hall", is_self_signed=True)
    dialog._on_answer(ConnectionTest(Reason.CERTIFICATE_UNKNOWN, "", 0.0, certificate=facts))
    return dialog


def _bulk(window: MainWindow) -> QDialog:
    base = window._base
    cameras = base.commands.cameras(base.session)[:2]
    return BulkEditDialog(base.commands, base.session, base.background, cameras, ["Hall"], window)


def _plans(window: MainWindow) -> QDialog:
    base = window._base
    return PlansDialog(base.commands, base.session, base.background, base.zone, window)


def _plan(window: MainWindow) -> QDialog:
    base = window._base
    mail = EmailSettings("db.example.com", 587, Encryption.STARTTLS, "anna@example.org")
    plan = ReportPlan("", "", ReportSpan.WEEK, 6, None, "hall", ())
    sites = base.commands.sites(base.session)
    channels = [Channel("hall", "Hall", mail)]
    parts = (base.commands, base.session, base.background, plan, sites, channels)
    return ReportPlanDialog(*parts, window)


def _codes(window: MainWindow) -> QDialog:
    return CodesDialog(window._base.background, [_CODE], ZONE, window)


_CODE = OneTimeCode("demo", Secret("db.example.com"), utc_now())
_WALL = Wall("uid", "Hall", 2, 2)
_CAUSE = CommonCause(utc_now(), "key", "computer", "", (CameraId(1),), Reason.TIMEOUT)


def _confirm(window: MainWindow) -> QDialog:
    base = window._base
    return ConfirmDialog(base.commands, base.session, base.background, window)


def _role(window: MainWindow, act: str) -> QWidget | None:
    window.show_page(USERS)
    acts = window.users_page.acts
    wait(_SHOWN_S, lambda: bool(acts.known.roles))
    if act == "remove":
        viewer = next(one for one in acts.known.roles if one.key == Role.VIEWER.value)
        return opened(window, lambda: acts.remove_role(replace(viewer, key="hall", name="Hall")))
    return opened(window, lambda: acts.act(UserAct.ROLE, acts.known.accounts[0]))


def _workspace(window: MainWindow) -> QWidget | None:
    """With a file that brings something."""
    dialog = opened(window, lambda: window.dialogs.open_setup("workspace"))
    assert isinstance(dialog, WorkspaceDialog)
    changes = (("Hall", "", "Foyer"),)
    items = [
        DiffItem(part, verdict, "Hall", changes)
        for part in Part
        for verdict in (Verdict.ADDED, Verdict.CHANGED)
    ]
    dialog._show_diff(WorkspaceDiff(tuple(items), WorkspaceSteps(), (), "mark"))
    dialog._on_offer(TakeBackOffer(1, utc_now(), "demo", False))
    return dialog


def _palette(window: MainWindow) -> QWidget:
    window.show_page(LIVE)
    window.finding.find_anything()
    wait(_SHOWN_S, window.palette_room.box.isVisible)
    return window.palette_room.box


def _look_back(window: MainWindow) -> None:
    window.show_page(LIVE)
    window.live_room.look_back()
    wait(0.1)


def _arrange(window: MainWindow) -> None:
    window.show_page(LIVE)
    window.wall_room.arrange()
    assert window.wall_room.arranging.is_on


def _tour(window: MainWindow) -> None:
    window.show_page(LIVE)
    room = window.wall_room
    stops = [Stop("Hall", None, 0), Stop("Foyer", None, 0)]
    room.tour.start(lambda: stops, 60)
    assert room.tour.is_on


def _kiosk(window: MainWindow) -> None:
    window.show_page(LIVE)
    window.wall_room.kiosk.begin()


def _wall_window(window: MainWindow) -> QWidget:
    window.show_page(LIVE)
    shown = window.wall_room.windows.open()
    assert shown is not None
    shown.show()
    wait(0.1)
    return shown


def _popups(window: MainWindow) -> QWidget:
    toasts = window.alert_corner.popups._toasts
    alert = an_alert()
    for number, severity in enumerate(Severity):
        uid = f"hall-{number}"
        toasts.put(ToastContent(uid, severity, alert.title, alert.message), can_acknowledge=True)
    wait(_SHOWN_S, toasts.isVisible)
    wait(0.1)
    return toasts


def _no_popups(window: MainWindow) -> None:
    toasts = window.alert_corner.popups._toasts
    for number, _severity in enumerate(Severity):
        toasts.take_away(f"hall-{number}")


def _set_up(step: int) -> Callable[[MainWindow], QWidget]:
    def show(window: MainWindow) -> QWidget:
        room = window.first_run
        page = room.page or room._make(room._means)
        room.page = page
        page.setParent(None)
        page.show_step(step)
        page.resize(1280, 760)
        page.show()
        wait(0.05)
        return page

    return show


def _no_set_up(window: MainWindow) -> None:
    page = window.first_run.page
    if page is not None:
        page.setParent(window)
        page.hide()


def _sign_in(window: MainWindow) -> QWidget:
    base = window._base
    commands = cast("SignInCommands", base.commands)  # all commands, though the window needs fewer
    dialog = SignInDialog(commands, base.bare, prefill=("demo", "demo"), is_demo=True)
    dialog.show()
    wait(_SHOWN_S, dialog.button.isEnabled)
    return dialog


def _away(_window: MainWindow) -> QWidget:
    dialog = AwayDialog(DatabaseAway("Hall", "Foyer"), is_counting=True, has_vault=True)
    dialog.show()
    return dialog


def _lock(window: MainWindow) -> None:
    window.show_page(LIVE)
    window.locking.lock()
    assert wait(_SHOWN_S, lambda: window.locking.is_locked)
    window.cover.show_panel()
    wait(0.05)


_DIALOGS: Mapping[str, Callable[[MainWindow], QDialog]] = {
    "crash": _crash,
    "correct": _correct,
    "withdraw": _withdraw,
    "certificate": _certificate,
    "bulk-edit": _bulk,
    "report-plans": _plans,
    "report-plan": _plan,
    "code": lambda window: CodeDialog(_CODE, ZONE, window),
    "codes": _codes,
    "confirm": _confirm,
    "cause": lambda window: CauseDialog(_CAUSE, window.live_page.conditions, ZONE, window),
    "tray": TrayExplanation,
    "wall-name": lambda window: NameDialog(
        "", "Hall", is_shared=False, may_share=True, parent=window
    ),
    "wall-tour": lambda window: TourDialog([_WALL], 10, window),
    "wall-delete": lambda window: delete_question(_WALL, is_own=True, parent=window),
    "sounds": lambda window: SoundDialog(
        window.alert_corner._choice, window.alert_corner.popups.player, window
    ),
    "proof": lambda window: ProofDialog(
        window._base.commands,
        window._base.session,
        window._base.background,
        [Channel("hall", "Hall", WebhookSettings("https://db.example.com"))],
        window,
    ),
    "vault-new": lambda window: CreateDialog(
        window._base.commands, window._base.session, window._base.background, window
    ),
    "vault-change": lambda window: ChangeDialog(
        window._base.commands, window._base.session, window._base.background, window
    ),
    "vault-unlock": lambda window: UnlockDialog(
        window._base.commands, window._base.background, window
    ),
}


def further_sights() -> Iterator[Further]:
    """Name what else can be opened; the last one locks the window for good."""
    for name, make in _DIALOGS.items():
        yield Further(f"dialog-{name}", _over(make))
    yield Further("dialog-shelve", _act(Act.SHELVE))
    yield Further("dialog-comment", _act(Act.COMMENT))
    yield Further("dialog-owner", _give_owner)
    for number in range(3):
        yield Further(f"dialog-channel-{number}", _channel(number))
    yield Further("dialog-give-role", lambda window: _role(window, "give"))
    yield Further("dialog-remove-role", lambda window: _role(window, "remove"))
    yield Further("dialog-workspace", _workspace)
    yield Further("palette", _palette, lambda window: window.palette_room.box.close_box())
    yield Further("past", _look_back, lambda window: window.live_room.back_to_live())
    yield Further("arrange", _arrange, lambda window: window.wall_room.arranging.cancel())
    yield Further("tour", _tour, lambda window: window.wall_room.tour.end())
    yield Further("kiosk", _kiosk, lambda window: window.wall_room.kiosk.end())
    yield Further("wall-window", _wall_window, lambda window: window.wall_room.windows.close_all())
    yield Further("popups", _popups, _no_popups)
    for step in range(6):
        yield Further(f"set-up-{step}", _set_up(step), _no_set_up)
    yield Further("sign-in", _sign_in)
    yield Further("database-away", _away)
    yield Further("locked", _lock)
