"""The demonstration comes at once with the people that the planner would find for it."""

from __future__ import annotations

from camwatch import demonstration
from camwatch.cameras.simulator.known_plans import PlanKey, known_visits, plans_file, plans_text
from camwatch.cameras.simulator.schedule import Schedule, plan


def test_the_demonstrations_plans_are_known_and_are_what_the_planner_works_out() -> None:
    keys = demonstration.make_site().plans
    assert len(set(keys)) == len(keys) == 6
    assert plans_file().read_text("utf-8") == plans_text((key, plan(key)) for key in keys)
    assert [known_visits(key) for key in keys] == [plan(key) for key in keys]


def test_another_plan_is_worked_out() -> None:
    key = PlanKey(3, 16 / 9, 60.0, 4)
    assert known_visits(key) is None
    assert Schedule(*key).visits == plan(key)
