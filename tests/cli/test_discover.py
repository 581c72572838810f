"""`camwatch cameras discover`."""

from __future__ import annotations

import argparse
import io
import json

import pytest

from camwatch.cli import discover
from camwatch.config import PASSWORD_VARIABLE
from tests.support.onvif_device import PASSWORD, USERNAME, OnvifDevice


def run(*arguments: str) -> int:
    """Carry a command line out, as `camwatch cameras` does."""
    parser = argparse.ArgumentParser()
    discover.add_parser(parser.add_subparsers())
    parsed = parser.parse_args(["discover", *arguments])
    return int(parsed.run(parsed))


def here(device: OnvifDevice) -> list[str]:
    return ["--network", "127.0.0.1", "--port", str(device.port), "--allow-local"]


def test_what_is_found_is_told_as_json_without_the_password(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\nmore\n"))
    with OnvifDevice("token") as device:
        assert run(*here(device), "--user", USERNAME, "--json") == 0
    out = capsys.readouterr().out
    answer = json.loads(out)
    assert answer["is_whole"]
    (found,) = answer["found"]
    assert (found["make"], found["has_picture"], found["needs_sign_in"]) == ("AXIS", True, False)
    assert found["stream_path"] == "/sub0?a=1&b=2"
    assert PASSWORD not in out


def test_the_password_can_be_in_a_variable(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PASSWORD_VARIABLE, "wrong")
    with OnvifDevice("digest") as device:
        assert run(*here(device), "--user", USERNAME) == 0
    line, end = capsys.readouterr().out.splitlines()
    assert line.startswith(f"http://127.0.0.1:{device.port}")
    assert line.endswith("wants a sign-in")
    assert end == "1 camera found."
    assert device.wrong_tries == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--network", "8.8.8.0/24"], "belongs to the Internet"),
        (["--network", "10.0.0.0/8"], "search it in parts"),
        (["--network", "10.0.0.1", "--port", "0"], "ports"),
    ],
)
def test_what_may_not_be_searched_is_bad_usage(
    capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    assert run(*arguments) == 2
    assert words in capsys.readouterr().err
