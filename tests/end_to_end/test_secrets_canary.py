"""No secret of a real run, with errors, is in any file, argument or variable (invariant I5).

A secret that another part of the program brings joins with `Canaries.new` or `Canaries.add` and
a step between `begin` and `end`.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from camwatch.cli.camera_desk import ACTOR
from camwatch.paths import Profile
from tests.cameras.conftest import videos
from tests.cameras.test_sign_in import digest_parts, expected_response, header
from tests.support import onvif_device
from tests.support.canaries import Canaries
from tests.support.fault_camera import FaultCamera, answer, by_request, jpeg
from tests.support.onvif_device import OnvifDevice
from tests.support.screen import MAIN_WINDOW, Screen, missing_tools, wait_until

__all__ = ["videos"]

pytestmark = [
    pytest.mark.end_to_end,
    pytest.mark.skipif(bool(missing_tools()), reason=f"not installed: {missing_tools()}"),
    pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs Linux's /proc"),
]

ROOT = Path(__file__).resolve().parents[2]
SYSTEM_PYTHON = "/usr/bin/python3"
RTSP_SERVER = ROOT / "tests" / "support" / "rtsp_server.py"
OPERATOR = "olga"

# The real program with a bug: it tells a password in the text of an error that nobody catches.
PROGRAM = """
import sys, threading
from camwatch import camera_room as app
make_reader = app.password_reader
def make_broken(secrets):
    reading = make_reader(secrets)
    def broken(camera):
        secret = reading(camera)
        if camera.name == "Bug" and secret is not None:
            def crash():
                raise RuntimeError(f"the password is {secret.reveal()}")
            threading.Thread(target=crash).start()
            raise RuntimeError(f"the password is {secret.reveal()}")
        return secret
    return broken
app.password_reader = make_broken
from camwatch import cli
sys.exit(cli.run())
"""


class Run:
    """The program on a computer without a keyring; all that it leaves is in one folder.

    Attributes:
        canaries: The secrets.
        home: The folder.
        said: What the program said on its outputs.
        shown: Where a process showed a secret to others.
    """

    def __init__(self, home: Path, screen: Screen) -> None:
        self.canaries = Canaries()
        self.home = home
        self.profile = Profile(home / "profile")
        self.said = b""
        self.shown: dict[str, list[str]] = {}
        self._screen = screen
        temporary = home / "tmp"
        temporary.mkdir(parents=True)
        self.environment = {
            **screen.environment,
            # Held-back room is 64 MiB of nothing, which would be searched in six forms.
            "CAMWATCH_HISTORY_RESERVE_MIB": "0",
            "HOME": str(home),
            "TMPDIR": str(temporary),
            "XDG_STATE_HOME": str(home / "state"),
            "XDG_CACHE_HOME": str(home / "cache"),
            "XDG_RUNTIME_DIR": str(temporary),
            "PYTHONPATH": str(ROOT),
        }
        self._program: subprocess.Popen[bytes] | None = None

    # ------------------------------------------------------------ the command line

    def command(self, *words: str, lines: str = "", stdin: bytes = b"", code: int = 0) -> bytes:
        """Run a command; `lines` are what descriptor N holds, where N stands among the words."""
        reading, writing = os.pipe()
        os.write(writing, lines.encode())
        os.close(writing)
        done = subprocess.run(
            [
                *(sys.executable, "-m", "camwatch"),
                *(str(reading) if word == "N" else word for word in words),
                *("--profile", str(self.profile.folder)),
            ],
            env=self.environment,
            input=stdin,
            pass_fds=(reading,),
            capture_output=True,
            timeout=120,
            check=False,
        )
        os.close(reading)
        self.said += done.stdout + done.stderr
        assert done.returncode == code, done.stderr.decode()
        return done.stdout

    # ------------------------------------------------------------ the window

    @contextmanager
    def window(self) -> Iterator[subprocess.Popen[bytes]]:
        """Run the program with its window; look all the time at what its processes show."""
        program = self._program = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, "--profile", str(self.profile.folder)],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        is_over = threading.Event()

        def look() -> None:
            while not is_over.wait(0.2) and program.poll() is None:
                self.shown |= self.canaries.in_processes(program.pid)

        looking = threading.Thread(target=look)
        looking.start()
        try:
            yield program
            said, _ = program.communicate(timeout=40)
            self.said += said
        finally:
            is_over.set()
            looking.join()
            program.kill()
            program.wait()

    def unlock(self, *passphrases: str) -> None:
        """Type passphrases into the vault's dialog; all but the last are wrong."""
        self._screen.wait_for_window("unlock the vault")
        for number, passphrase in enumerate(passphrases, 1):
            before = self.count("action = 'unlock_vault'")
            self._screen.type(passphrase)
            self._screen.press("Return")
            wait_until(
                lambda before=before: self.count("action = 'unlock_vault'") > before,  # type: ignore[misc]
                f"passphrase {number}",
            )

    def sign_in(self, name: str, password: str, *, is_right: bool) -> None:
        """Fill in the window for signing in, from wherever the keyboard is."""
        before = self.count("action = 'sign_in'")
        self._screen.wait_for_window("sign in")
        self._screen.press("alt+u", "ctrl+a")
        self._screen.type(name)
        self._screen.press("alt+p", "ctrl+a")
        self._screen.type(password)
        self._screen.press("Return")
        wait_until(lambda: self.count("action = 'sign_in'") > before, "the sign-in", 40)
        if is_right:
            self._screen.wait_for_window(MAIN_WINDOW)

    def count(self, what: str) -> int:
        """Count entries of the audit log."""
        file = f"file:{self.profile.database_file}?mode=ro"
        with closing(sqlite3.connect(file, uri=True)) as history:
            return int(history.execute(f"SELECT count(*) FROM audit WHERE {what}").fetchone()[0])

    # ------------------------------------------------------------ the end

    def leaks(self) -> dict[str, list[str]]:
        """Return where which secret is found: files, outputs, arguments, variables."""
        found = self.canaries.in_files([self.home])
        if said := self.canaries.in_bytes(self.said):
            found["output"] = said
        return found | self.shown


