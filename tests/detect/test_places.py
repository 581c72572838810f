from __future__ import annotations

import pytest

from camwatch.cli.places import read_places
from camwatch.errors import InvalidSettings


def test_lines_and_zones_are_read() -> None:
    lines, zones = read_places(
        ["door:0.5,0,0.5,1", "in: back :0,.25,1,2.5e-1"],
        ["queue:0,0;1,0;1,1", "all:0,0;0,1;1,1;1,0"],
    )
    assert [(line.name, line.start, line.end) for line in lines] == [
        ("door", (0.5, 0.0), (0.5, 1.0)),
        ("in: back", (0.0, 0.25), (1.0, 0.25)),
    ]
    assert [(zone.name, len(zone.points)) for zone in zones] == [("queue", 3), ("all", 4)]
    assert read_places([], []) == ([], [])


def test_a_line_and_a_zone_may_share_a_name() -> None:
    lines, zones = read_places(["door:0.5,0,0.5,1"], ["door:0,0;1,0;1,1"])
    assert lines[0].name == zones[0].name


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
        read_places(lines, zones)
    assert len(refused.value.problems) == len(problems)
    for problem, expected in zip(refused.value.problems, problems, strict=True):
        assert expected in str(problem)
