"""Who finds pages, cameras, sites, alerts, rules and operators."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject

from camwatch.alerts.alert import Alert, AlertState
from camwatch.alerts.inbox import AlertQuery
from camwatch.alerts.rules import Rule
from camwatch.auth.accounts import Account
from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.domain import Camera, Site, SiteId
from camwatch.language import table, tr
from camwatch.ui.background import Background
from camwatch.ui.pages import (
    ACCURACY,
    ALERTS,
    AUDIT,
    CAMERAS,
    CHARTS,
    HEALTH,
    LIVE,
    PAGES,
    SETTINGS,
    USERS,
)
from camwatch.ui.palette.reading import ReadProvider
from camwatch.ui.palette.results import Result, StandingProvider
from camwatch.ui.palette.wishes import Wishes
from camwatch.ui.shortcuts import sequence_of

_MOST_ALERTS = 100
_EVERY_STATE = frozenset(AlertState)

_PAGE_SYNONYMS: Mapping[int, tuple[str, ...]] = {
    LIVE: ("live view", "wall", "video", "pictures", "tiles"),
    CHARTS: ("charts", "history", "graphs", "statistics", "counts", "trends"),
    ALERTS: ("alerts", "alarms", "inbox", "notifications", "rules", "delivery"),
    CAMERAS: ("cameras", "devices", "camera list"),
    ACCURACY: ("accuracy", "audits", "error", "quality"),
    USERS: ("users", "operators", "roles", "sessions", "accounts", "permissions"),
    AUDIT: ("audit log", "who did what", "trail", "journal"),
    HEALTH: ("health", "status", "diagnostics", "monitoring", "is it working"),
    SETTINGS: ("settings", "preferences", "options", "configuration", "setup"),
}
_PAGE_ABOUT: Mapping[int, str] = table(
    lambda: {
        LIVE: tr("What the cameras see now"),
        CHARTS: tr("How many people, hour by hour"),
        ALERTS: tr("What wants somebody, and the rules"),
        CAMERAS: tr("Add, change and remove cameras"),
        ACCURACY: tr("How right the numbers are"),
        USERS: tr("Who may do what"),
        AUDIT: tr("Who changed what, and when"),
        HEALTH: tr("How CamWatch itself is doing"),
        SETTINGS: tr("Every setting of this computer"),
    }
)


class FindCommands(Protocol):
    """What is read of `camwatch.commands.Commands`."""

    def cameras(self, session: Session) -> list[Camera]:
        """Return all cameras."""
        ...

    def sites(self, session: Session) -> list[Site]:
        """Return all sites."""
        ...

    def alerts(self, session: Session, query: AlertQuery) -> list[Alert]:
        """Return alerts, newest first."""
        ...

    def rules(self, session: Session) -> list[Rule]:
        """Return all rules."""
        ...

    def accounts(self, session: Session) -> list[Account]:
        """Return all operators."""
        ...


class PagesProvider(StandingProvider):
    """Finds the pages that the operator may see."""

    def __init__(self, session: Callable[[], Session], wishes: Wishes) -> None:
        self._session = session
        self._wishes = wishes

    def results(self) -> Sequence[Result]:
        """Return the pages, from the left."""
        session = self._session()
        return [
            Result(
                f"page:{page.key.name}",
                page.title,
                tr("Page"),
                page.icon,
                partial(self._wishes.page.emit, index),
                detail=_PAGE_ABOUT.get(index, ""),
                keys=sequence_of(page.key),
                synonyms=(*_PAGE_SYNONYMS.get(index, ()), page.key.value),
            )
            for index, page in enumerate(PAGES)
            if not page.why_not(session)
        ]


class CamerasProvider(ReadProvider[tuple[list[Camera], list[Site]]]):
    """Finds cameras, each for what can be done with it, and sites."""

    needs = (Permission.VIEW_CAMERAS,)

    def __init__(
        self,
        commands: FindCommands,
        background: Background,
        session: Callable[[], Session],
        wishes: Wishes,
        parent: QObject,
    ) -> None:
        super().__init__(background, session, parent)
        self._commands = commands
        self._wishes = wishes

    def read(self, session: Session) -> tuple[list[Camera], list[Site]]:
        """Read cameras and sites."""
        return self._commands.cameras(session), self._commands.sites(session)

    def made(self, answer: tuple[list[Camera], list[Site]]) -> Sequence[Result]:
        """Offer each camera as it is live, in charts, and to be changed; and each site."""
        cameras, sites = answer
        names = {site.id: site.name for site in sites}
        results: list[Result] = []
        for camera in cameras:
            results += self._of_camera(camera, names)
        for site in sites:
            ids = tuple(camera.id for camera in cameras if camera.site_id == site.id)
            if ids and site.name:
                results.append(
                    Result(
                        f"site:{site.id}",
                        site.name,
                        tr("Site"),
                        "house",
                        partial(self._wishes.site.emit, site.name, ids),
                        synonyms=("site", "location", "place"),
                        rank=1,
                    )
                )
        return results

    def _of_camera(self, camera: Camera, names: Mapping[SiteId, str]) -> Sequence[Result]:
        session, wishes = self._session(), self._wishes
        name = camera.settings.name
        where = ", ".join(
            one for one in (names.get(camera.site_id, ""), camera.settings.location) if one
        )
        group, key = tr("Camera"), f"camera:{camera.uid}"
        found = [
            Result(
                f"{key}:live",
                name,
                group,
                "cctv",
                partial(wishes.live.emit, camera.id),
                detail=where,
                synonyms=("live", "camera", "watch", camera.settings.host),
                rank=1,
            )
        ]
        if session.may(Permission.VIEW_COUNTS):
            found.append(
                Result(
                    f"{key}:chart",
                    tr("{camera}: chart", camera=name),
                    group,
                    "chart-line",
                    partial(wishes.chart.emit, camera.id),
                    detail=where,
                    synonyms=("chart", "history", "counts", "graph"),
                    rank=2,
                )
            )
        if session.may(Permission.EDIT_CAMERAS):
            found.append(
                Result(
                    f"{key}:edit",
                    tr("{camera}: edit", camera=name),
                    group,
                    "pencil",
                    partial(wishes.edit.emit, camera.id),
                    detail=where,
                    synonyms=("edit", "change", "settings", "address", camera.settings.host),
                    rank=3,
                )
            )
        if session.may(Permission.EDIT_SCENES):
            found.append(
                Result(
                    f"{key}:scene",
                    tr("{camera}: lines and zones", camera=name),
                    group,
                    "slash",
                    partial(wishes.scene.emit, camera.id),
                    detail=where,
                    synonyms=("draw", "line", "zone", "mask", "counting line"),
                    rank=4,
                )
            )
        if session.may(Permission.EDIT_SCENES) or session.may(Permission.LIFT_PRIVACY):
            found.append(
                Result(
                    f"{key}:privacy",
                    tr("{camera}: privacy", camera=name),
                    group,
                    "shield-user",
                    partial(wishes.privacy.emit, camera.id),
                    detail=where,
                    synonyms=("privacy", "lift", "blur", "silhouettes", "count only"),
                    rank=5,
                )
            )
        return found


class AlertsProvider(ReadProvider[list[Alert]]):
    """Finds alerts by number and words: the open ones at once, closed ones by looking for them."""

    needs = (Permission.VIEW_ALERTS,)

    def __init__(
        self,
        commands: FindCommands,
        background: Background,
        session: Callable[[], Session],
        wishes: Wishes,
        parent: QObject,
    ) -> None:
        super().__init__(background, session, parent)
        self._commands = commands
        self._wishes = wishes

    def read(self, session: Session) -> list[Alert]:
        """Read the open alerts."""
        return self._commands.alerts(session, AlertQuery(limit=_MOST_ALERTS))

    def look_for(self, query: str, changed: Callable[[], None]) -> None:
        """Look among all alerts that are kept, closed ones as well, by number or words."""
        text = query.strip()
        if not self.is_permitted or (len(text) < 2 and not text.isdecimal()):
            return
        session, commands = self._session(), self._commands
        digits = text.removeprefix("#").strip()
        number = int(digits) if digits.isdecimal() and digits.isascii() else None

        def job() -> list[Alert]:
            open_ones = self.read(session)
            wanted = AlertQuery(
                states=_EVERY_STATE,
                text="" if number is not None else text,
                number=number,
                limit=_MOST_ALERTS,
            )
            found = commands.alerts(session, wanted)
            known = {alert.uid for alert in open_ones}
            return [*open_ones, *(alert for alert in found if alert.uid not in known)]

        self.ask(job, changed)

    def made(self, answer: list[Alert]) -> Sequence[Result]:
        """Offer each alert by its number and title."""
        return [
            Result(
                f"alert:{alert.uid}",
                tr("Alert {number}: {title}", number=alert.number, title=_line(alert.title)),
                tr("Alert") if alert.state.is_open else tr("Alert, closed"),
                "bell",
                partial(self._wishes.alert.emit, alert.uid),
                detail=_line(alert.message),
                synonyms=(
                    str(alert.number),
                    alert.rule_name,
                    *(part.name for part in alert.parts[:20]),
                ),
                rank=1 if alert.state.is_open else 2,
            )
            for alert in answer
        ]


class RulesProvider(ReadProvider[list[Rule]]):
    """Finds rules."""

    needs = (Permission.VIEW_ALERTS,)

    def __init__(
        self,
        commands: FindCommands,
        background: Background,
        session: Callable[[], Session],
        wishes: Wishes,
        parent: QObject,
    ) -> None:
        super().__init__(background, session, parent)
        self._commands = commands
        self._wishes = wishes

    def read(self, session: Session) -> list[Rule]:
        """Read the rules."""
        return self._commands.rules(session)

    def made(self, answer: list[Rule]) -> Sequence[Result]:
        """Offer each rule by its name."""
        return [
            Result(
                f"rule:{rule.uid}",
                rule.name,
                tr("Rule"),
                "siren" if rule.is_enabled else "bell-off",
                partial(self._wishes.rule.emit, rule.uid),
                detail="" if rule.is_enabled else tr("switched off"),
                synonyms=("rule", "alarm"),
                rank=1,
            )
            for rule in answer
        ]


class OperatorsProvider(ReadProvider[list[Account]]):
    """Finds operators, for those who manage them."""

    needs = (Permission.MANAGE_OPERATORS,)

    def __init__(
        self,
        commands: FindCommands,
        background: Background,
        session: Callable[[], Session],
        wishes: Wishes,
        parent: QObject,
    ) -> None:
        super().__init__(background, session, parent)
        self._commands = commands
        self._wishes = wishes

    def read(self, session: Session) -> list[Account]:
        """Read the operators."""
        return self._commands.accounts(session)

    def made(self, answer: list[Account]) -> Sequence[Result]:
        """Offer each operator by name."""
        return [
            Result(
                f"operator:{one.user.id}",
                one.user.name,
                tr("User"),
                "circle-user",
                partial(self._wishes.operator.emit, one.user.name),
                detail=one.role.title,
                synonyms=("user", "operator", "account"),
                rank=1,
            )
            for one in answer
        ]


def _line(text: str) -> str:
    return " ".join(text.split())
