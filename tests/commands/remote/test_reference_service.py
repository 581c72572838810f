"""The reference login service, run by hand."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from camwatch.auth.remote.service import LoginService as Client
from camwatch.config import RemoteLogin
from camwatch.errors import BadCredentials
from tests.support.login_tokens import KeyKind

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("kind", [KeyKind.RS256, KeyKind.NONE])
def test_it_says_how_to_reach_it_and_does_what_it_is_told(tmp_path: Path, kind: KeyKind) -> None:
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "tests.support.login_service", "--keys", kind.value]
    with subprocess.Popen(
        [*command, "--folder", str(tmp_path)],
        cwd=ROOT,
        env=environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None

        def read_until(text: str) -> str:
            found = ""
            assert process.stdout is not None
            while text not in found:
                line = process.stdout.readline()
                assert line, found
                found += line
            return found

        def tell(line: str) -> None:
            assert process.stdin is not None
            process.stdin.write(f"{line}\n")
            process.stdin.flush()
            read_until("done")

        said = read_until("quit")
        facts = dict(re.findall(r"^(address|authority): (.*)$", said, re.MULTILINE))
        password = re.search(r"lena .*password: (.*?)   ", said)
        assert password is not None
        client = Client(RemoteLogin(url=facts["address"], ca_file=facts["authority"]))
        client.login("lena", password[1])
        tell("disable lena")
        with pytest.raises(BadCredentials):
            client.login("lena", password[1])
        tell("enable lena")
        client.login("lena", password[1])
        process.stdin.write("quit\n")
        process.stdin.flush()
        assert process.wait(30) == 0
