from __future__ import annotations

import pytest

from camwatch.cli.places import Places, read_places
from camwatch.detect.gates import GateCounter
from camwatch.errors import InvalidSettings
from tests.detect.paths import passed


def test_lines_gates_and_zones_are_read() -> None:
    places = read_places(
        ["door:0.5,0,0.5,1", "in: back :0,.25,1,2.5e-1"],
        ["gate:0.4,0,0.4,1;0.6,0,0.6,1"],
        ["queue:0,0;1,0;1,1", "all:0,0;0,1;1,1;1,0"],
    )
    assert [(line.name, line.start, line.end) for line in places.lines] == [
        ("door", (0.5, 0.0), (0.5, 1.0)),
        ("in: back", (0.0, 0.25), (1.0, 0.25)),
    ]
    assert [one.name for one in places.passages] == ["door", "in: back", "gate"]
    assert [(zone.name, len(zone.points)) for zone in places.zones] == [("queue", 3), ("all", 4)]
    assert read_places([], [], []) == Places([], [], [])


@pytest.mark.parametrize("outer", ["0.4,0,0.4,1", "0.4,1,0.4,0"])
@pytest.mark.parametrize("inner", ["0.6,0,0.6,1", "0.7,1,0.6,0"])
def test_a_gate_leads_from_its_first_line_to_its_second(outer: str, inner: str) -> None:
    for text, direction in ((f"{outer};{inner}", "in"), (f"{inner};{outer}", "out")):
        (gate,) = read_places([], [f"gate:{text}"], []).gates
        xs = [0.2, 0.3, 0.5, 0.55, 0.75, 0.8]
        assert [one.direction for one in passed(GateCounter(gate), xs)] == [direction]


def test_options_are_those_of_all_lines_and_gates() -> None:
    places = read_places(
        ["door:0.5,0,0.5,1"], ["gate:0.4,0,0.4,1;0.6,0,0.6,1"], [], once=True, u_turn_s=2.5
    )
    (gate,) = places.gates
    for line in (*places.lines, gate.outer, gate.inner):
        assert (line.once, line.u_turn_s) == (True, 2.5)
    (line,) = read_places(["door:0.5,0,0.5,1"], [], []).lines
    assert (line.once, line.u_turn_s) == (False, 0.0)


def test_a_line_and_a_zone_may_share_a_name() -> None:
    places = read_places(["door:0.5,0,0.5,1"], [], ["door:0,0;1,0;1,1"])
    assert places.lines[0].name == places.zones[0].name


@pytest.mark.parametrize(
    ("gates", "problem"),
    [
        (["gate:0.4,0,0.4,1"], "is 1 line, not the 2"),
        (["gate:0.4,0,0.4,1"], "put it in quotes"),
        (["gate:0.4,0,0.4,1;0.6,0,0.6,1;0.7,0,0.7,1"], "are 3 lines, not the 2"),
        (["gate:0.4,0,0.4,1;0.6,0,0.6"], "has 3 coordinates, not the 4"),
        (["gate:0.4,0,0.4,1;0.6,0,0.6,2"], "y2 is 2, not from 0 to 1"),
        (["gate:0.4,0,0.6,1;0.6,0,0.4,1"], "crosses or touches"),
        (["gate:0.4,0,0.4,1;0.4,0,0.4,1"], "crosses or touches"),
        (["gate:0.4,0,0.4,1;0.4,0.5,0.6,0.5"], "crosses or touches"),
        (["door:0.4,0,0.4,1;0.6,0,0.6,1"], "name is there twice"),
    ],
)
def test_a_wrong_gate_is_refused(gates: list[str], problem: str) -> None:
    with pytest.raises(InvalidSettings, match=problem):
        read_places(["door:0.5,0,0.5,1"], gates, [])


@pytest.mark.parametrize(
    ("lines", "zones", "problems"),
    [
        (["0.5,0,0.5,1"], [], ["is not a name, a colon, and coordinates"]),
        ([":0.5,0,0.5,1"], [], ["name is missing"]),
        (["door:0.5,0,0.5"], [], ["has 3 coordinates, not the 4 of x1,y1,x2,y2"]),
        (["door:0.5,0,0,5,1"], [], ["has 5 coordinates"]),
        (["door:"], [], ["has 1 coordinates"]),
        (["door:a,0,0.5,nan"], [], ["x1 is 'a', not a number", "y2 is nan, not from 0 to 1"]),
        (["door:384,0,384,432"], [], ["x1 is 384", "x2 is 384", "y2 is 432"]),
        (["door:0.5,0.5,0.5,0.5"], [], ["end is (nearly) the same point as the start"]),
        (["door:0.5,0,0.5,1", "door:0,0,1,1"], [], ["name is there twice"]),
        ([], ["queue:0,0"], ["put it in quotes"]),
        ([], ["queue:0,0;1,0"], ["points are 2, not 3 to 64"]),
        ([], ["queue:0,0;1;0,x;2,1"], ["point 2 is '1'", "point 3: y is 'x'", "point 4: x is 2"]),
        ([], ["queue:0,0;1,1;1,0;0,1"], ["points make edges that cross or touch"]),
        (["door:1"], ["queue:1"], ["--line 'door:1'", "--zone 'queue:1'"]),
    ],
)
def test_all_mistakes_are_named(lines: list[str], zones: list[str], problems: list[str]) -> None:
    with pytest.raises(InvalidSettings) as refused:
        read_places(lines, [], zones)
    assert len(refused.value.problems) == len(problems)
    for problem, expected in zip(refused.value.problems, problems, strict=True):
        assert expected in str(problem)
