"""The commands, each with who may give it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from camwatch.auth.permissions import Permission
from camwatch.auth.secrets import SecretStore
from camwatch.auth.session import Session, Sessions
from camwatch.auth.signing import ReportSigner
from camwatch.cameras.trial import ConnectionTest
from camwatch.commands.access import AccessOptions
from camwatch.commands.account_commands import AccountCommands
from camwatch.commands.account_desk import AccountDesk
from camwatch.commands.account_gate import AccountGate, NameThrottle
from camwatch.commands.accuracy_commands import AccuracyCommands, AuditDesk, PresentSetup
from camwatch.commands.alert_commands import AlertCommands
from camwatch.commands.alert_room import AlertOptions, AlertRoom, alert_room
from camwatch.commands.audit_commands import AuditCommands
from camwatch.commands.audit_keeper import seal_log
from camwatch.commands.camera_bulk import CameraBulk, CameraBulkCommands
from camwatch.commands.camera_editing import CameraEditing, KeepPassword
from camwatch.commands.camera_states import CameraStateCommands, StateDesk
from camwatch.commands.channel_commands import ChannelCommands
from camwatch.commands.discovery_commands import DiscoveryCommands, DiscoveryDesk
from camwatch.commands.drill_commands import DrillCommands
from camwatch.commands.export_commands import ExportCommands
from camwatch.commands.export_desk import ExportDesk
from camwatch.commands.guard import Guard, needs
from camwatch.commands.history_commands import HistoryCommands, HistoryDesk
from camwatch.commands.model_commands import ModelCommands
from camwatch.commands.model_desk import ModelDesk
from camwatch.commands.moment_commands import MomentCommands, MomentTools
from camwatch.commands.moment_desk import MomentDesk
from camwatch.commands.operator_admin import OperatorAdminCommands
from camwatch.commands.operator_desk import OperatorDesk
from camwatch.commands.password_rules import PasswordRules
from camwatch.commands.past_pictures import PastPictureStore, masked
from camwatch.commands.picture_commands import PictureCommands, PictureDesk
from camwatch.commands.ptz_commands import PtzCommands
from camwatch.commands.recording_commands import Recorder, RecordingCommands
from camwatch.commands.rehearsal_commands import RehearsalCommands, RehearsalDesk
from camwatch.commands.remote_commands import RemoteCommands
from camwatch.commands.report_desk import ReportDesk
from camwatch.commands.report_plan_desk import ReportPlanDesk
from camwatch.commands.role_book import RoleBook
from camwatch.commands.role_desk import RoleDesk
from camwatch.commands.rule_commands import RuleCommands
from camwatch.commands.scene_commands import SceneCommands, SceneEditing
from camwatch.commands.second_factors import SecondFactors
from camwatch.commands.server_desk import ServerDesk
from camwatch.commands.session_register import SessionRegister
from camwatch.commands.sight import About
from camwatch.commands.sight_rules import Sight, anything
from camwatch.commands.signing_in import Access, SigningIn
from camwatch.commands.station_commands import StationCommands
from camwatch.commands.storage_commands import StorageCommands
from camwatch.commands.storage_desk import StorageDesk, StorageOptions
from camwatch.commands.trail import Trail
from camwatch.commands.trail_commands import TrailCommands, TrailDesk
from camwatch.commands.vault_commands import VaultCommands
from camwatch.commands.wall_commands import WallCommands
from camwatch.config import CameraPolicy
from camwatch.data.engine import Database
from camwatch.domain import (
    Bucket,
    BucketSize,
    Camera,
    CameraId,
    CameraSettings,
    Secret,
    Site,
    StateChange,
    utc_now,
)
from camwatch.events import Bus, CamerasChanged
from camwatch.paths import Profile


@dataclass(frozen=True, slots=True)
class Counting:
    """What counts people in this run, as far as commands ask for it.

    Attributes:
        models: The models there are.
        recorder: Records pictures and counts for audits.
        setup_of: Tells what counts the people of a camera now.
        usual_threshold: Tells the lowest score of a person, where a view has none of its own.
    """

    models: ModelDesk
    recorder: Recorder
    setup_of: PresentSetup
    usual_threshold: Callable[[], float]


class Commands(
    CameraBulkCommands,
    CameraStateCommands,
    SceneCommands,
    TrailCommands,
    ModelCommands,
    RecordingCommands,
    AccuracyCommands,
    DiscoveryCommands,
    PtzCommands,
    PictureCommands,
    AccountCommands,
    OperatorAdminCommands,
    RemoteCommands,
    AuditCommands,
    VaultCommands,
    AlertCommands,
    RuleCommands,
    RehearsalCommands,
    ChannelCommands,
    DrillCommands,
    HistoryCommands,
    MomentCommands,
    ExportCommands,
    StorageCommands,
    StationCommands,
    WallCommands,
):
    """What operators may ask for. All methods block, and may be called from any thread.

    Every command that takes a session can also raise SessionExpired, PermissionDenied
    and StorageError.

    Args:
        database: The history.
        secrets: Where camera passwords are kept.
        limits: How cameras are asked.
        bus: Told when cameras change.
        counting: What counts people.
        clock: The wall clock, aware UTC.
        access: How access is set up.
        alerts: How alerts are set up.
        storage: How the history is kept.

    Attributes:
        alert_desk: What the alert workers stand on; not for screens.
        guard: Checks the session before each command.
        audit_keeper: Keeps the head of the audit log; close it at the end, before the
            history. None if nothing is kept outside of the history.
        storage: What the housekeeper stands on; not for screens.
        register: The sessions of all computers; this one's are to be closed when the program
            ends.
    """

    def __init__(  # noqa: PLR0915, PLR0917 - all that commands stand on
        self,
        database: Database,
        secrets: SecretStore,
        limits: CameraPolicy,
        bus: Bus,
        counting: Counting,
        clock: Callable[[], datetime] = utc_now,
        access: AccessOptions | None = None,
        alerts: AlertOptions | None = None,
        storage: StorageOptions | None = None,
    ) -> None:
        self._access = access or AccessOptions()
        self.audit_keeper = seal_log(database.audit, secrets, self._access, clock)
        trail = Trail(database.audit)
        self.register = SessionRegister(database.sessions, self._access.computer, clock)
        self.register.close_all_here()
        sessions = Sessions(watcher=self.register)
        roles = RoleBook(database.roles)
        room = alert_room(
            database, secrets, bus, trail, clock, self._access.profile, alerts or AlertOptions()
        )
        self.alert_desk = room.desk
        self.storage = StorageDesk(
            database,
            room.evidence,
            storage or StorageOptions(),
            (alerts or AlertOptions()).policy,
            self._access.settings_file,
            trail,
            clock,
        )
        self._init_moments(self._moment_tools_of(database, room, storage, trail, clock))
        self.server = ServerDesk(self._access.settings_file, secrets, trail)
        self._init_alerts(room.handling)
        zone = (alerts or AlertOptions()).zone
        self._init_rehearsal(RehearsalDesk(database, database.alert_setup.rule, zone, clock))
        self._init_drills(trail)
        self._init_rules(room.rules)
        self._init_channels(room.channels, room.people)
        reports = ReportDesk(database, clock)
        self._init_exports(
            ExportDesk(database.exports, trail, clock),
            reports,
            ReportPlanDesk(
                database.report_plans,
                reports,
                lambda: room.setup.known().reach.channels,
                room.desk.channel,
                trail,
                zone,
                clock,
            ),
        )
        sight = Sight(
            database.sites,
            lambda uid: counting.recorder.progress(uid).plan.camera_id,
            lambda uid: database.accuracy.get(uid).camera_id,
            lambda uid: database.corrections.get(uid).camera_id,
            database.alerts.is_visible,
            lambda uid: database.outbox.get(uid).new.alert_uids,
            database.alert_setup.rule,
        )
        self.guard = Guard(database.operators, roles, sessions, trail, clock, self.register, sight)
        operators = OperatorDesk(database.accounts, roles, self.register, secrets, trail, clock)
        self._init_operators(
            operators,
            RoleDesk(database.roles, roles, database.accounts, database.cameras, operators, trail),
        )
        self._names = NameThrottle(database.throttles, self._access.computer)
        self._second_factors = SecondFactors(database.second_factors, secrets, trail)
        access_desk = Access(
            database.operators,
            database.sign_ins,
            roles,
            sessions,
            AccountGate(database.operators, database.sign_ins, self._names, trail),
            PasswordRules(database.cameras, self._access.computer),
            self._second_factors,
            trail,
            clock,
        )
        self._signing_in = SigningIn(access_desk)
        self._account_desk = AccountDesk(access_desk, self._signing_in, self._access)
        self._init_remote(self._access, roles, sessions, secrets, self._names, trail, bus, clock)
        self._account_desk.elsewhere = self._remote
        self._account_desk.login_service = lambda: self._remote_access.display_name
        self._account_desk.needs_vault_passphrase = secrets.needs_passphrase
        self._account_desk.end_others = self.register.end_others
        self._scenes = SceneEditing(database, trail, bus, clock)
        self._states = StateDesk(database.states, database.counts, database.workstations, clock)
        self._trails = TrailDesk(database.trails, database.scenes)
        self._init_history(HistoryDesk(database, trail, bus, clock))
        self._init_audit(database.audit, self.audit_keeper, trail, clock)
        self._init_models(counting.models, trail)
        self._init_pictures(PictureDesk(database.cameras, trail))
        self._init_recordings(counting.recorder, counting.setup_of, trail)
        self._init_accuracy(
            AuditDesk(
                results=database.accuracy,
                signer=ReportSigner(secrets, clock),
                trail=trail,
                setup_of=counting.setup_of,
                usual_threshold=counting.usual_threshold,
                clock=clock,
            )
        )
        self._init_ptz(database.cameras, secrets)
        self._editing = CameraEditing(database.cameras, secrets, limits, trail)
        self._init_discovery(DiscoveryDesk(database.cameras, self._editing, trail, bus))
        self._init_vault(secrets, trail, bus, clock)
        self._init_sites(database, trail, bus, clock)
        self._init_walls(database, trail, bus, clock)
        self._bulk = CameraBulk(database.cameras, secrets, trail, bus, clock)
        self._database, self._bus, self._clock = database, bus, clock

    def _moment_tools_of(
        self,
        database: Database,
        room: AlertRoom,
        storage: StorageOptions | None,
        trail: Trail,
        clock: Callable[[], datetime],
    ) -> MomentTools:
        """Make what looking at the past stands on."""
        profile = self._access.profile
        pictures = PastPictureStore(
            None if profile is None else Profile(profile).past_folder,
            database,
            (storage or StorageOptions()).history,
            masked(database),
            clock,
        )
        desk = MomentDesk(database, pictures, room.evidence, lambda: self.storage.retention, clock)
        return MomentTools(desk, trail, self._access.settings_file, self.storage)

    # ------------------------------------------------------------ cameras

    @needs(Permission.VIEW_CAMERAS)
    def cameras(self, session: Session) -> list[Camera]:
        """Return the cameras, by name."""
        del session
        return self._database.cameras.all()

    @needs(Permission.VIEW_CAMERAS)
    def sites(self, session: Session) -> list[Site]:
        """Return the sites, by name."""
        del session
        return self._database.cameras.sites()

    @needs(Permission.EDIT_CAMERAS)
    def add_camera(
        self,
        session: Session,
        settings: CameraSettings,
        password: Secret | None,
        *,
        keep_in_memory: bool = False,
    ) -> Camera:
        """Add a camera.

        Args:
            session: Who asks.
            settings: As entered.
            password: None if there is none; with a user name that is an empty one.
            keep_in_memory: Keep the password only until the program ends, for a
                computer without a keyring.

        Raises:
            InvalidSettings: With every refused field.
            InvalidSetting: The name is in use, or the password cannot be one.
            SecretsUnavailable: The password was not kept, and no camera was added.
            PasswordNeeded: A password is given, and the operator's own was not entered lately.
        """
        if password:
            self.guard.require_fresh(session)
        camera = self._editing.add(session.actor, settings, password, in_memory=keep_in_memory)
        self._bus.publish(CamerasChanged(self._clock()))
        return camera

    @needs(Permission.EDIT_CAMERAS)
    def edit_camera(
        self,
        session: Session,
        camera_id: CameraId,
        settings: CameraSettings,
        password: Secret | KeepPassword | None,
        *,
        keep_in_memory: bool = False,
    ) -> Camera:
        """Change a camera; its history stays with it.

        Args:
            session: Who asks.
            camera_id: Which one.
            settings: All of them, as entered.
            password: A new one, None for none, or KeepPassword() for the present one.
            keep_in_memory: As in `add_camera`; says nothing about a password that is kept.

        Raises:
            InvalidSettings: With every refused field.
            InvalidSetting: The name is in use, or the password cannot be one, or must be
                entered again because scheme, host or port changed.
            NotFound: The camera is gone.
            SecretsUnavailable: The new password was not kept, and nothing was changed.
            PasswordNeeded: A password is given, or another certificate is to be trusted, and
                the operator's own password was not entered lately.
        """
        is_trust = settings.pin not in {"", self._database.cameras.get(camera_id).settings.pin}
        if is_trust or (isinstance(password, Secret) and password):
            self.guard.require_fresh(session)
        camera = self._editing.edit(
            session.actor, camera_id, settings, password, in_memory=keep_in_memory
        )
        self._bus.publish(CamerasChanged(self._clock()))
        return camera

    @needs(Permission.EDIT_CAMERAS)
    def remove_camera(self, session: Session, camera_id: CameraId) -> None:
        """Take a camera out of the list and forget its password; its history is kept.

        Raises:
            NotFound: The camera is gone already.
        """
        self._editing.remove(session.actor, camera_id)
        self._bus.publish(CamerasChanged(self._clock()))

    @needs(Permission.EDIT_CAMERAS, fresh=True)
    def trust_certificate(self, session: Session, camera_id: CameraId, fingerprint: str) -> Camera:
        """Trust a camera's certificate from now on, and no other.

        Args:
            session: Who asks.
            camera_id: Whose certificate it is.
            fingerprint: SHA-256 of the certificate that the operator saw, 64 hexadecimal
                digits: what the camera shows by now does not matter.

        Raises:
            InvalidSettings: It is no fingerprint.
            InvalidSetting: It is missing.
            NotFound: The camera is gone.
            PasswordNeeded: The operator's own password was not entered lately.
        """
        camera = self._editing.trust(session.actor, camera_id, fingerprint)
        self._bus.publish(CamerasChanged(self._clock()))
        return camera

    # Nothing is stored, so it does not matter which site would be named.
    @needs(Permission.EDIT_CAMERAS, about=About(arguments={"settings": anything}))
    def test_camera(
        self,
        session: Session,
        settings: CameraSettings,
        password: Secret | None,
        camera_id: CameraId | None = None,
        *,
        cancel: threading.Event | None = None,
    ) -> ConnectionTest:
        """Try settings on the camera itself, without storing anything. Takes seconds.

        Args:
            session: Who asks.
            settings: As entered.
            password: As entered; None with a camera_id is the one kept for that camera.
            camera_id: The camera that is edited, None for a new one.
            cancel: Set it when nobody waits any more: the test ends at once.

        Raises:
            InvalidSettings: With every refused field.
            InvalidSetting: The kept password would go to another scheme, host or port
                than before, so it must be entered again; or it cannot be one.
            NotFound: The camera is gone.
            SecretsUnavailable: The kept password cannot be read now.
        """
        del session
        return self._editing.test(settings, password, camera_id, cancel)

    # ------------------------------------------------------------ history

    @needs(Permission.VIEW_COUNTS)
    def occupancy_series(
        self,
        session: Session,
        camera_ids: Sequence[CameraId] | None,
        start: datetime,
        end: datetime,
        slot_s: int,
    ) -> list[tuple[CameraId, datetime, float, float]]:
        """Return the occupancy of each camera in slots of a recent stretch of time.

        Args:
            session: Who asks.
            camera_ids: Which cameras; None for all.
            start: First moment, UTC.
            end: The moment after the last, UTC.
            slot_s: Length of a slot, seconds.

        Returns:
            Camera, start of the slot, mean count, measured seconds in it. A slot in
            which nothing was measured is missing.
        """
        del session
        return self._database.counts.series(camera_ids, start, end, slot_s)

    @needs(Permission.VIEW_COUNTS)
    def history(  # noqa: PLR0917 - what, in which steps, from when to when
        self,
        session: Session,
        camera_ids: Sequence[CameraId] | None,
        size: BucketSize,
        start: datetime,
        end: datetime,
        zone: ZoneInfo,
        *,
        is_corrected: bool = True,
    ) -> list[Bucket]:
        """Return the history of the cameras added up, without a gap between buckets.

        Args:
            session: Who asks.
            camera_ids: Which cameras; None for all.
            size: What one bucket stands for.
            start: First moment, UTC.
            end: The moment after the last, UTC.
            zone: Whose days are meant.
            is_corrected: With what people corrected; else as measured.
        """
        del session
        source = self._database.corrected if is_corrected else self._database.counts
        return source.buckets(camera_ids, size, start, end, zone)

    @needs(Permission.VIEW_CAMERA_STATES)
    def state_changes(
        self, session: Session, camera_id: CameraId, start: datetime, end: datetime
    ) -> list[StateChange]:
        """Return how a camera did from start until before end (UTC), oldest first."""
        del session
        return self._database.counts.state_changes(camera_id, start, end)
