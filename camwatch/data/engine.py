"""Opens the history and gives out its repositories."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import make_url, select
from sqlalchemy.exc import ArgumentError

from camwatch.data.accounts import AccountRepository
from camwatch.data.accuracy import AuditResultRepository
from camwatch.data.alert_setup import AlertSetupRepository
from camwatch.data.alerts import AlertRepository
from camwatch.data.audit import AuditReader, AuditRepository
from camwatch.data.cache import AnswerCache, MemoryCache, NoCache
from camwatch.data.camera_states import StateRepository
from camwatch.data.cameras import CameraRepository
from camwatch.data.channel_proofs import ProofRepository
from camwatch.data.connections import Connections, ReadingConnections, create_if_missing
from camwatch.data.corrected import CorrectedRepository
from camwatch.data.corrections import CorrectionRepository
from camwatch.data.counted_by import CountedByRepository
from camwatch.data.counts import CountRepository
from camwatch.data.dialect import is_postgresql
from camwatch.data.evidence import EvidenceRepository
from camwatch.data.export import ExportRepository
from camwatch.data.faults import read_only, storage_errors
from camwatch.data.layouts import LayoutRepository
from camwatch.data.measured import MeasuredRepository
from camwatch.data.minutes import MinuteRepository
from camwatch.data.moment_pictures import MomentPictureRepository
from camwatch.data.moment_rows import MomentRepository
from camwatch.data.mounts import refuse_network_drive
from camwatch.data.operators import OperatorRepository
from camwatch.data.others import OthersRepository
from camwatch.data.outbox import OutboxRepository
from camwatch.data.passages import PassageRepository
from camwatch.data.past import PastRepository
from camwatch.data.privacy import PrivacyRepository
from camwatch.data.rebuild import RollupRepository
from camwatch.data.report_plans import ReportPlanRepository
from camwatch.data.retention import RetentionRepository
from camwatch.data.roles import RoleRepository
from camwatch.data.room import RoomRepository
from camwatch.data.scenes import SceneRepository
from camwatch.data.schema import camera, metadata
from camwatch.data.second_factors import SecondFactorRepository
from camwatch.data.server_address import (
    ServerAddress,
    address_of_server,
    address_of_url,
    is_server,
)
from camwatch.data.sessions import SessionRepository
from camwatch.data.shape import read_shape
from camwatch.data.sign_ins import SignInRepository
from camwatch.data.sites import SiteRepository
from camwatch.data.store import Store
from camwatch.data.throttles import ThrottleRepository
from camwatch.data.trails import TrailRepository
from camwatch.data.upgrade import bring_up_to_date
from camwatch.data.usual import UsualRepository
from camwatch.data.week import WeekRepository
from camwatch.data.workspaces import WorkspaceRepository
from camwatch.data.workstations import WorkstationRepository
from camwatch.domain import Secret, utc_now
from camwatch.errors import DatabaseDamaged, InvalidSetting
from camwatch.history.keeping import DatabaseServer
from camwatch.language import tr

if TYPE_CHECKING:
    from camwatch.data.postgres_connections import ReadingServer
    from camwatch.data.server_changes import ServerChanges

D = TypeVar("D", bound="Database")


class Database:
    """An open history. All methods block, and may be called from any thread.

    Attributes:
        place: Where it is, in words.
        cameras: The cameras and their sites.
        counts: What was counted, and how the cameras did.
        cache: Answers about the past that are kept for a while. Whoever changes what is stored of
            it tells it so. Nothing is kept of a history that other computers change, too.
        rollups: Builds hours and days that are missing, or those of another time zone.
        states: How a camera did before a moment, and whether anybody looked.
        scenes: What is counted in each camera's view.
        privacy: What of each camera's pictures may be seen.
        passages: Who passed lines and stood in zones.
        trails: Where people were, and how long they stayed.
        minutes: Many minutes at once, to judge rules by.
        past: Single measurements, to see them once more.
        corrections: What people said of numbers that were counted wrongly.
        corrected: The counts with that laid over.
        counted_by: What counted people from when on.
        measured: Single measurements, with what proves them.
        week: How many people there are at each hour of the week.
        usual: What is usual at each hour of the week.
        accuracy: What came of audits.
        operators: Who may sign in.
        accounts: The same operators, for who manages them.
        roles: What operators may do.
        sessions: Who is signed in, and where.
        sites: Which site things belong to.
        sign_ins: What signing in changes of an operator.
        throttles: How often it failed.
        second_factors: Codes of operators' devices, and recovery codes.
        audit: Who did what.
        alert_setup: Rules, plans, recipients and channels.
        alerts: The alerts that were raised, and what was done about them.
        outbox: What is to be told of them, and what came of it.
        proofs: When each channel was last seen to work.
        evidence: Which pictures of alerts are kept.
        moments: Many cameras at one moment.
        past_pictures: Which pictures are kept to see the past again.
        workstations: The computers that share the history.
        others: The numbers that others of them store.
        retention: What is too old.
        room: What of the file is free, and what runs it.
        exports: Rows for files of other programs.
        report_plans: Reports that are sent by themselves.
        layouts: The saved walls of operators.
        workspaces: Imports of workspace files, each all or nothing.
    """

    def __init__(
        self,
        connections: Store,
        clock: Callable[[], datetime],
        zone: ZoneInfo | None = None,
    ) -> None:
        self._connections = connections
        self.place = connections.place
        self.cameras = CameraRepository(connections, clock)
        self.cache: AnswerCache = (
            MemoryCache() if isinstance(connections, Connections) else NoCache()
        )
        self.counts = CountRepository(connections, clock, zone, self.cache)
        self.rollups = RollupRepository(connections, zone, self.cache)
        self.states = StateRepository(connections)
        self.scenes = SceneRepository(connections, clock)
        self.privacy = PrivacyRepository(connections, clock)
        self.passages = PassageRepository(connections, clock)
        self.accuracy = AuditResultRepository(connections)
        self.trails = TrailRepository(connections)
        self.minutes = MinuteRepository(connections, clock)
        self.past = PastRepository(connections)
        self.corrections = CorrectionRepository(connections, clock)
        self.corrected = CorrectedRepository(
            connections, self.counts, self.passages, self.corrections, clock
        )
        self.counted_by = CountedByRepository(connections)
        self.measured = MeasuredRepository(connections)
        self.week = WeekRepository(connections, self.counts, self.corrections)
        self.usual = UsualRepository(connections, self.minutes, self.corrections, clock)
        # A file has more rows than are kept for charts, and would drive them all out.
        unkept = CountRepository(connections, clock, zone)
        self.exports = ExportRepository(
            connections,
            unkept,
            self.passages,
            CorrectedRepository(connections, unkept, self.passages, self.corrections, clock),
            self.accuracy,
            clock,
        )
        self.report_plans = ReportPlanRepository(connections, clock)
        self.layouts = LayoutRepository(connections, clock)
        self.workspaces = WorkspaceRepository(
            connections, self.cameras, self.scenes, self.layouts, clock
        )
        self.operators = OperatorRepository(connections, clock)
        self.accounts = AccountRepository(connections, clock)
        self.roles = RoleRepository(connections, clock)
        self.sessions = SessionRepository(connections)
        self.sites = SiteRepository(connections)
        self.sign_ins = SignInRepository(connections)
        self.throttles = ThrottleRepository(connections, clock)
        self.second_factors = SecondFactorRepository(connections, clock)
        self.audit = AuditRepository(connections, clock)
        self.alert_setup = AlertSetupRepository(connections)
        self.alerts = AlertRepository(connections)
        self.outbox = OutboxRepository(connections)
        self.proofs = ProofRepository(connections)
        self.evidence = EvidenceRepository(connections)
        self.moments = MomentRepository(connections)
        self.past_pictures = MomentPictureRepository(connections)
        self.workstations = WorkstationRepository(connections)
        self.others = OthersRepository(connections)
        self.retention = RetentionRepository(connections, cache=self.cache)
        self.room = RoomRepository(connections)
        self.shape = partial(read_shape, connections)

    @property
    def file(self) -> Path:
        """Where it is, absolute; only of a history that is a file.

        Raises:
            TypeError: It is on a server.
        """
        if not isinstance(self._connections, Connections):
            raise TypeError(type(self._connections))
        return self._connections.file

    @property
    def station(self) -> int:
        """The number of this workstation; 0 where only one has the history open."""
        return self._connections.station

    @property
    def is_on_server(self) -> bool:
        """True if a server keeps it, False if it is a file."""
        return not isinstance(self._connections, Connections)

    @classmethod
    def open(
        cls,
        file: Path | None,
        url: str = "",
        *,
        server: DatabaseServer | None = None,
        password: Secret | None = None,
        clock: Callable[[], datetime] = utc_now,
        zone: ZoneInfo | None = None,
    ) -> Self:
        """Open the history, made new or brought up to date where needed.

        Args:
            file: The SQLite file; its folder exists. Not looked at if there is a url or server.
            url: Another database, such as "sqlite:////srv/camwatch.sqlite3" or
                "postgresql://user:password@host/database"; "" for none. It wins over a server.
            server: A PostgreSQL server; None for none.
            password: For the server.
            clock: Tells the present moment.
            zone: Cuts the hours and days of sites that have no time zone of their own. None if
                it is not known: then nothing is built anew, and new cameras get no hours yet.

        Raises:
            InvalidSetting: The url names no database.
            DatabaseTooNew: A newer CamWatch wrote it.
            DatabaseDamaged: It is no history of CamWatch, or not a sound one.
            DatabaseReadOnly: The file or its folder, or the database, may not be written.
            DatabaseAway: The server cannot be reached, or refuses.
            StorageError: It cannot be opened for another reason.
        """
        chosen = _choose(file, url, server, password)
        if isinstance(chosen, ServerAddress):
            # What speaks with servers is loaded only for one.
            from camwatch.data import postgres_upgrade  # noqa: PLC0415
            from camwatch.data.postgres_connections import PostgresConnections  # noqa: PLC0415

            postgres_upgrade.bring_up_to_date(chosen)
            return _ready(cls(PostgresConnections(chosen), clock, zone))
        if chosen is None:
            raise ValueError("neither a file nor a url")
        chosen = chosen.absolute()
        refuse_network_drive(chosen)
        _check_may_write(chosen)
        create_if_missing(chosen)
        bring_up_to_date(chosen)
        return _ready(cls(Connections(chosen), clock, zone))

    @staticmethod
    @contextmanager
    def open_audit(
        file: Path | None,
        url: str = "",
        *,
        server: DatabaseServer | None = None,
        password: Secret | None = None,
    ) -> Iterator[AuditReader | None]:
        """Open only the audit log, only to read; nothing is made or brought up to date.

        Args:
            file: The SQLite file. Not looked at if there is a url or server.
            url: As in `open`.
            server: As in `open`.
            password: As in `open`.

        Returns:
            What reads the log; None if there is no such file.

        Raises:
            InvalidSetting: The url names no database.
            StorageError: The log cannot be read.
        """
        chosen = _choose(file, url, server, password)
        if chosen is None or (isinstance(chosen, Path) and not chosen.exists()):
            yield None
            return
        connections = _to_read(chosen)
        try:
            yield AuditReader(connections)
        finally:
            connections.close()

    def check_still_there(self) -> None:
        """Look whether what is open is still where it was.

        Raises:
            DatabaseGone: It was deleted, moved or replaced.
            StorageError: Its disk is away.
        """
        if isinstance(self._connections, Connections):
            self._connections.check_still_there()

    def identity(self) -> str:
        """Return what tells this history from others, also when it was moved or put back.

        That is the uid of its first camera, which nothing ever deletes.

        Returns:
            "" while it has no camera.

        Raises:
            StorageError: It cannot be read.
        """
        query = select(camera.c.uid).order_by(camera.c.id).limit(1)
        with self._connections.reading() as connection:
            return connection.execute(query).scalar() or ""

    def check(self) -> str:
        """Look for faults inside the file; takes seconds when it is large.

        A server looks after its files itself; of it is asked only whether all tables are there
        and can be read.

        Returns:
            "ok", or what is wrong.

        Raises:
            StorageError: It cannot be read for another reason, such as a missing disk.
        """
        try:
            with self._connections.reading() as connection:
                if is_postgresql(connection):
                    for table in metadata.sorted_tables:
                        connection.execute(select(table).limit(1)).all()
                    return "ok"
                found = connection.exec_driver_sql("PRAGMA quick_check(10)").scalars()
                return "; ".join(str(line) for line in found)
        except DatabaseDamaged as error:  # so badly that the check itself breaks off
            return str(error)

    def listen(self) -> ServerChanges:
        """Begin to listen to what others change; only of a history on a server.

        Raises:
            DatabaseAway: The server cannot be reached.
        """
        from camwatch.data.postgres_connections import PostgresConnections  # noqa: PLC0415
        from camwatch.data.server_changes import ServerChanges  # noqa: PLC0415

        if not isinstance(self._connections, PostgresConnections):
            raise TypeError(type(self._connections))
        return ServerChanges(self._connections.address)

    def close(self) -> None:
        """Close it; harmless when called again. What is asked for later is refused."""
        self._connections.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _to_read(chosen: ServerAddress | Path) -> ReadingConnections | ReadingServer:
    if isinstance(chosen, ServerAddress):
        from camwatch.data.postgres_connections import ReadingServer  # noqa: PLC0415

        return ReadingServer(chosen)
    return ReadingConnections(chosen.absolute())


def _choose(
    file: Path | None, url: str, server: DatabaseServer | None, password: Secret | None
) -> ServerAddress | Path | None:
    """Return which database is meant: that of the url, else the server, else the file.

    Raises:
        InvalidSetting: The url names no database.
    """
    if url:
        return address_of_url(url) if is_server(url) else _file_of(url)
    return file if server is None else address_of_server(server, password)


def _ready(database: D) -> D:
    """Build what is missing, if that is quickly done."""
    try:
        database.rollups.rebuild_if_small()
    except BaseException:
        database.close()
        raise
    return database


def _file_of(url: str) -> Path:
    """Return the file a database address names.

    Raises:
        InvalidSetting: It names none. The address is not repeated: it may hold a password.
    """
    refusal = InvalidSetting(
        "history.database_url",
        tr(
            "must be the address of a PostgreSQL database or of an SQLite file, such as "
            "postgresql://user:password@host/database or sqlite:////srv/camwatch.sqlite3"
        ),
    )
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise refusal from None
    name = parsed.database or ""
    if parsed.get_backend_name() != "sqlite" or parsed.host or parsed.query:
        raise refusal
    if not name or name.startswith((":", "file:")):
        raise refusal
    return Path(name)


def _check_may_write(file: Path) -> None:
    """Refuse early what SQLite would open for reading only.

    The file is not opened for it: closing it again would drop the locks that another
    connection of this process holds on it.
    """
    folder = file.parent
    with storage_errors(file):
        folder.stat()
    if not os.access(folder, os.W_OK | os.X_OK):
        raise read_only(file, f"the folder {folder} may not be written")
    if file.exists() and not os.access(file, os.R_OK | os.W_OK):
        raise read_only(file, "the file may not be written")
