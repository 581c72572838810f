"""An operator of one site, and everything of another: refused as if it was not there."""

from __future__ import annotations

import dataclasses
import inspect
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from camwatch.accuracy import AuditKind, Recording, Step, Truth
from camwatch.accuracy.keeping import open_recording
from camwatch.accuracy.plan import RecordingPlan
from camwatch.alerts import rules
from camwatch.alerts.alert import Alert, AlertPart, Subject
from camwatch.alerts.inbox import AlertQuery
from camwatch.alerts.lifecycle import Change
from camwatch.alerts.notification import NewNotification, Purpose
from camwatch.alerts.people import ChannelKind
from camwatch.alerts.rules import Severity
from camwatch.auth.passwords import hash_password
from camwatch.auth.permissions import WHOLE_PROGRAM, Permission
from camwatch.auth.session import Session
from camwatch.cameras.discovery import DiscoveryRequest
from camwatch.commands import BulkChange, Commands, Counting, KeepPassword
from camwatch.commands.camera_row import path_of
from camwatch.commands.camera_table import ImportPreview, read_list
from camwatch.commands.guard import OpenToSignedIn, needs, sight_of, who_may
from camwatch.commands.privacy_commands import PrivacyChange
from camwatch.commands.sight_rules import ARGUMENTS, NOT_YOUR_SITE
from camwatch.data.engine import Database
from camwatch.data.outbox import Queued
from camwatch.data.roles import RoleRecord
from camwatch.detect.audit import Audit, compare
from camwatch.domain import (
    BucketSize,
    Camera,
    CameraId,
    CameraSettings,
    CameraState,
    Picture,
    PlaceId,
    Reason,
    Role,
    Sample,
    SiteId,
)
from camwatch.errors import (
    CamWatchError,
    InvalidSetting,
    InvalidSettings,
    NotFound,
    PermissionDenied,
)
from camwatch.events import Bus, CameraStateChanged, RulesChanged
from camwatch.history.corrections import CorrectionDraft, CorrectionKind
from camwatch.history.exports import ExportContent, ExportKind, ExportRequest
from camwatch.history.reports import ReportRequest, ReportSpan
from camwatch.scene import Line, PrivacyMode, Scene
from tests.commands.test_permission_matrix import COMMANDS, GUARDED
from tests.commands.test_recording_commands import Shelf
from tests.commands.values import NOON, PASSWORD, found_at, settings
from tests.workers.audit_site import a_setup

HOUR = (NOON - timedelta(hours=1), NOON)
DAY = (BucketSize.HOUR, NOON - timedelta(days=1), NOON, ZoneInfo("UTC"))
TRUTH = Truth(AuditKind.OCCUPANCY, steps=(Step(0.0, 2),))
DOOR = Line("Door", (0.5, 0.1), (0.5, 0.9))
EVERYTHING_OF_A_SITE = frozenset(Permission) - WHOLE_PROGRAM


@dataclass(frozen=True, slots=True)
class Side:
    """One site with all that commands can be about."""

    camera: Camera
    place: PlaceId
    recording: Recording
    audit: str
    alert: str
    message: str
    rule: rules.Rule
    correction: str = "00000000-0000-4000-8000-000000000004"

    @property
    def site(self) -> str:
        return self.camera.settings.site

    def preview(self, name: str) -> ImportPreview:
        table = f"name,location,address,site\n{name},Yard,10.9.9.9/a.jpg,{self.site}\n"
        return read_list(table.encode(), [])