class Cameras:
    """Real servers on loopback that let in whoever knows the password.

    Attributes:
        table: The cameras as a CSV file, with their passwords.
        let_in: How often each let somebody in.
    """

    def __init__(self, stack: ExitStack, canaries: Canaries, folder: Path) -> None:
        self.let_in = {"Basic": 0, "Digest": 0}
        self.guesses = 0
        columns = "name,location,address,username,password,interval_s,allow_local,allow_basic"
        rows = [f"{columns},onvif_scheme,onvif_port"]

        def add(name: str, address: str, password: str, more: str = ",") -> None:
            rows.append(f"{name},Yard,{address},op,{password},0.5,yes,yes,{more}")

        def serve(name: str, is_right: object) -> str:
            def reply(head: str) -> bytes:
                assert callable(is_right)
                challenge = 'Basic realm="c"' if name != "Digest" else 'Digest realm="c", nonce="n"'
                if not is_right(head):
                    return answer(b"", f"WWW-Authenticate: {challenge}", status="401 No")
                self.let_in[name] = self.let_in.get(name, 0) + 1
                return answer(jpeg(self.let_in[name]))

            source = stack.enter_context(FaultCamera(by_request(reply)))
            return f"http://127.0.0.1:{source.port}/a.jpg"

        def knows_basic(password: str) -> object:
            token = b64encode(f"op:{password}".encode()).decode()
            return lambda head: f"Authorization: Basic {token}" in head

        basic, digest = canaries.new("camera, Basic"), canaries.new("camera, Digest")

        def knows_digest(head: str) -> bool:
            authorization = header(head, "Authorization")
            if authorization is None:
                return False
            parts = digest_parts(authorization)
            return parts["response"] == expected_response(parts, "op", digest)

        def never(head: str) -> bool:
            self.guesses += "Authorization" in head
            return False

        add("Basic", serve("Basic", knows_basic(basic)), basic)
        add("Digest", serve("Digest", knows_digest), digest)
        add("Refused", serve("Refused", never), canaries.new("camera, refused"))
        add("Dead", "http://127.0.0.1:1/a.jpg", canaries.new("camera, dead"))
        add("Bug", "http://127.0.0.1:1/b.jpg", canaries.new("camera, with a bug"))
        self.device = stack.enter_context(OnvifDevice("token"))
        port = self.device.port
        more = f"http,{port}"
        add("A turning one", f"http://127.0.0.1:{port}/snap.jpg", onvif_device.PASSWORD, more)
        self.rtsp = self._rtsp(stack, canaries.new("camera, RTSP"), folder, add)
        self.table = "\n".join(rows).replace(
            f"snap.jpg,op,{onvif_device.PASSWORD}",
            f"snap.jpg,{onvif_device.USERNAME},{onvif_device.PASSWORD}",
        )

    @staticmethod
    def _rtsp(stack: ExitStack, password: str, folder: Path, add: object) -> bool:
        """Start GStreamer's server where there is one; return whether there is."""
        probe = "import gi; gi.require_version('GstRtspServer', '1.0')"
        if subprocess.run(
            [SYSTEM_PYTHON, "-c", probe], check=False, capture_output=True
        ).returncode:
            return False
        port = free_port()
        mount = f"/h264={folder / 'h264'}.mp4:h264"
        server = subprocess.Popen(
            [SYSTEM_PYTHON, str(RTSP_SERVER), str(port), mount, "--user", "op"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        stack.callback(_end, server)
        assert server.stdin is not None
        assert server.stdout is not None
        server.stdin.write(f"{password}\n".encode())
        server.stdin.close()
        assert b"ready" in server.stdout.readline()
        assert callable(add)
        add("Stream", f"rtsp://127.0.0.1:{port}/h264", password)
        return True


def _end(server: subprocess.Popen[bytes]) -> None:
    server.kill()
    server.wait(10)
    if server.stdout is not None:
        server.stdout.close()


def test_no_secret_is_left_anywhere(
    screen: Screen, tmp_path: Path, videos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Run(tmp_path / "home", screen)
    new = run.canaries.new
    monkeypatch.setattr(onvif_device, "PASSWORD", new("camera, ONVIF"))
    passphrase, later = new("passphrase"), new("passphrase, changed")
    operator = new("operator")
    with ExitStack() as stack:
        cameras = Cameras(stack, run.canaries, videos)
        table = cameras.table.encode()
        # Without a keyring and without a vault, nothing is kept.
        run.command("cameras", "import", "-", stdin=table, code=1)
        run.command("vault", "create", "--vault-fd", "N", lines=f"{passphrase}\n")
        wrong = f"{new('passphrase, wrong')}\n"
        run.command("cameras", "import", "-", "--vault-fd", "N", lines=wrong, stdin=table, code=1)
        lines = f"{passphrase}\n"
        run.command("cameras", "import", "-", "--vault-fd", "N", lines=lines, stdin=table)

        with run.window():
            run.unlock(new("passphrase, wrong in the window"), passphrase)
            screen.wait_for_window("first start")
            for text in (OPERATOR, operator):
                screen.type(text)
                screen.press("Tab")
            screen.press("Tab")
            screen.type(operator)
            screen.press("Return")
            window = screen.wait_for_window(MAIN_WINDOW)
            wait_until(lambda: min(cameras.let_in.values()) >= 3, "pictures", 60)
            wait_until(lambda: cameras.guesses >= 2, "two refused passwords", 60)
            if cameras.rtsp:
                wait_until(lambda: _has_child(run), "the process that reads the stream", 60)
            screen.press("Return")  # look closely at the first camera, which can be turned
            wait_until(lambda: cameras.device.sign_ins > 0, "a sign-in with ONVIF", 60)
            screen.picture("running")
            screen.press("Escape")
            screen.close(window)

        changing = f"{passphrase}\n{later}\n"
        run.command("vault", "change", "--vault-fd", "N", lines=changing)
        with run.window() as program:
            run.unlock(later)
            run.sign_in(OPERATOR, new("operator, wrong"), is_right=False)
            run.sign_in(new("operator, in the name"), new("operator, too"), is_right=False)
            run.sign_in(OPERATOR, operator, is_right=True)
            seen = dict(cameras.let_in)
            wait_until(lambda: cameras.let_in["Digest"] > seen["Digest"], "pictures", 60)
            program.send_signal(signal.SIGABRT)  # its threads' stacks go into the crash log

    run.command("cameras", "export", str(run.home / "cameras.csv"))
    run.command("cameras", "list", "--json")
    run.command("doctor", "--json")
    run.profile.settings_file.write_text("[cameras\ninterval_s = oops")
    run.command("cameras", "list", code=2)

    # The run was what it should have been.
    assert run.count("action = 'unlock_vault' AND result = 'failed'") >= 1
    assert run.count("action = 'sign_in' AND result = 'failed'") == 2
    assert run.count(f"action = 'import_cameras' AND actor = '{ACTOR}'") >= 1
    logged = b"".join(file.read_bytes() for file in run.profile.log_file.parent.iterdir())
    assert b"the password is ***" in logged  # the bug, twice
    assert b"Fatal Python error: Aborted" in logged
    assert (run.profile.folder / "camwatch.sqlite3-wal").exists()
    assert b"Digest" in (run.home / "cameras.csv").read_bytes()
    assert run.leaks() == {}

    # The search would have found each of them: in a file, an argument, a variable.
    for name, secret in run.canaries.made.items():
        planted = run.home / "planted"
        for data in (secret.encode(), secret.encode("utf-16"), b64encode(f"op:{secret}".encode())):
            planted.write_bytes(b"before" + data + b"behind")
            assert run.leaks() == {str(planted): [name]}
        planted.unlink()
    assert run.leaks() == {}
    for arguments, variables in (([operator], {}), ([], {"PASSWORD": operator})):
        sleeper = subprocess.Popen(
            [sys.executable, "-c", "input()", *arguments],
            env={**os.environ, **variables},
            stdin=subprocess.PIPE,
        )
        found = run.canaries.in_processes(os.getpid())
        sleeper.communicate(b"\n")
        what = "cmdline" if arguments else "environ"
        assert found == {f"{sleeper.pid}/{what}": ["operator"]}


def _has_child(run: Run) -> bool:
    import psutil  # noqa: PLC0415

    assert run._program is not None
    return bool(psutil.Process(run._program.pid).children(recursive=True))


def free_port() -> int:
    import socket  # noqa: PLC0415

    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
