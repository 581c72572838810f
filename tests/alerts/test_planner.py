"""Who is told, when, and never more often than is good."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from camwatch.alerts.alert import Alert, AlertState, Deed, Shelving
from camwatch.alerts.flood import LOCAL_PER_MINUTE, LOCAL_PER_TEN_MINUTES, channel_key
from camwatch.alerts.lifecycle import Change
from camwatch.alerts.notification import NewNotification, Purpose
from camwatch.alerts.people import (
    MOST_ADDRESSES,
    USUAL,
    ChannelKind,
    PlanStep,
    Recipient,
    RecipientGroup,
)
from camwatch.alerts.planner import (
    PER_MINUTE,
    PER_TEN_MINUTES,
    Planned,
    Reach,
    SentLately,
    counted,
    merged_flood,
    next_step_at,
    plan,
)
from camwatch.alerts.rules import USUAL_PLAN, Severity
from camwatch.alerts.schedule import Schedule
from camwatch.alerts.settings import WebhookSettings
from tests.alerts.making import (
    ANNA,
    BEN,
    HOOK,
    MAIL,
    MONDAY,
    UTC_ZONE,
    a_plan,
    a_reach,
    an_alert,
    at,
    mail,
    popup,
    raised,
)

COOL_DOWN_S = 600.0
LADDER = a_plan(popup(), mail(60, "anna"), PlanStep(300, ChannelKind.WEBHOOK, "hook"))


def go(
    change: Change,
    reach: Reach,
    now: datetime = MONDAY,
    lately: list[SentLately] | None = None,
    plan_uid: str = "p-1",
) -> Planned:
    return plan(change, COOL_DOWN_S, plan_uid, reach, lately or [], now, UTC_ZONE)


def later(alert: Alert) -> Change:
    return Change(alert, ())


def ways(planned: Planned) -> list[ChannelKind]:
    return [one.channel for one in planned.notifications]


# ---------------------------------------------------------------- the ladder


def test_steps_are_taken_by_time_as_long_as_nobody_acknowledges() -> None:
    reach = a_reach(LADDER)
    first = go(raised(an_alert()), reach)
    assert ways(first) == [ChannelKind.POPUP]
    assert first.change.alert.step == 1
    assert next_step_at(first.change, "p-1", reach) == at(60)
    assert go(later(first.change.alert), reach, at(59)).notifications == ()
    second = go(later(first.change.alert), reach, at(60))
    (message,) = second.notifications
    assert (message.channel, message.addresses) == (ChannelKind.EMAIL, (ANNA.email,))
    assert message.purpose is Purpose.ESCALATION
    assert message.text.startswith("Nobody has acknowledged this for 1 minute.")
    assert second.change.entries[-1].deed is Deed.ESCALATED
    assert second.change.entries[-1].text == "e-mail “Office mail” to Anna"
    assert second.change.alert.version == first.change.alert.version + 1
    third = go(later(second.change.alert), reach, at(400))
    assert ways(third) == [ChannelKind.WEBHOOK]
    assert next_step_at(third.change, "p-1", reach) is None
    assert go(later(third.change.alert), reach, at(9000)).notifications == ()


def test_nothing_changes_while_no_step_is_due() -> None:
    alert = an_alert(step=1)
    assert go(later(alert), a_reach(LADDER), at(30)) == Planned(later(alert), ())


@pytest.mark.parametrize(
    "alert",
    [
        an_alert(state=AlertState.ACKNOWLEDGED),
        an_alert(state=AlertState.CLOSED),
        an_alert(shelving=Shelving(at(10_000), "anna", "known")),
        an_alert(Severity.WARNING, state=AlertState.RETURNED, step=1),
    ],
)
def test_an_alert_that_was_seen_or_put_aside_takes_no_step(alert: Alert) -> None:
    planned = go(later(alert), a_reach(LADDER), at(1000))
    assert planned.notifications == ()
    assert planned.change.alert == alert


def test_a_critical_alert_goes_on_after_it_returned_until_somebody_has_seen_it() -> None:
    alert = an_alert(state=AlertState.RETURNED, step=1)
    assert ways(go(later(alert), a_reach(LADDER), at(61))) == [ChannelKind.EMAIL]


def test_what_was_over_at_once_is_told_once() -> None:
    alert = an_alert(Severity.INFORMATION, state=AlertState.RETURNED)
    assert ways(go(raised(alert), a_reach(LADDER), at(0.1))) == [ChannelKind.POPUP]


def test_when_a_shelving_is_over_it_is_told_again_and_the_plan_goes_on() -> None:
    reach = a_reach(LADDER)
    alert = an_alert(step=1, shelving=Shelving(at(1000), "anna", "known"), told_at=at(1))
    assert next_step_at(later(alert), "p-1", reach) == at(1000)
    again = go(later(alert), reach, at(1000))
    assert ways(again) == [ChannelKind.POPUP]
    assert next_step_at(again.change, "p-1", reach) == at(1060)
    assert go(later(again.change.alert), reach, at(1001)).notifications == ()
    assert ways(go(later(again.change.alert), reach, at(1060))) == [ChannelKind.EMAIL]


def test_what_happens_just_after_a_shelving_does_not_hide_that_it_is_over() -> None:
    reach = a_reach(LADDER)
    alert = an_alert(step=1, shelving=Shelving(at(1000), "anna", "known"), told_at=at(990))
    change = raised(replace(alert, changed_at=at(1001)), Deed.PART_RETURNED)
    planned = plan(change, COOL_DOWN_S, "p-1", reach, [], at(1001), UTC_ZONE, alert)
    assert ways(planned) == [ChannelKind.POPUP]
    stored = planned.change.alert
    again = raised(replace(stored, changed_at=at(1002)), Deed.PART_RETURNED)
    assert (
        plan(again, COOL_DOWN_S, "p-1", reach, [], at(1002), UTC_ZONE, stored).notifications == ()
    )


def test_less_serious_alerts_skip_a_step() -> None:
    steps = a_plan(mail(0, "anna", least=Severity.CRITICAL), popup(5))
    planned = go(raised(an_alert(Severity.WARNING)), a_reach(steps))
    assert planned.notifications == ()
    assert next_step_at(planned.change, "p-1", a_reach(steps)) == at(5)
    assert ways(go(raised(an_alert()), a_reach(steps))) == [ChannelKind.EMAIL]


def test_a_plan_that_is_gone_is_the_usual_one() -> None:
    planned = go(raised(an_alert()), Reach(), plan_uid="gone")
    assert ways(planned) == [ChannelKind.POPUP, ChannelKind.SOUND]
    quiet = replace(USUAL, steps=(popup(),))
    planned = go(raised(an_alert()), Reach({USUAL_PLAN: quiet}), plan_uid="gone")
    assert ways(planned) == [ChannelKind.POPUP]


# ---------------------------------------------------------------- recipients


def test_groups_are_told_each_once_and_who_is_off_call_is_not() -> None:
    steps = a_plan(mail(0, "anna", "all"), mail(0, "ben"))
    (message,) = go(raised(an_alert()), a_reach(steps)).notifications
    assert message.addresses == (ANNA.email, BEN.email)
    assert message.has_picture


def test_a_step_that_nobody_is_left_for_lets_the_next_one_come_at_once() -> None:
    steps = a_plan(
        popup(), mail(0, "night"), mail(600, "ben"), PlanStep(700, ChannelKind.WEBHOOK, "hook")
    )
    planned = go(raised(an_alert()), a_reach(steps))
    assert ways(planned) == [ChannelKind.POPUP, ChannelKind.EMAIL]
    assert planned.notifications[1].addresses == (BEN.email,)
    assert planned.notifications[1].purpose is Purpose.ALERT
    assert planned.change.alert.step == 3


@pytest.mark.parametrize(
    "channel",
    [
        replace(MAIL, is_enabled=False),
        replace(MAIL, settings=HOOK.settings),
        replace(MAIL, uid="another"),
    ],
)
def test_a_channel_that_cannot_be_used_counts_as_nobody(channel: object) -> None:
    steps = a_plan(mail(0, "anna"), PlanStep(900, ChannelKind.WEBHOOK, "hook"))
    planned = go(raised(an_alert()), a_reach(steps, channel, HOOK))  # type: ignore[arg-type]
    assert ways(planned) == [ChannelKind.WEBHOOK]


def test_a_webhook_that_only_says_that_we_are_alive_is_told_nothing() -> None:
    assert isinstance(HOOK.settings, WebhookSettings)
    only_alive = replace(HOOK, settings=replace(HOOK.settings, sends_alerts=False))
    steps = a_plan(PlanStep(0, ChannelKind.WEBHOOK, "hook"), popup(60))
    assert ways(go(raised(an_alert()), a_reach(steps, only_alive))) == [ChannelKind.POPUP]


def test_a_plan_that_reaches_nobody_ends_on_the_screen() -> None:
    planned = go(raised(an_alert()), a_reach(a_plan(mail(0, "night"), mail(60, "gone"))))
    assert ways(planned) == [ChannelKind.POPUP]
    assert planned.change.alert.step == 2


def test_a_message_has_at_most_fifty_addresses_and_the_history_says_who_was_left_out() -> None:
    many = {str(n): Recipient(str(n), f"R{n}", f"r{n}@site.example") for n in range(60)}
    group = RecipientGroup("many", "Many", tuple(many))
    steps = a_plan(mail(0, "many"))
    reach = Reach({"p-1": steps}, many, {"many": group}, {"mail": MAIL})
    planned = go(raised(an_alert()), reach)
    assert len(planned.notifications[0].addresses) == MOST_ADDRESSES
    assert "10 more than one message may have" in planned.change.entries[-1].text


# ---------------------------------------------------------------- cool-down, return, drill


@pytest.mark.fault("F104")
def test_what_is_raised_again_within_its_cool_down_tells_nobody_anew() -> None:
    alert = an_alert(step=1, told_at=at(0), told_severity=Severity.CRITICAL)
    reach = a_reach(LADDER)
    assert go(raised(alert, Deed.RAISED_AGAIN), reach, at(30)).notifications == ()
    again = go(raised(alert, Deed.RAISED_AGAIN), reach, at(600))
    assert ways(again) == [ChannelKind.POPUP, ChannelKind.EMAIL, ChannelKind.WEBHOOK]


def test_the_cool_down_begins_when_it_was_told() -> None:
    alert = an_alert(step=1, told_at=at(500), told_severity=Severity.CRITICAL)
    only = a_reach(a_plan(popup()))
    assert go(raised(alert, Deed.JOINED), only, at(1099)).notifications == ()
    assert ways(go(raised(alert, Deed.JOINED), only, at(1100))) == [ChannelKind.POPUP]


def test_who_was_told_of_one_camera_learns_of_those_that_join_it_within_a_minute() -> None:
    reach = a_reach(a_plan(popup(), mail(0, "anna")))
    outbox = Outbox()
    outbox.put("r-1", go(raised(an_alert()), reach), MONDAY)
    alert = an_alert(step=2, told_at=at(0.5), told_severity=Severity.CRITICAL)
    for count in range(2, 51):
        now = at(count / 10)
        joined = replace(alert, title=f"No picture: {count} cameras", message="All of them.")
        planned = go(raised(joined, Deed.JOINED), reach, now, outbox.lately(now))
        outbox.put("r-1", planned, now)
    popups, first, second = (new for _, new in outbox.sent)
    assert popups.channel is ChannelKind.POPUP
    assert (first.subject, first.due_at) == ("Gate: no picture", MONDAY)
    assert (second.subject, second.due_at) == ("No picture: 50 cameras", at(60))
    assert second.text.startswith("All of them.")
    assert second.data["held_back"] == 1


def test_a_higher_severity_breaks_through_the_cool_down_also_to_steps_that_were_skipped() -> None:
    steps = a_plan(popup(), mail(0, "anna", least=Severity.CRITICAL))
    first = go(raised(an_alert(Severity.WARNING)), a_reach(steps)).change.alert
    assert first.step == 2
    worse = replace(
        first, severity=Severity.CRITICAL, told_at=at(1), told_severity=Severity.WARNING
    )
    planned = go(raised(worse, Deed.WORSENED), a_reach(steps), at(20))
    assert ways(planned) == [ChannelKind.POPUP, ChannelKind.EMAIL]


def test_an_alert_that_gets_worse_when_those_who_knew_are_off_call_comes_on_the_screen() -> None:
    alert = an_alert(step=1, told_at=at(0), told_severity=Severity.WARNING)
    planned = go(raised(alert, Deed.WORSENED), a_reach(a_plan(mail(0, "night"))), at(20))
    assert ways(planned) == [ChannelKind.POPUP]


def test_a_clock_that_was_set_back_makes_no_cool_down_longer() -> None:
    alert = an_alert(step=1, told_at=at(3600), told_severity=Severity.CRITICAL)
    planned = go(raised(alert, Deed.RAISED_AGAIN), a_reach(a_plan(popup())), at(10))
    assert ways(planned) == [ChannelKind.POPUP]


def test_one_that_begins_anew_within_its_cool_down_is_told_when_that_is_over() -> None:
    alert = an_alert(step=0, told_at=at(-300), told_severity=Severity.CRITICAL)
    reach = a_reach(LADDER)
    assert go(raised(alert), reach).notifications == ()
    assert ways(go(later(alert), reach, at(300)))[0] is ChannelKind.POPUP


def test_what_comes_back_after_it_was_seen_goes_through_the_plan_from_its_begin() -> None:
    reach = a_reach(LADDER)
    alert = an_alert(step=0, again_at=at(86_400))
    first = go(raised(alert, Deed.RAISED_AGAIN), reach, at(86_400))
    assert ways(first) == [ChannelKind.POPUP]
    assert next_step_at(first.change, "p-1", reach) == at(86_460)
    (message,) = go(later(first.change.alert), reach, at(86_460)).notifications
    assert message.text.startswith("Nobody has acknowledged this for 1 minute.")


def test_who_was_told_is_told_that_it_is_over_if_the_plan_wants_it() -> None:
    ladder = replace(LADDER, steps=(*LADDER.steps, PlanStep(0, ChannelKind.SOUND)))
    alert = an_alert(state=AlertState.CLOSED, step=3, returned_at=at(200))
    quiet = go(raised(alert, Deed.RETURNED, Deed.CLOSED), a_reach(ladder), at(200))
    assert quiet.notifications == ()
    telling = a_reach(replace(ladder, tells_return=True))
    planned = go(raised(alert, Deed.RETURNED, Deed.CLOSED), telling, at(200))
    assert ways(planned) == [ChannelKind.POPUP, ChannelKind.EMAIL]
    message = planned.notifications[1]
    assert message.purpose is Purpose.RETURNED
    assert message.subject == "Over: Gate: no picture"
    assert "12:03:20 UTC on Monday, 2 March 2026" in message.text
    shelved = replace(alert, shelving=Shelving(at(999), "anna", "known"))
    assert go(raised(shelved, Deed.RETURNED), telling, at(200)).notifications == ()


def test_a_drill_goes_the_same_way_and_says_so() -> None:
    planned = go(raised(an_alert(is_drill=True)), a_reach(a_plan(popup(), mail(0, "anna"))))
    assert {one.purpose for one in planned.notifications} == {Purpose.DRILL}
    assert all(one.subject.startswith("Drill: ") for one in planned.notifications)
    assert all("nothing has happened" in one.text for one in planned.notifications)


# ---------------------------------------------------------------- flood


class Outbox:
    """Keeps what is planned, as the history does."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, NewNotification]] = []

    def lately(self, now: datetime) -> list[SentLately]:
        found = [one for rule, new in self.sent for one in counted([new], rule)]
        return [one for one in found if one.at > now - timedelta(minutes=10)]

    def put(self, rule_uid: str, planned: Planned, now: datetime) -> None:
        for new in planned.notifications:
            for place, (rule, old) in enumerate(self.sent):
                is_waiting = old.purpose is Purpose.FLOOD and old.due_at > now
                if (
                    is_waiting
                    and new.purpose is Purpose.FLOOD
                    and (rule, channel_key(old)) == (rule_uid, channel_key(new))
                ):
                    self.sent[place] = (rule, merged_flood(old, new))
                    break
            else:
                self.sent.append((rule_uid, new))

    def raise_one(
        self, number: int, rule: str, severity: Severity, reach: Reach, now: datetime
    ) -> Planned:
        alert = an_alert(severity, uid=f"a-{number}", rule_uid=rule, raised_at=now)
        planned = go(raised(alert), reach, now, self.lately(now))
        self.put(rule, planned, now)
        return planned