# What each command that is about something is called with.
ABOUT: dict[str, Callable[[Side], tuple[object, ...]]] = {
    "add_camera": lambda side: (_new(side), None),
    "edit_camera": lambda side: (
        side.camera.id,
        dataclasses.replace(side.camera.settings, location="Roof"),
        KeepPassword(),
    ),
    "remove_camera": lambda side: (side.camera.id,),
    "set_site_zone": lambda side: (side.camera.site_id, "Asia/Kolkata"),
    "trust_certificate": lambda side: (side.camera.id, "ab" * 32),
    "import_cameras": lambda side: (side.preview("New"),),
    "add_cameras": lambda side: ([(_new(side), None)],),
    "edit_cameras": lambda side: ([side.camera.id], BulkChange(interval_s=2.0)),
    "remove_cameras": lambda side: ([side.camera.id],),
    "test_camera": lambda side: (
        dataclasses.replace(side.camera.settings, scheme="ftp"),
        None,
        side.camera.id,
    ),
    "follow": lambda side: (side.camera.id, found_at("10.0.0.8")),
    "ptz": lambda side: (side.camera.id,),
    "ptz_move": lambda side: (side.camera.id, 0.5, 0.0, 0.0),
    "ptz_stop": lambda side: (side.camera.id,),
    "ptz_goto_preset": lambda side: (side.camera.id, "door"),
    "ptz_home": lambda side: (side.camera.id,),
    "occupancy_series": lambda side: ([side.camera.id], *HOUR, 10),
    "history": lambda side: ([side.camera.id], *DAY),
    "state_changes": lambda side: (side.camera.id, *HOUR),
    "camera_states": lambda side: (side.camera.id, *HOUR),
    "scene": lambda side: (side.camera.id,),
    "save_scene": lambda side: (side.camera.id, Scene(smoothing_s=4)),
    "change_privacy": lambda side: ([side.camera.id], PrivacyChange(PrivacyMode.BLURRED)),
    "lift_privacy": lambda side: (side.camera.id, 30, "a theft"),
    "end_privacy_lift": lambda side: (side.camera.id,),
    "stored_pictures": lambda side: (side.camera.id,),
    "delete_stored_pictures": lambda side: (side.camera.id, "asked for"),
    "check_privacy": lambda side: (side.camera.id, 1.0),
    "apply_threshold": lambda side: (side.camera.id, 0.4),
    "places": lambda side: (side.camera.id,),
    "flow_history": lambda side: (side.place, *DAY),
    "zone_history": lambda side: (side.place, *DAY),
    "heat": lambda side: (side.camera.id, *HOUR),
    "dwell": lambda side: (side.camera.id, *HOUR),
    "week_map": lambda side: ([side.camera.id], *HOUR, ZoneInfo("UTC")),
    "usual_band": lambda side: ([side.camera.id], *DAY),
    "measured_at": lambda side: (side.camera.id, HOUR[0]),
    "moment": lambda side: (HOUR[0], [side.camera.id]),
    "moment_pictures": lambda side: (HOUR[0], [side.camera.id]),
    "corrections": lambda side: ([side.camera.id], *HOUR),
    "add_correction": lambda side: (_exclusion(side.camera.id),),
    "withdraw_correction": lambda side: (side.correction, "It was right."),
    "start_recording": lambda side: (
        RecordingPlan(side.camera.id, side.camera.name, AuditKind.OCCUPANCY, None, 60.0),
    ),
    "stop_recording": lambda side: (side.recording.uid,),
    "discard_recording": lambda side: (side.recording.uid,),
    "keep_recording": lambda side: (side.recording.uid,),
    "open_recording": lambda side: (side.recording.uid,),
    "recording_folder": lambda side: (side.recording.uid,),
    "keep_truth": lambda side: (side.recording.uid, TRUTH),
    "preview_audit": lambda side: (side.recording, TRUTH),
    "store_audit": lambda side: (side.recording, TRUTH),
    "audits": lambda side: (side.camera.id,),
    "threshold_advice": lambda side: (side.camera.id,),
    "sign_report": lambda side: (side.audit, b"%PDF-1.7"),
    "save_rule": lambda side: (side.rule,),
    "switch_rule": lambda side: (side.rule.uid, False),
    "remove_rule": lambda side: (side.rule.uid,),
    "explain_rule": lambda side: (side.rule.uid, NOON),
    "alert_details": lambda side: (side.alert,),
    "alert_evidence": lambda side: (side.alert,),
    "acknowledge_alerts": lambda side: ([side.alert],),
    "shelve_alerts": lambda side: ([side.alert], NOON + timedelta(hours=1), "works"),
    "unshelve_alerts": lambda side: ([side.alert],),
    "comment_alert": lambda side: (side.alert, "seen to"),
    "own_alerts": lambda side: ([side.alert], "anna"),
    "popup_shown": lambda side: (side.message, "banner in the window"),
    "save_picture": lambda side: (
        Picture(side.camera.id, 1, b"\xff\xd8", (16, 16), NOON, 0.0, 1.0),
        Path("no-such-folder/picture.jpg"),
    ),
}

ABOUT["preview_export"] = lambda side: (_export(side), None)
ABOUT["export_history"] = lambda side: (
    _export(side),
    Path("no-such-folder/counts.csv"),
    print,
    threading.Event(),
)
ABOUT["report"] = lambda side: (
    ReportRequest(ReportSpan.DAY, NOON.date(), None, (side.camera.id,), ZoneInfo("UTC")),
)

