"""Stand-in for the commands about operators: keeps their contract, in memory.

It answers as `commands/operator_admin.py`, `commands/remote_commands.py` and the part about
security of `commands/account_commands.py` promise: the same values, refusals and field names.
It checks no session and no permission, and knows no login service but the one that a test
describes.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from camwatch.auth.accounts import (
    Account,
    LoginServiceTrial,
    OneTimeCode,
    OpenSession,
    OperatorRow,
    OperatorTable,
    RoleDraft,
)
from camwatch.auth.names import check_operator_name, name_key
from camwatch.auth.permissions import NOBODY, OperatorRole, Permission, built_in_role
from camwatch.auth.session import Session, SignInKind
from camwatch.config import RemoteLogin, Security
from camwatch.domain import Role, Secret, Site, SiteId, User, UserId
from camwatch.errors import (
    BadCredentials,
    CamWatchError,
    InvalidSetting,
    InvalidSettings,
    NotFound,
)
from tests.ui.screen_edges import NOON

SITES = [Site(SiteId(1), "Main site"), Site(SiteId(2), "Store North"), Site(SiteId(3), "Yard")]
GATE = OperatorRole(
    "uid-gate",
    "Gatekeeper",
    frozenset({Permission.VIEW_CAMERAS, Permission.VIEW_COUNTS}),
    frozenset({SiteId(2)}),
)
CODE_LASTS = timedelta(hours=24)


def an_account(
    number: int, name: str, role: OperatorRole | Role = Role.VIEWER, **facts: object
) -> Account:
    """Make an account; facts of the user and of the account beside each other."""
    held = built_in_role(role) if isinstance(role, Role) else role
    of_user = {key: facts.pop(key) for key in list(facts) if key in User.__slots__}
    known = {"is_disabled": False, "created_at": NOON, "uid": f"uid-{number}", **of_user}
    user = User(UserId(number), name, held.key, **known)  # type: ignore[arg-type]
    return Account(user, held, **facts)  # type: ignore[arg-type]


def some_accounts() -> list[Account]:
    """Return one user in each state; maria is who is signed in."""
    return [
        an_account(
            1,
            "maria",
            Role.ADMINISTRATOR,
            signed_in_at=NOON - timedelta(minutes=5),
            has_second_factor=True,
            open_sessions=1,
        ),
        an_account(2, "carl", Role.ADMINISTRATOR, signed_in_at=NOON - timedelta(days=1)),
        an_account(
            3,
            "dora",
            Role.SUPERVISOR,
            has_second_factor=True,
            signed_in_at=NOON - timedelta(days=40),
            open_sessions=2,
        ),
        an_account(4, "emil", GATE, failures=5, locked_until=NOON + timedelta(minutes=12)),
        an_account(5, "frida", GATE, must_change=True, code_expires_at=NOON + timedelta(hours=30)),
        an_account(6, "gustav", is_disabled=True, signed_in_at=NOON - timedelta(days=400)),
        an_account(7, "hanna", must_change=True),
        an_account(8, "ivo", must_change=True, code_expires_at=NOON - timedelta(hours=1)),
    ]


def some_sessions() -> list[OpenSession]:
    """Return sessions of each kind, the first of which is the one that asks."""
    minute = timedelta(minutes=1)
    return [
        OpenSession("s1", "maria", SignInKind.LOCAL, "desk-1", NOON - 5 * minute, NOON, True),
        OpenSession(
            "s2", "remote:otto@example.com", SignInKind.REMOTE, "gate-pc", NOON - 50 * minute,
            NOON - 9 * minute, False,
        ),
        OpenSession(
            "s3", "remote:paul", SignInKind.OFFLINE, "control-room-7", NOON - 130 * minute,
            NOON - 2 * minute, False,
        ),
        OpenSession(
            "s4", "dora", SignInKind.LOCAL, "desk-2", NOON - 1500 * minute, NOON - 61 * minute, False
        ),
    ]  # fmt: skip


class OperatorDesk:
    """Commands about operators, in memory.

    Attributes:
        asked: Name of each command that changed or would have changed something, and what it got.
        trouble: Raised by the named command, once for each entry.
        trial: What trying the login service brings; a user "wrong" is refused.
    """

    def __init__(self, accounts: Sequence[Account] | None = None) -> None:
        self.users = {
            one.user.id: one for one in (some_accounts() if accounts is None else accounts)
        }
        self.made = {GATE.key: GATE}
        self.factors: set[str] = set()
        self.open = some_sessions()
        self.remote = RemoteLogin()
        self.safety = Security()
        self.asked: list[tuple[object, ...]] = []
        self.trouble: list[tuple[str, CamWatchError]] = []
        self.trial = LoginServiceTrial(has_keys=False)
        self.codes = 0
        self.sites_asked = 0

    def _note(self, name: str, *facts: object) -> None:
        self.asked.append((name, *facts))
        for entry in self.trouble:
            if entry[0] == name:
                self.trouble.remove(entry)
                raise entry[1]

    def count_of(self, name: str) -> int:
        """Return how often a command was asked."""
        return sum(asked[0] == name for asked in self.asked)

    # ------------------------------------------------------------ reading

    def accounts(self, session: Session) -> list[Account]:
        self._note("accounts")
        able = [one for one in self.users.values() if self._is_able(one)]
        found = [
            replace(
                one,
                role=self._role(one.user.role),
                is_last_administrator=len(able) == 1 and one in able,
            )
            for one in self.users.values()
        ]
        return sorted(found, key=lambda one: name_key(one.user.name))

    @staticmethod
    def _is_able(account: Account) -> bool:
        return account.user.role == Role.ADMINISTRATOR and not account.user.is_disabled

    def _role(self, key: str) -> OperatorRole:
        if key in self.made:
            return self.made[key]
        return built_in_role(key, needs_second_factor=key in self.factors)

    def roles(self, session: Session) -> list[OperatorRole]:
        made = sorted(self.made.values(), key=lambda role: role.name.casefold())
        return [*(self._role(role.value) for role in Role), *made]

    def open_sessions(self, session: Session) -> list[OpenSession]:
        return sorted(self.open, key=lambda one: one.started_at, reverse=True)

    def sites(self, session: Session) -> list[Site]:
        self.sites_asked += 1
        return SITES

    # ------------------------------------------------------------ users

    def _known(self, user_id: UserId) -> Account:
        if user_id not in self.users:
            raise NotFound("the user")
        return self.users[user_id]

    def _put(self, account: Account, **facts: object) -> Account:
        user = replace(account.user, **facts)  # type: ignore[arg-type]
        self.users[user.id] = replace(account, user=user, role=self._role(user.role))
        return self.users[user.id]

    def _keep_one(self, account: Account) -> None:
        if [one for one in self.users.values() if self._is_able(one)] == [account]:
            raise InvalidSetting("user", "is the last administrator, so they must stay one")

    def _code(self, name: str) -> OneTimeCode:
        self.codes += 1
        return OneTimeCode(name, Secret(f"lusab-babad-gutih-t{self.codes:04}"), NOON + CODE_LASTS)

    def _checked(self, name: str) -> str:
        normal = check_operator_name(name)
        if any(name_key(one.user.name) == name_key(normal) for one in self.users.values()):
            raise InvalidSetting("name", "is in use by another user")
        return normal

    def add_operator(self, session: Session, name: str, role: str) -> OneTimeCode:
        self._note("add_operator", name, role)
        normal = self._checked(name)
        if self._role(role) is NOBODY:
            raise InvalidSetting("role", "is not there any more")
        number = UserId(max(self.users, default=0) + 1)
        account = an_account(number, normal, self._role(role), must_change=True)
        self.users[number] = replace(account, code_expires_at=NOON + CODE_LASTS)
        return self._code(normal)

    def set_role(self, session: Session, user_id: UserId, role: str) -> Account:
        self._note("set_role", user_id, role)
        account = self._known(user_id)
        if role != Role.ADMINISTRATOR:
            self._keep_one(account)
        return self._put(account, role=role)

    def set_disabled(self, session: Session, user_id: UserId, *, is_disabled: bool) -> Account:
        self._note("set_disabled", user_id, is_disabled)
        account = self._known(user_id)
        if is_disabled:
            self._keep_one(account)
        return self._put(replace(account, open_sessions=0), is_disabled=is_disabled)

    def remove_operator(self, session: Session, user_id: UserId) -> None:
        self._note("remove_operator", user_id)
        self._keep_one(self._known(user_id))
        del self.users[user_id]

    def reset_password(self, session: Session, user_id: UserId) -> OneTimeCode:
        self._note("reset_password", user_id)
        account = replace(
            self._known(user_id), failures=0, locked_until=None, code_expires_at=NOON + CODE_LASTS
        )
        return self._code(self._put(account, must_change=True).user.name)

    def force_password_change(self, session: Session, user_id: UserId) -> Account:
        self._note("force_password_change", user_id)
        return self._put(self._known(user_id), must_change=True)

    def reset_second_factor(self, session: Session, user_id: UserId) -> Account:
        self._note("reset_second_factor", user_id)
        return self._put(self._known(user_id), has_second_factor=False)

    def preview_operators(self, session: Session, data: bytes) -> OperatorTable:
        self._note("preview_operators", data)
        lines = list(csv.reader(io.StringIO(data.decode("utf-8", errors="replace"))))
        if not lines or lines[0] != ["name", "role"]:
            raise InvalidSetting("file", "has no columns “name” and “role”")
        keys = {role.name.casefold(): role.key for role in self.roles(session)}
        return OperatorTable(
            tuple(self._row(line, cells, keys) for line, cells in enumerate(lines[1:], start=2))
        )

    def _row(self, line: int, cells: Sequence[str], keys: Mapping[str, str]) -> OperatorRow:
        name, role = (*cells, "", "")[:2]
        problems = []
        try:
            name = self._checked(name)
        except InvalidSetting as error:
            problems.append(f"The name {error.reason}.")
        if role.casefold() not in keys:
            problems.append(f"There is no role “{role}”.")
        return OperatorRow(line, name, keys.get(role.casefold(), ""), tuple(problems))

    def import_operators(self, session: Session, table: OperatorTable) -> list[OneTimeCode]:
        self._note("import_operators", table)
        if not table.is_sound:
            raise InvalidSettings([InvalidSetting("file", "holds rows that are refused")])
        for row in table.rows:
            self._checked(row.name)
        return [self.add_operator(session, row.name, row.role) for row in table.rows]

    def end_session(self, session: Session, uid: str) -> None:
        self._note("end_session", uid)
        self.open = [one for one in self.open if one.uid != uid]

    # ------------------------------------------------------------ roles

    def add_role(self, session: Session, draft: RoleDraft) -> OperatorRole:
        self._note("add_role", draft)
        return self._store(f"uid-{len(self.made) + 1}", draft)

    def edit_role(self, session: Session, key: str, draft: RoleDraft) -> OperatorRole:
        self._note("edit_role", key, draft)
        if key in set(Role):
            self.factors -= {key}
            self.factors |= {key} if draft.needs_second_factor else set()
            return self._role(key)
        if key not in self.made:
            raise NotFound("the role")
        return self._store(key, draft)

    def _store(self, key: str, draft: RoleDraft) -> OperatorRole:
        others = (one.name for one in self.roles(None) if one.key != key)  # type: ignore[arg-type]
        if draft.name.casefold() in {name.casefold() for name in others}:
            raise InvalidSetting("name", "is in use by another role")
        if not draft.permissions:
            raise InvalidSetting("permissions", "are missing; a role needs one at least")
        role = OperatorRole(
            key, draft.name, draft.permissions, draft.sites, draft.needs_second_factor
        )
        self.made[key] = role
        return role

    def remove_role(self, session: Session, key: str, instead: str) -> Sequence[Account]:
        self._note("remove_role", key, instead)
        if key not in self.made:
            raise NotFound("the role")
        held = [one for one in self.users.values() if one.user.role == key]
        del self.made[key]
        return [self._put(one, role=instead) for one in held]

    # ------------------------------------------------------------ signing in

    def login_service(self, session: Session) -> RemoteLogin:
        self._note("login_service")
        return self.remote

    def _check_service(self, settings: RemoteLogin) -> None:
        problems = []
        if settings.url and not settings.url.startswith("https://"):
            problems.append(InvalidSetting("remote_login.url", "must begin with https://"))
        if settings.ca_file == "/missing.pem":
            problems.append(InvalidSetting("remote_login.ca_file", "is not there"))
        if problems:
            raise InvalidSettings(problems)

    def set_login_service(self, session: Session, settings: RemoteLogin) -> RemoteLogin:
        self._note("set_login_service", settings)
        self._check_service(settings)
        self.remote = settings
        return settings

    def try_login_service(
        self,
        session: Session,
        settings: RemoteLogin,
        name: str = "",
        password: Secret | None = None,
    ) -> LoginServiceTrial:
        self._note("try_login_service", settings, name, password)
        self._check_service(settings)
        if name == "wrong":
            raise BadCredentials
        if not name:
            return replace(self.trial, claims={}, role=None)
        role = self.preview_mapping(session, settings, self.trial.claims)
        return replace(self.trial, role=role)

    def preview_mapping(
        self, session: Session, settings: RemoteLogin, claims: Mapping[str, object]
    ) -> OperatorRole | None:
        self._note("preview_mapping", settings, claims)
        names = claims.get(settings.roles_claim)
        held = names if isinstance(names, list) else []
        for name, key in settings.mapping.items():
            if name in held and (role := self._role(key)) is not NOBODY:
                return role
        return None

    def security(self, session: Session) -> Security:
        self._note("security")
        return self.safety

    def set_security(self, session: Session, security: Security) -> Security:
        self._note("set_security", security)
        self.safety = security
        return security