def most_within(moments: list[datetime], window_s: float) -> int:
    window = timedelta(seconds=window_s)
    return max((sum(a <= b < a + window for b in moments) for a in moments), default=0)


@pytest.mark.fault("L10")
def test_a_thousand_alerts_in_a_second_are_two_mails_and_the_second_tells_of_the_rest() -> None:
    outbox, reach = Outbox(), a_reach(a_plan(mail(0, "anna"), popup()))
    for number in range(1000):
        outbox.raise_one(number, "r-1", Severity.WARNING, reach, at(number / 1000))
    mails = [new for _, new in outbox.sent if new.channel is ChannelKind.EMAIL]
    assert [one.purpose for one in mails] == [Purpose.ALERT, Purpose.FLOOD]
    assert mails[1].due_at == at(60)
    assert mails[1].subject == "999 more alerts of the rule “Camera down”"
    assert "- Gate: no picture (100 times)\n- and 899 more" in mails[1].text
    popups = [new for _, new in outbox.sent if new.channel is ChannelKind.POPUP]
    assert len(popups) == LOCAL_PER_MINUTE + 1
    assert popups[-1].data["held_back"] == 990


def test_one_message_that_is_held_back_keeps_its_words() -> None:
    outbox, reach = Outbox(), a_reach(a_plan(mail(0, "anna")))
    outbox.raise_one(1, "r-1", Severity.WARNING, reach, MONDAY)
    planned = outbox.raise_one(2, "r-1", Severity.WARNING, reach, at(20))
    assert planned.held_back == 1
    (message,) = planned.notifications
    assert (message.subject, message.due_at) == ("Gate: no picture", at(60))
    assert message.text.startswith("Gate: no picture. Since noon.")
    assert "held back" in planned.change.entries[-1].text
    assert planned.change.alert.step == 1