# Those that tell of many things, or look for them; and those that are about no site at all.
OF_MANY = {
    "cameras",
    "sites",
    "scenes",
    "privacy",
    "passed_since",
    "badges",
    "recordings",
    "export_cameras",
    "preview_import",
    "discover_cameras",
    "find_moved",
    "alerts",
    "handover",
    "hand_over",
    "rules",
    # Names only cameras that the operator sees.
    "preview_text",
    # Reads only cameras that the operator sees; see test_rehearsal_commands.
    "stored_history",
}
OF_MANY.add("report_plans")
# They look themselves at each tile; see test_wall_commands.
WALLS = {"walls", "save_wall", "remove_wall", "export_wall", "import_wall"}
OF_MANY |= WALLS
OF_NONE = {
    "simulated_camera",
    "open_time_machine",
    # Tells a moment only of alerts that the operator sees; see test_moment_commands.
    "alert_beside",
    "models",
    "chosen_model",
    "signing_key",
    "create_vault",
    "plans",
    "channel_proofs",
    "last_handover",
    "leave_kiosk",
}
WHOLE = {name for name, permission in GUARDED.items() if permission in WHOLE_PROGRAM}


def _exclusion(camera_id: CameraId) -> CorrectionDraft:
    half = HOUR[0], HOUR[0] + timedelta(minutes=30)
    return CorrectionDraft(camera_id, None, *half, CorrectionKind.EXCLUDE, "A dirty lens.")


def raise_alert(database: Database, camera: Camera) -> tuple[str, str]:
    """Store an alert about a camera, and its popup; return their uids."""
    part = AlertPart(Subject.of_camera(camera.id), camera.name, NOON)
    text = f"{camera.name} is down"
    alert = Alert(
        f"alert of {camera.name}",
        "rule",
        "Camera down",
        "camera:down",
        Severity.WARNING,
        NOON,
        NOON,
        (part,),
        text,
        text,
    )
    popup = NewNotification(
        alert.uid, Purpose.ALERT, ChannelKind.POPUP, "", (), alert.severity, text, text, NOON
    )
    with database.alerts.changing(NOON) as book:
        book.store(None, Change(alert, ()))
        book.queue([Queued(popup)])
    (message,) = database.outbox.of_alert(alert.uid)
    return alert.uid, message.uid


def _export(side: Side) -> ExportRequest:
    return ExportRequest(
        ExportContent.COUNTS,
        ExportKind.CSV,
        (side.camera.id,),
        *HOUR,
        BucketSize.MINUTE,
        ZoneInfo("UTC"),
    )


def _new(side: Side) -> CameraSettings:
    return dataclasses.replace(settings("New", username=""), site=side.site)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "audits")


@pytest.fixture
def counting(counting: Counting, shelf: Shelf) -> Counting:
    return Counting(counting.models, shelf, lambda _camera: a_setup(), lambda: 0.33)


@pytest.fixture
def make_side(
    database: Database, shelf: Shelf, commands: Commands, bus: Bus
) -> Callable[[str, str], Side]:
    def make(site: str, name: str) -> Side:
        wanted = dataclasses.replace(
            settings(name, username="", host=f"{name.lower()}.example"), site=site
        )
        camera = database.cameras.add(wanted)
        place = database.scenes.save(camera.id, Scene(lines=(DOOR,))).ids["Door"]
        at = NOON - timedelta(minutes=5)
        database.counts.save([Sample(camera.id, at, 2, 0.9, 0.01, 1.0, watched=(place,))], [])
        plan = RecordingPlan(camera.id, name, AuditKind.OCCUPANCY, None, 60.0)
        uid = shelf.start_recording(plan, a_setup())
        recording = open_recording(shelf.folder_of(uid)).recording
        audit = Audit(f"0f0e0d0c-0b0a-4908-8706-0504030201{camera.id:02d}", NOON, "boss")
        database.accuracy.add(compare(recording, TRUTH, audit))
        alert, message = raise_alert(database, camera)
        rule = rules.Rule(
            f"00000000-0000-4000-8000-0000000001{camera.id:02d}",
            f"Crowd at {name}",
            rules.Occupancy(rules.Side.ABOVE, 30),
            rules.Scope(cameras=frozenset({camera.id})),
        )
        with database.alert_setup.changing() as book:
            stored = book.rules.put(rule)
        bus.publish(RulesChanged(NOON))
        wrong = database.corrections.add(_exclusion(camera.id), "boss")
        return Side(camera, place, recording, audit.uid, alert, message, stored, wrong.uid)

    return make


