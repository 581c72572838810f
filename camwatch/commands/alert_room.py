"""Makes what stands behind alerts, for the commands and for the workers alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from camwatch.auth.secrets import SecretStore
from camwatch.commands.alert_commands import AlertHandling
from camwatch.commands.alert_desk import AlertDesk
from camwatch.commands.alert_keeping import AlertKeeping
from camwatch.commands.alert_setup import EnvironmentChannel, SetupReader
from camwatch.commands.channel_desk import ChannelDesk
from camwatch.commands.evidence_store import EvidenceStore
from camwatch.commands.people_desk import PeopleDesk
from camwatch.commands.rule_desk import RuleDesk
from camwatch.commands.setup_desk import SetupDesk
from camwatch.commands.trail import Trail
from camwatch.config import AlertPolicy
from camwatch.data.engine import Database
from camwatch.events import Bus
from camwatch.paths import Profile


@dataclass(frozen=True, slots=True)
class AlertOptions:
    """How alerts are set up in this run.

    Attributes:
        policy: What they keep and send.
        zone: The site's time zone.
        environment: The e-mail channel that variables set up; None without.
    """

    policy: AlertPolicy = field(default_factory=AlertPolicy)
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    environment: EnvironmentChannel | None = None


@dataclass(frozen=True, slots=True)
class AlertRoom:
    """What stands behind alerts.

    Attributes:
        setup: Rules, cameras, and whom to tell.
        handling: For the commands.
        desk: For the workers.
        rules: For the commands about rules.
        channels: For those about channels.
        people: For those about recipients and plans.
        evidence: Keeps pictures.
    """

    setup: SetupReader
    handling: AlertHandling
    desk: AlertDesk
    rules: RuleDesk
    channels: ChannelDesk
    people: PeopleDesk
    evidence: EvidenceStore


def alert_room(  # noqa: PLR0917 - all that alerts stand on
    database: Database,
    secrets: SecretStore,
    bus: Bus,
    trail: Trail,
    clock: Callable[[], datetime],
    profile: Path | None,
    options: AlertOptions,
) -> AlertRoom:
    """Make what stands behind alerts.

    Args:
        database: The history.
        secrets: Where the channels' passwords are.
        bus: Told of changes.
        trail: The audit log.
        clock: The wall clock, aware UTC.
        profile: The folder of this run; None keeps no pictures, as in a test.
        options: How alerts are set up.
    """
    folder = None if profile is None else Profile(profile).evidence_folder
    setup = SetupReader(database, database.alert_setup, options.environment, bus)
    evidence = EvidenceStore(folder, database, options.policy)
    keeping = AlertKeeping(database, bus)
    written = SetupDesk(database.alert_setup, trail, bus, clock)
    environment = options.environment
    return AlertRoom(
        setup,
        AlertHandling(database, setup, evidence, keeping, trail, clock),
        AlertDesk(database, secrets, setup, evidence, bus, options.policy, options.zone, clock),
        RuleDesk(written, database.cameras, options.zone),
        ChannelDesk(written, database, secrets, environment),
        PeopleDesk(written, None if environment is None else environment[0]),
        evidence,
    )