def test_less_serious_alerts_cannot_block_a_channel_for_critical_ones() -> None:
    outbox, reach = Outbox(), a_reach(a_plan(mail(0, "anna")))
    for number in range(60):
        outbox.raise_one(number, f"r-{number}", Severity.WARNING, reach, at(number))
    planned = outbox.raise_one(99, "r-99", Severity.CRITICAL, reach, at(61))
    assert planned.held_back == 0


RULES = st.sampled_from(["r-1", "r-2", "r-3"])
STEPS_S = st.floats(0, 90, allow_nan=False)
STORM = st.lists(
    st.tuples(STEPS_S, RULES, st.sampled_from(list(Severity))), min_size=1, max_size=80
)


@settings(max_examples=60, deadline=None)
@given(STORM, st.sampled_from([0.0, 0.05, 1.0]))
def test_no_window_ever_holds_more_than_the_limits(
    storm: list[tuple[float, str, Severity]], pace: float
) -> None:
    outbox, reach, now = Outbox(), a_reach(a_plan(popup(), mail(0, "anna"))), MONDAY
    for number, (wait_s, rule, severity) in enumerate(storm):
        now += timedelta(seconds=wait_s * pace)
        outbox.raise_one(number, rule, severity, reach, now)
    for channel, per_minute, per_ten in (
        (ChannelKind.EMAIL, PER_MINUTE, PER_TEN_MINUTES),
        (ChannelKind.POPUP, LOCAL_PER_MINUTE, LOCAL_PER_TEN_MINUTES),
    ):
        sent = [(rule, new) for rule, new in outbox.sent if new.channel is channel]
        for rule in {rule for rule, _ in sent}:
            assert most_within([new.due_at for one, new in sent if one == rule], 60) <= per_minute
        assert most_within([new.due_at for _, new in sent], 600) <= per_ten
        # Nothing is lost: what was not sent by itself is counted by what tells of it.
        told = sum(int(str(new.data.get("held_back", 1))) for _, new in sent)
        assert told == len(storm)