@pytest.fixture
def here(make_side: Callable[[str, str], Side]) -> Side:
    return make_side("North", "Gate")


@pytest.fixture
def there(make_side: Callable[[str, str], Side], here: Side) -> Side:
    return make_side("South", "Vault")


@pytest.fixture
def guard(database: Database, commands: Commands, boss: Session, here: Side) -> Session:
    """Return a session of an operator who may do everything, of the site "North" only."""
    put_role(database, frozenset({here.camera.site_id}))
    database.operators.add("guard", "north", hash_password(PASSWORD))
    return commands.sign_in("guard", PASSWORD)


def put_role(
    database: Database,
    sites: frozenset[SiteId] | None,
    permissions: frozenset[Permission] = EVERYTHING_OF_A_SITE,
) -> None:
    names = frozenset(one.value for one in permissions)
    database.roles.put(RoleRecord("north", "North", names, sites, False), "north")


def call(commands: Commands, session: Session, name: str, side: Side) -> object:
    return getattr(commands, name)(session, *ABOUT[name](side))


def newest(database: Database) -> tuple[str, str, str]:
    entry = database.audit.newest(1)[0]
    return entry.actor, entry.action, entry.result


# ---------------------------------------------------------------- every command is declared


def test_every_command_is_judged_or_says_why_it_need_not_be() -> None:
    assert set(GUARDED) == {*ABOUT, *OF_MANY, *OF_NONE, *WHOLE}
    for name in GUARDED:
        declared = sight_of(COMMANDS[name])
        assert declared is not None, name
        assert declared.unknown == (), name
        assert bool(declared.why_not) == (
            name in WHOLE | OF_NONE | WALLS
            or name in {"export_cameras", "preview_import", "discover_cameras", "find_moved"}
        ), name
        if name in ABOUT:
            assert declared.judges, name


def test_what_every_operator_may_do_is_about_no_camera() -> None:
    for name, method in COMMANDS.items():
        if isinstance(who_may(method), OpenToSignedIn):
            kinds = {one.annotation for one in inspect.signature(method).parameters.values()}
            assert not kinds & set(ARGUMENTS), name


def test_a_command_of_which_nothing_is_known_is_refused_to_who_does_not_see_all(
    commands: Commands, database: Database, boss: Session, guard: Session
) -> None:
    class Later(Commands):
        @needs(Permission.VIEW_CAMERAS)
        def snapshots(self, session: Session, shelf_number: str) -> list[str]:
            del session
            return [shelf_number]

    later = Later.__new__(Later)
    later.__dict__ = commands.__dict__
    assert later.snapshots(boss, "1") == ["1"]
    with pytest.raises(PermissionDenied):
        later.snapshots(guard, "1")
    assert newest(database) == ("guard", "snapshots", "denied")


# ---------------------------------------------------------------- one thing


@pytest.mark.fault("F130")
@pytest.mark.parametrize("name", sorted(ABOUT))
def test_what_is_of_another_site_is_not_there(  # noqa: PLR0917 - one fixture each
    commands: Commands, database: Database, shelf: Shelf, guard: Session, there: Side, name: str
) -> None:
    before = database.cameras.all(), database.scenes.all(), shelf.recordings()
    with pytest.raises((NotFound, InvalidSetting, InvalidSettings)) as refused:
        call(commands, guard, name, there)
    if not isinstance(refused.value, NotFound):
        assert NOT_YOUR_SITE in str(refused.value)
    assert newest(database) == ("guard", name, "denied")
    assert (database.cameras.all(), database.scenes.all(), shelf.recordings()) == before
    assert there.camera.name not in str(refused.value)
    assert shelf.done == []


@pytest.mark.parametrize("name", sorted(ABOUT))
def test_what_is_of_the_own_site_is_judged_no_further(  # noqa: PLR0917 - one fixture each
    commands: Commands, database: Database, guard: Session, here: Side, there: Side, name: str
) -> None:
    try:
        call(commands, guard, name, here)
    except NotFound:
        pytest.fail("it is there")
    except CamWatchError as error:
        # As for anybody: the camera cannot be moved, the folder is not there, and so on.
        said = str(error)
    else:
        said = ""
    assert NOT_YOUR_SITE not in said
    assert newest(database)[2] != "denied"


