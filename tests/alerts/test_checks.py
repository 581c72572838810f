"""What may be entered, and what is refused: all mistakes at once, each at its field."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from camwatch.alerts.channel_checks import check_secret, destinations
from camwatch.alerts.checks import (
    check_channel,
    check_group,
    check_plan,
    check_recipient,
    check_rule,
)
from camwatch.alerts.people import ChannelKind, Plan, PlanStep, Recipient, RecipientGroup
from camwatch.alerts.rules import (
    Balance,
    CameraCondition,
    CameraTrouble,
    Condition,
    Crossings,
    Occupancy,
    PlaceRef,
    ProgramCondition,
    ProgramTrouble,
    Rule,
    Scope,
    Side,
    Unusual,
    Way,
)
from camwatch.alerts.schedule import DayException, Schedule
from camwatch.alerts.settings import (
    Channel,
    EmailSettings,
    Encryption,
    SmsPreset,
    SmsSettings,
    WebhookSettings,
)
from camwatch.data.engine import Database
from camwatch.domain import CameraId, Secret, SiteId
from camwatch.errors import InvalidSetting, InvalidSettings

# What is refused in every text, whatever it is for: faults, part 2, set X.
HOSTILE = ["", " ", "x" * 10_000, "a\0b", "a\r\nb", "a\u202eb", "a\u200bb", "a\ud800b"]
# And what is only odd: it is kept as it is, and shown as plain text.
ODD = [
    "<img src=x onerror=alert(1)>",
    "' OR 1=1--",
    "{{7*7}}",
    "%s%n",
    "${jndi:x}",
    "=cmd|'/c calc'!A1",
    "../../etc/passwd",
    "CON",
    "...",
]

ABOVE = Occupancy(Side.ABOVE, 30)
RULE = Rule("r-1", "Crowd", ABOVE)
ANNA = Recipient("anna", "Anna", "anna@site.example")
MAIL = EmailSettings("mail.example", 587, Encryption.STARTTLS, "camwatch@site.example")
TWILIO = SmsSettings(SmsPreset.TWILIO, "https://api.example", "AC1", "+4930123456")
GET = SmsSettings(
    SmsPreset.GET, "https://sms.example/send", fields=(("to", "$to"), ("msg", "$text"))
)
HOOK = WebhookSettings("https://board.example/alerts")


def problems_of(check: Any, *args: Any, **kwargs: Any) -> list[str]:
    """Return the fields that are refused."""
    with pytest.raises(InvalidSettings) as refused:
        check(*args, **kwargs)
    return [problem.field for problem in refused.value.problems]


# ---------------------------------------------------------------- rules


@pytest.mark.parametrize("name", HOSTILE)
def test_names_that_are_none(name: str) -> None:
    assert problems_of(check_rule, replace(RULE, name=name)) == ["name"]
    assert problems_of(check_recipient, replace(ANNA, name=name)) == ["name"]
    assert problems_of(check_channel, Channel("c", name, HOOK), has_secret=True) == ["name"]
    assert problems_of(check_group, RecipientGroup("g", name, ("anna",))) == ["name"]
    step = PlanStep(0, ChannelKind.POPUP)
    assert problems_of(check_plan, Plan("p", name, (step,))) == ["name"]


@pytest.mark.parametrize("name", ODD)
def test_odd_names_are_names(name: str) -> None:
    assert check_rule(replace(RULE, name=f"  {name} ")).name == name


def test_a_name_is_composed() -> None:
    assert check_rule(replace(RULE, name="Cafe\u0301")).name == "Caf\u00e9"


@pytest.mark.parametrize(
    ("condition", "fields"),
    [
        (Occupancy(Side.ABOVE, 0), ["threshold"]),
        (Occupancy(Side.ABOVE, 10_001), ["threshold"]),
        (Occupancy(Side.ABOVE, -1, 0, -1), ["threshold", "hysteresis", "for_s"]),
        (Occupancy(Side.ABOVE, 3, 4), ["hysteresis"]),
        (Occupancy(Side.ABOVE, 1.5), ["threshold"]),  # type: ignore[arg-type]
        (Occupancy(Side.ABOVE, True), ["threshold"]),
        (Occupancy(Side.ABOVE, 3, 1, float("nan")), ["for_s"]),
        (Occupancy(Side.ABOVE, 3, 1, 86_401), ["for_s"]),
        (Occupancy(Side.ABOVE, 3, 1, 10**400), ["for_s"]),
        (Occupancy(Side.ABOVE, 30, critical_at=29), ["critical_at"]),
        (Occupancy(Side.BELOW, 3, critical_at=4), ["critical_at"]),
        (Crossings(Way.IN, Side.ABOVE, 5, 59), ["period_s"]),
        (Crossings(Way.IN, Side.ABOVE, 0, float("inf")), ["threshold", "period_s"]),
        (Balance(Side.ABOVE, 10_001, 0), ["threshold", "hysteresis"]),
        (Unusual(Side.ABOVE, 0.5, -1, 1), ["spreads", "for_s", "least_weeks"]),
        # No more weeks are looked at, so a rule that needs more would never fire.
        (Unusual(least_weeks=13), ["least_weeks"]),
        (CameraCondition(CameraTrouble.DOWN, -1), ["after_s"]),
        (ProgramCondition(ProgramTrouble.DISK, 1e9), ["after_s"]),
    ],
)
def test_conditions_that_are_none(condition: Condition, fields: list[str]) -> None:
    found = problems_of(check_rule, replace(RULE, condition=condition))
    assert found == [f"condition.{field}" for field in fields]


@pytest.mark.parametrize(
    "condition",
    [
        Occupancy(Side.BELOW, 0),
        Occupancy(Side.ABOVE, 1, critical_at=1),
        Crossings(Way.BOTH, Side.BELOW, 0, 86_400),
        Balance(Side.BELOW, -5, critical_at=-9),
        Unusual(),
    ],
)
def test_conditions_that_are_good(condition: Condition) -> None:
    assert check_rule(replace(RULE, condition=condition)).condition == condition


def test_all_mistakes_are_told_at_once() -> None:
    twice = (DayException(date(2026, 12, 24), 0), DayException(date(2026, 12, 24), 1))
    bad = Rule(
        "r",
        "",
        Occupancy(Side.ABOVE, 0),
        template="$nothing",
        cool_down_s=-1,
        schedule=Schedule(exceptions=twice),
    )
    assert problems_of(check_rule, bad) == [
        "name",
        "template",
        "cool_down_s",
        "condition.threshold",
        "schedule",
    ]


@pytest.mark.parametrize(
    ("scope", "condition"),
    [
        (Scope(frozenset({SiteId(1)}), places=frozenset({PlaceRef(CameraId(1), "Door")})), ABOVE),
        (Scope(cameras=frozenset({CameraId(1)})), ProgramCondition(ProgramTrouble.DISK)),
        (
            Scope(places=frozenset({PlaceRef(CameraId(1), "Door")})),
            CameraCondition(CameraTrouble.DOWN),
        ),
        (Scope(places=frozenset({PlaceRef(CameraId(1), "a\nb")})), ABOVE),
        (Scope(cameras=frozenset(map(CameraId, range(2001)))), ABOVE),
    ],
)
def test_scopes_that_do_not_fit(scope: Scope, condition: Condition) -> None:
    assert problems_of(check_rule, replace(RULE, scope=scope, condition=condition)) == ["scope"]


@pytest.mark.parametrize(
    "schedule",
    [
        Schedule((1,) * 6),
        Schedule((1 << 48,) * 7),
        Schedule((-1,) * 7),
        Schedule(exceptions=(DayException(date(2026, 1, 1), 1 << 48),)),
        Schedule(exceptions=(DayException(date(2026, 1, 1), 0, "x" * 201),)),
        Schedule(exceptions=tuple(DayException(date.fromordinal(n), 0) for n in range(1, 400))),
    ],
)
def test_schedules_that_are_none(schedule: Schedule) -> None:
    assert problems_of(check_rule, replace(RULE, schedule=schedule)) == ["schedule"]
    assert problems_of(check_recipient, replace(ANNA, on_call=schedule)) == ["on_call"]


def test_a_schedule_that_is_never_on_is_allowed_and_a_cool_down_may_be_none() -> None:
    never = replace(RULE, schedule=Schedule((0,) * 7), cool_down_s=0)
    assert check_rule(never).schedule.is_never


def test_the_rules_of_a_new_profile_pass(tmp_path: Path) -> None:
    with Database.open(tmp_path / "camwatch.sqlite3") as database:
        rules = database.alert_setup.rules()
    assert [check_rule(rule) for rule in rules] == list(rules)


# ---------------------------------------------------------------- people


@pytest.mark.parametrize(
    "email",
    [
        "anna",
        "anna@",
        "@site.example",
        "a@b@c.example",
        "a@b\r\nBcc: x@y.example",
        "a@b.example\nBcc: x@y.example",
        "a@b.example; c@d.example",
        "a@b.example, c@d.example",
        "Group: a@b.example;",
        "Anna <a@b.example>",
        '"a b"@c.example',
        "a..b@c.example",
        "a@-b.example",
        "a@[127.0.0.1]",
        "x" * 300 + "@b.example",
        "a\u202e@b.example",
    ],
)
def test_mail_addresses_that_are_none(email: str) -> None:
    assert problems_of(check_recipient, replace(ANNA, email=email)) == ["email"]


def test_a_domain_beyond_ascii_is_accepted() -> None:
    assert check_recipient(replace(ANNA, email=" anna@Bücher.example ")).email == (
        "anna@xn--bcher-kva.example"
    )


@pytest.mark.parametrize(
    ("phone", "region", "stored"),
    [
        ("+49 30 123456", "", "+4930123456"),
        ("030 / 123456", "DE", "+4930123456"),
        ("+1 (212) 555-2368", "DE", "+12125552368"),
    ],
)
def test_phone_numbers(phone: str, region: str, stored: str) -> None:
    assert check_recipient(replace(ANNA, phone=phone), region).phone == stored


@pytest.mark.parametrize(
    ("phone", "region"),
    [
        ("030 123456", ""),
        ("030 123456", "XX"),
        ("+49", ""),
        ("+49 30 1", ""),
        ("112", "DE"),
        ("+4930123456;+4930123457", ""),
        ("+49 30 123456 ext. 7", ""),
        ("call me", ""),
        ("+" + "9" * 300, ""),
    ],
)
def test_phone_numbers_that_are_none(phone: str, region: str) -> None:
    assert problems_of(check_recipient, replace(ANNA, phone=phone), region) == ["phone"]


def test_a_recipient_needs_one_way() -> None:
    assert problems_of(check_recipient, replace(ANNA, email=" ")) == ["email"]
    assert check_recipient(replace(ANNA, email="", phone="+4930123456")).email == ""


def test_groups() -> None:
    group = RecipientGroup("g", "All", ("a", "b", "a"))
    assert check_group(group).members == ("a", "b")
    assert problems_of(check_group, replace(group, members=())) == ["members"]
    many = tuple(str(n) for n in range(1000))
    assert problems_of(check_group, replace(group, members=many)) == ["members"]


def test_plans_are_ordered_by_time_and_keep_only_what_a_way_needs() -> None:
    plan = Plan(
        "p",
        "Night",
        (
            PlanStep(60, ChannelKind.EMAIL, "mail", ("anna", "anna")),
            PlanStep(30, ChannelKind.WEBHOOK, "hook", ("anna",)),
            PlanStep(0, ChannelKind.POPUP, "mail", ("anna",)),
        ),
    )
    assert check_plan(plan).steps == (
        PlanStep(0, ChannelKind.POPUP),
        PlanStep(30, ChannelKind.WEBHOOK, "hook"),
        PlanStep(60, ChannelKind.EMAIL, "mail", ("anna",)),
    )


@pytest.mark.parametrize(
    "steps",
    [
        (),
        (PlanStep(0, ChannelKind.POPUP),) * 21,
        (PlanStep(-1, ChannelKind.POPUP),),
        (PlanStep(float("nan"), ChannelKind.POPUP),),
        (PlanStep(8 * 86_400, ChannelKind.POPUP),),
        (PlanStep(0, ChannelKind.EMAIL, "", ("anna",)),),
        (PlanStep(0, ChannelKind.EMAIL, "mail"),),
        (PlanStep(0, ChannelKind.SMS, "sms", tuple(str(n) for n in range(51))),),
    ],
)
def test_plans_that_tell_nobody(steps: tuple[PlanStep, ...]) -> None:
    assert problems_of(check_plan, Plan("p", "Night", steps)) == ["steps"]


def test_a_wrong_step_is_named() -> None:
    steps = (PlanStep(0, ChannelKind.POPUP), PlanStep(0, ChannelKind.EMAIL, "mail"))
    with pytest.raises(InvalidSettings, match="in step 2 the recipients are needed"):
        check_plan(Plan("p", "Night", steps))


# ---------------------------------------------------------------- channels


def channel_problems(settings: Any, *, has_secret: bool = False) -> list[str]:
    return problems_of(check_channel, Channel("c", "Way", settings), has_secret=has_secret)


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"port": 465}, ["encryption"]),
        ({"port": 587, "encryption": Encryption.TLS}, ["encryption"]),
        ({"port": 25, "encryption": Encryption.TLS}, ["encryption"]),
        ({"encryption": "none"}, ["encryption"]),
        ({"encryption": ""}, ["encryption"]),
        *(({"port": port}, ["port"]) for port in (0, -1, 65_536, 1e3, "587", None, True)),
        ({"host": ""}, ["host"]),
        ({"host": "smtp://mail.example"}, ["host"]),
        ({"host": "mail.example\r\nQUIT"}, ["host"]),
        ({"host": "mail.example/24"}, ["host"]),
        ({"username": "camwatch"}, ["secret"]),
        ({"username": "cam\r\nwatch"}, ["username"]),
        ({"sender": "camwatch"}, ["sender"]),
        ({"sender": "a@b\r\nBcc: x@y"}, ["sender"]),
        ({"sender": "a@b@c.example"}, ["sender"]),
        ({"sender": "CamWatch <a@b.example>\nBcc: x@y.example"}, ["sender"]),
        ({"sender": "x" * 10_000}, ["sender"]),
        ({"ca_file": "certs.pem"}, ["ca_file"]),
        ({"ca_file": "/no/such/file.pem"}, ["ca_file"]),
        ({"digest_min": -1}, ["digest_min"]),
        ({"digest_min": 721}, ["digest_min"]),
        ({"timeout_s": 0}, ["timeout_s"]),
        ({"timeout_s": float("inf")}, ["timeout_s"]),
        ({"host": "", "port": 0, "sender": ""}, ["host", "port", "sender"]),
    ],
)
def test_mail_servers_that_are_refused(changes: dict[str, Any], fields: list[str]) -> None:
    assert channel_problems(replace(MAIL, **changes)) == fields


@pytest.mark.parametrize(
    ("sender", "stored"),
    [
        (' "Watch, night" <cam@site.example> ', '"Watch, night" <cam@site.example>'),
        ("CamWatch <cam@BÜCHER.example>", "CamWatch <cam@xn--bcher-kva.example>"),
        ("cam@site.example", "cam@site.example"),
    ],
)
def test_senders(sender: str, stored: str) -> None:
    found = check_channel(Channel("c", "Way", replace(MAIL, sender=sender)), has_secret=False)
    assert found.settings == replace(MAIL, sender=stored)
    again = check_channel(found, has_secret=False)
    assert again == found


def test_a_mail_server_of_its_own_port_may_have_either_mode() -> None:
    for encryption in Encryption:
        settings = replace(MAIL, port=2525, encryption=encryption)
        check_channel(Channel("c", "Way", settings), has_secret=False)
    assert channel_problems(MAIL, has_secret=True) == ["username"]


@pytest.mark.parametrize(
    ("settings", "fields"),
    [
        (TWILIO, ["secret"]),
        (replace(TWILIO, username="", sender=""), ["username", "sender", "secret"]),
        (replace(TWILIO, username="AC1/../x"), ["username", "secret"]),
        (replace(GET, url="http://sms.example"), ["url"]),
        (replace(GET, url="https://u:p@sms.example"), ["url"]),
        (replace(GET, url="https://192.168.1.5/sms"), ["url"]),
        (replace(GET, url="file:///etc/passwd"), ["url"]),
        (replace(GET, fields=()), ["fields"]),
        (replace(GET, fields=(*GET.fields, ("from", "$sendr"))), ["fields"]),
        (replace(GET, fields=(*GET.fields, ("api_key", "4711"))), ["fields"]),
        (replace(GET, fields=(*GET.fields, ("a\r\nb", "1"))), ["fields"]),
        (replace(GET, fields=(*GET.fields, ("api_key", "$secret"))), ["secret"]),
        (replace(GET, region="XX", currency="Euro"), ["region", "currency"]),
        (replace(GET, cost_per_part=-1, longest_parts=0), ["cost_per_part", "longest_parts"]),
        (replace(GET, longest_parts=11, timeout_s=61), ["longest_parts", "timeout_s"]),
        (replace(GET, preset="carrier pigeon"), ["preset"]),  # type: ignore[arg-type]
        (SmsSettings(SmsPreset.EMAIL, "sms.example"), ["email_uid"]),
        (SmsSettings(SmsPreset.EMAIL, "sms example", email_uid="mail"), ["url"]),
    ],
)
def test_gateways_that_are_refused(settings: SmsSettings, fields: list[str]) -> None:
    assert channel_problems(settings) == fields


def test_gateways_keep_only_what_their_preset_needs() -> None:
    settings = SmsSettings(
        SmsPreset.EMAIL, "@SMS.example", "me", fields=GET.fields, email_uid="mail", region="de"
    )
    found = check_channel(Channel("c", "Way", settings), has_secret=False).settings
    assert found == SmsSettings(SmsPreset.EMAIL, "sms.example", email_uid="mail", region="DE")
    check_channel(Channel("c", "Way", TWILIO), has_secret=True)


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        *(
            ({"url": url}, ["url"])
            for url in (
                "",
                "board.example",
                "http://board.example",
                "ftp://board.example",
                "file:///etc/passwd",
                "javascript:alert(1)",
                "https://",
                "https:///x",
                "https://[::1",
                "https://user:pw@board.example",
                "https://board.example:0",
                "https://board.example:65536",
                "https://board.example:abc",
                "https://board.example/a b",
                "https://h\\@evil.example",
                "https://board.example/#x",
                "https://127.0.0.1/",
                "https://localhost/",
                "https://10.0.0.7/",
                "https://169.254.169.254/latest",
                "https://[::ffff:127.0.0.1]/",
                "https://board.example/\r\nX: 1",
                "https://board.example/" + "x" * 2100,
            )
        ),
        *(
            ({"headers": (header,)}, ["headers"])
            for header in (
                ("Host", "evil.example"),
                ("Content-Length", "3"),
                ("Transfer-Encoding", "chunked"),
                ("Cookie", "a=b"),
                ("X-Note", "a\r\nX-Other: b"),
                ("X Note", "a"),
                ("", "a"),
                ("Authorization", "Bearer 4711"),
                ("X-CamWatch-Signature", "x"),
            )
        ),
        ({"headers": (("Authorization", "Bearer $secret"),)}, ["secret"]),
        ({"alive_min": -1}, ["alive_min"]),
        ({"sends_alerts": False}, ["sends_alerts"]),
        ({"timeout_s": 0.5}, ["timeout_s"]),
        ({"ca_file": "x\0y"}, ["ca_file"]),
    ],
)
def test_webhooks_that_are_refused(changes: dict[str, Any], fields: list[str]) -> None:
    assert channel_problems(replace(HOOK, **changes)) == fields


def test_what_is_ticked_is_allowed_but_never_the_administration_of_a_host() -> None:
    local = replace(HOOK, url="http://127.0.0.1:8123/x", allow_http=True, allow_private=True)
    check_channel(Channel("c", "Way", local), has_secret=False)
    cloud = replace(local, url="http://169.254.169.254/latest")
    assert channel_problems(cloud) == ["url"]


@pytest.mark.parametrize(
    ("settings", "secret"),
    [
        (HOOK, "abc"),
        (HOOK, "x" * 15),
        (HOOK, "x" * 513),
        (HOOK, "x" * 20 + "\r\nX: 1"),
        (replace(HOOK, headers=(("Authorization", "$secret"),)), "ü" * 20),
        (MAIL, "x" * 513),
        (MAIL, "a\nb"),
        (MAIL, "a\ud800b"),
    ],
)
def test_secrets_that_are_refused_are_not_repeated(settings: Any, secret: str) -> None:
    with pytest.raises(InvalidSetting) as refused:
        check_secret(settings, Secret(secret))
    assert refused.value.field == "secret"
    assert secret not in str(refused.value)


def test_a_secret_is_kept_as_it_is() -> None:
    for settings, text in ((HOOK, " 16 characters! "), (MAIL, " ü@:/?#%&+\"'\\ ")):
        assert check_secret(settings, Secret(text)).reveal() == text


def test_where_a_secret_may_go() -> None:
    here = destinations(HOOK)
    assert destinations(replace(HOOK, url="https://Board.example:443/other?x=1")) == here
    for changes in (
        {"url": "http://board.example/alerts"},
        {"url": "https://board.example:444/alerts"},
        {"url": "https://board2.example/alerts"},
        {"ca_file": "/tmp/my.pem"},
    ):
        assert not destinations(replace(HOOK, **changes)) & here  # type: ignore[arg-type]
    assert destinations(replace(MAIL, host="MAIL.example", sender="x")) == destinations(MAIL)
    assert destinations(replace(MAIL, port=2525)) != destinations(MAIL)
    assert destinations(SmsSettings(SmsPreset.EMAIL, "sms.example")) == frozenset()