PEOPLE = ["anna", "ben", "night", "all", "gone"]
ANY_STEP = st.builds(
    PlanStep,
    st.sampled_from([0.0, 30.0, 300.0]),
    st.sampled_from([ChannelKind.POPUP, ChannelKind.EMAIL, ChannelKind.WEBHOOK, ChannelKind.SMS]),
    st.sampled_from(["mail", "hook", "off", "gone"]),
    st.lists(st.sampled_from(PEOPLE), max_size=3).map(tuple),
    st.sampled_from(list(Severity)),
)
HOURS = st.lists(st.integers(0, (1 << 48) - 1), min_size=7, max_size=7).map(tuple)


@settings(max_examples=80, deadline=None)
@given(st.lists(ANY_STEP, max_size=5), HOURS, st.integers(0, 7 * 24 * 60))
def test_a_critical_alert_is_told_by_somebody_and_nobody_off_call_is_told(
    steps: list[PlanStep], hours: tuple[int, ...], minute: int
) -> None:
    ladder = a_plan(*steps)
    on_call = Schedule(hours)
    off = replace(MAIL, uid="off", is_enabled=False)
    reach = a_reach(ladder, MAIL, HOOK, off)
    people = {**reach.recipients, "anna": replace(ANNA, on_call=on_call)}
    reach = replace(reach, recipients=people)
    begin = MONDAY + timedelta(minutes=minute)
    alert = an_alert(raised_at=begin, changed_at=begin)
    told: list[NewNotification] = []
    change = raised(alert)
    for wait_s in (0, 10, 30, 120, 300, 400):
        now = begin + timedelta(seconds=wait_s)
        planned = go(change, reach, now)
        told += planned.notifications
        for one in planned.notifications:
            assert "night@site.example" not in one.addresses
            if ANNA.email in one.addresses:
                assert on_call.is_on(now, UTC_ZONE)
            assert one.addresses or not one.channel.has_recipients
            assert one.channel_uid not in {"off", "gone"}
        change = later(planned.change.alert)
    assert told or not steps