@pytest.mark.parametrize(
    "name", sorted(set(ABOUT) - {"add_camera", "add_cameras", "import_cameras", "save_rule"})
)
def test_another_site_is_refused_in_the_words_for_what_never_was(
    commands: Commands, guard: Session, there: Side, name: str
) -> None:
    never = Side(
        dataclasses.replace(there.camera, id=CameraId(999)),
        PlaceId(999),
        dataclasses.replace(there.recording, uid=there.audit, camera_id=CameraId(999)),
        "00000000-0000-4000-8000-000000000000",
        "00000000-0000-4000-8000-000000000001",
        "00000000-0000-4000-8000-000000000002",
        dataclasses.replace(there.rule, uid="00000000-0000-4000-8000-000000000003"),
    )
    told = []
    for side in (there, never):
        with pytest.raises(NotFound) as refused:
            call(commands, guard, name, side)
        told.append(str(refused.value).replace("999", str(there.camera.id)))
    told[1] = told[1].replace(f"place {there.camera.id}", f"place {there.place}")
    assert told[0] == told[1]


# ---------------------------------------------------------------- many things


@pytest.mark.fault("F130")
def test_lists_are_of_the_own_site(  # noqa: PLR0917 - one fixture each
    commands: Commands, database: Database, boss: Session, guard: Session, here: Side, there: Side
) -> None:
    cameras = {here.camera.id, there.camera.id}
    seen = {here.camera.id}
    for session, ids in ((boss, cameras), (guard, seen)):
        assert {one.id for one in commands.cameras(session)} == ids
        assert {one.camera_id for one in commands.scenes(session)} == ids
        assert {one.camera_id for one in commands.privacy(session)} == ids
        assert {one.camera_id for one in commands.places(session)} == ids
        assert {one.plan.camera_id for one in commands.recordings(session)} == ids
        assert set(commands.badges(session)) == ids
        places = {here.place, there.place} if session is boss else {here.place}
        assert set(commands.passed_since(session, HOUR[0])) == places
        found = commands.occupancy_series(session, None, *HOUR, 10)
        assert {camera_id for camera_id, *_ in found} == ids
        found_alerts = commands.alerts(session, AlertQuery())
        assert {one for alert in found_alerts for one in alert.camera_ids} == ids
        sheet = commands.handover(session, HOUR[0], "")
        assert {one for alert in sheet.open for one in alert.camera_ids} == ids
        wrong = commands.corrections(session, None, *HOUR)
        assert {one.camera_id for one in wrong} == ids
        table = commands.export_cameras(session).decode()
        assert ("Vault" in table, "Gate" in table) == (session is boss, True)
    assert {one.name for one in commands.sites(boss)} >= {"North", "South"}
    assert [one.name for one in commands.sites(guard)] == ["North"]
    assert database.audit.newest(1)[0].details == {"cameras": "1"}


def test_the_sum_over_all_cameras_is_that_of_the_own_site(
    commands: Commands, boss: Session, guard: Session, here: Side, there: Side
) -> None:
    means = {
        session.actor: sum(bucket.samples for bucket in commands.history(session, None, *DAY))
        for session in (boss, guard)
    }
    assert means["guard"] > 0
    assert means["boss"] == 2 * means["guard"]


def test_the_history_of_a_removed_camera_stays_with_its_site(
    commands: Commands, boss: Session, guard: Session, here: Side, there: Side
) -> None:
    before = commands.history(guard, None, *DAY)
    commands.remove_cameras(boss, [here.camera.id, there.camera.id])
    assert [one.samples for one in commands.history(guard, None, *DAY)] == [
        one.samples for one in before
    ]
    with pytest.raises(NotFound):
        commands.history(guard, [there.camera.id], *DAY)


def test_an_import_tells_nothing_of_other_sites_but_that_a_name_is_in_use(
    commands: Commands, boss: Session, guard: Session, here: Side, there: Side
) -> None:
    places = [one.camera.settings.origin + path_of(one.camera.settings) for one in (there, here)]
    table = (
        f"name,location,address,site\nA,Yard,{places[0]},North\nB,Yard,{places[1]},North\n"
        "Vault,Yard,10.0.0.3/a.jpg,North\nD,Yard,10.0.0.4/a.jpg,South\nE,Yard,10.0.0.5/a.jpg,\n"
    ).encode()
    row_a, row_b, row_c, row_d, row_e = commands.preview_import(guard, table).rows
    assert row_a.is_good
    assert row_a.warnings == ()
    assert "Gate" in row_b.warnings[0]
    assert [str(one) for one in row_c.problems] == ["name: is already used by another camera"]
    assert [str(one) for one in row_d.problems] == [f"site: {NOT_YOUR_SITE}"]
    assert [str(one) for one in row_e.problems] == [f"site: {NOT_YOUR_SITE}"]
    assert "Vault" in commands.preview_import(boss, table).rows[0].warnings[0]


def test_a_search_names_no_camera_of_another_site(
    commands: Commands, database: Database, bus: Bus, guard: Session, there: Side
) -> None:
    hardware = dataclasses.replace(there.camera.settings, hardware_id="00:11:22:33:44:55")
    database.cameras.update(there.camera.id, hardware)
    found = found_at("10.0.0.9", "00:11:22:33:44:55")
    bus.publish(
        CameraStateChanged(NOON, there.camera.id, CameraState.OFFLINE, Reason.REFUSED, NOON)
    )
    assert commands.find_moved(guard, threading.Event(), [found]) == []
    boss = commands.sign_in("boss", PASSWORD)
    assert [one.camera.id for one in commands.find_moved(boss, threading.Event(), [found])] == [
        there.camera.id
    ]
    with pytest.raises(InvalidSettings):
        commands.discover_cameras(
            guard, DiscoveryRequest(use_multicast=False), print, print, threading.Event()
        )


# ---------------------------------------------------------------- changes


def test_a_camera_is_moved_only_between_sites_that_one_sees(
    commands: Commands, database: Database, guard: Session, here: Side, there: Side
) -> None:
    for site in ("South", "A new site", ""):
        wanted = dataclasses.replace(here.camera.settings, site=site)
        with pytest.raises(InvalidSetting, match=NOT_YOUR_SITE):
            commands.edit_camera(guard, here.camera.id, wanted, KeepPassword())
        with pytest.raises(InvalidSetting, match=NOT_YOUR_SITE):
            commands.edit_cameras(guard, [here.camera.id], BulkChange(site=site))
    assert database.cameras.get(here.camera.id) == here.camera
    with pytest.raises(NotFound):
        commands.edit_cameras(guard, [here.camera.id, there.camera.id], BulkChange(site="North"))
    assert database.cameras.get(there.camera.id) == there.camera
    moved = commands.edit_camera(
        guard,
        here.camera.id,
        dataclasses.replace(here.camera.settings, site="north"),  # the same site
        KeepPassword(),
    )
    assert moved.site_id == here.camera.site_id


def test_a_list_that_is_read_only_once_is_judged_whole(
    commands: Commands, database: Database, guard: Session, here: Side, there: Side
) -> None:
    both = (side.camera.id for side in (here, there))
    with pytest.raises(NotFound):
        commands.remove_cameras(guard, both)  # type: ignore[arg-type]
    assert len(database.cameras.all()) == 2


def test_a_role_that_gets_other_sites_sees_them_at_once(
    commands: Commands, database: Database, guard: Session, here: Side, there: Side
) -> None:
    put_role(database, frozenset({there.camera.site_id}))
    assert [one.id for one in commands.cameras(guard)] == [there.camera.id]
    put_role(database, frozenset())
    assert commands.cameras(guard) == []
    assert commands.occupancy_series(guard, None, *HOUR, 10) == []
    put_role(database, None)
    assert len(commands.cameras(guard)) == 2


@pytest.mark.fault("F130")
@pytest.mark.parametrize("name", sorted(WHOLE))
def test_what_concerns_all_sites_is_never_of_a_role_with_some(
    commands: Commands, database: Database, guard: Session, here: Side, name: str
) -> None:
    put_role(database, frozenset({here.camera.site_id}), frozenset(Permission))
    count = len(inspect.signature(COMMANDS[name]).parameters) - 2
    with pytest.raises(PermissionDenied) as denied:
        getattr(commands, name)(guard, *([None] * count))
    assert denied.value.permission == GUARDED[name].value


def test_who_sees_all_sites_is_not_judged(
    commands: Commands, boss: Session, here: Side, there: Side
) -> None:
    # For them a camera that never was is empty.
    assert commands.state_changes(boss, CameraId(999), *HOUR) == []
    assert commands.history(boss, [here.camera.id, there.camera.id], *DAY)
    assert boss.role.key == Role.ADMINISTRATOR
