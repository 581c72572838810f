"""The vault from the command line, on a computer without a keyring."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from camwatch.auth.secrets import SERVICE, SecretStore
from camwatch.auth.vault import Vault, VaultState
from camwatch.cli.doctor import examine
from camwatch.commands.operator_desk import second_factor_entry
from camwatch.data.engine import Database
from camwatch.domain import Secret
from camwatch.paths import Profile, bundled_models

RIGHT = "canary: seven grey geese over the fen"
OTHER = "canary: nine brown hens under a hedge"
PASSWORD = "canary of the gate"


class Shell:
    """The real program in a process of its own, without D-Bus and without a terminal."""

    def __init__(self, folder: Path) -> None:
        self.profile = Profile(folder / "profile")
        self.environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "XDG_STATE_HOME": str(folder / "state"),
            "PYTHONPATH": os.pathsep.join(sys.path),
        }

    def run(self, *words: str, lines: str = "", stdin: str = "") -> tuple[int, str, str]:
        """Run it; `lines` are what descriptor N holds, where N stands among the words."""
        reading, writing = os.pipe()
        os.write(writing, lines.encode())
        os.close(writing)
        try:
            done = subprocess.run(
                [
                    *(sys.executable, "-m", "camwatch"),
                    *(str(reading) if word == "N" else word for word in words),
                    *("--profile", str(self.profile.folder)),
                ],
                env=self.environ,
                input=stdin,
                pass_fds=(reading,),
                capture_output=True,
                text=True,
                timeout=120,
                check=False,
            )
        finally:
            os.close(reading)
        assert "canary" not in done.stdout + done.stderr
        return done.returncode, done.stdout, done.stderr

    def add(self, name: str, *words: str, lines: str = "", stdin: str = "") -> tuple[int, str, str]:
        return self.run(
            *("cameras", "add", "http://op@10.0.0.7/a.jpg", "--name", name, "--location", "Yard"),
            *words,
            lines=lines,
            stdin=stdin,
        )


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


@pytest.mark.fault("F90")
def test_from_no_keyring_to_a_camera_whose_password_is_in_the_vault(shell: Shell) -> None:
    code, _, err = shell.add("Gate", stdin=f"{PASSWORD}\n")
    assert code == 1
    assert "make a vault" in err
    assert json.loads(shell.run("vault", "status", "--json")[1]) == {"vault": None}

    code, out, err = shell.run("vault", "create", "--vault-fd", "N", lines=f"{RIGHT}\n")
    assert (code, err) == (0, "")
    assert "nobody can find it out" in out
    assert shell.profile.vault_file.stat().st_mode & 0o777 == 0o600

    code, _, err = shell.add("Gate", stdin=f"{PASSWORD}\n")
    assert code == 2
    assert "--vault-fd" in err
    code, _, err = shell.add("Gate", "--vault-fd", "N", lines=f"{OTHER}\n", stdin=f"{PASSWORD}\n")
    assert code == 1
    assert "passphrase of the vault is wrong" in err
    both = f"{RIGHT}\n{PASSWORD}\n"
    code, _, err = shell.add("Gate", "--vault-fd", "N", "--password-fd", "N", lines=both)
    assert (code, err) == (0, "")

    vault = Vault(shell.profile.vault_file)
    vault.unlock(Secret(RIGHT))
    store = SecretStore(vault=vault)
    with Database.open(shell.profile.database_file) as database:
        (camera,) = database.cameras.all()
        actions = [entry.action for entry in database.audit.newest()]
    assert store.get(camera.uid) == Secret(PASSWORD)
    assert actions[1] == "create_vault"
    assert actions[0].startswith("add_camera")
    assert len(actions) == 2

    changing = f"{RIGHT}\n{OTHER}\n"
    code, _, err = shell.run("vault", "change", "--vault-fd", "N", lines=changing)
    assert (code, err) == (0, "")
    vault.lock()
    vault.unlock(Secret(OTHER))
    assert store.get(camera.uid) == Secret(PASSWORD)
    code, _, err = shell.run("cameras", "remove", "Gate", "--vault-fd", "N", lines=f"{OTHER}\n")
    assert (code, err) == (0, "")
    assert store.get(camera.uid) is None
    store.close()

    code, out, err = shell.run("audit", "verify", "--json")
    assert (code, err, json.loads(out)["why"]) == (2, "", "no_keyring")
    code, out, err = shell.run("audit", "verify", "--vault-fd", "N", lines=f"{OTHER}\n")
    assert (code, err) == (0, "")
    assert out.startswith("Sound: 4 entries")
    code, _, err = shell.run("audit", "verify", "--vault-fd", "N", lines=f"{RIGHT}\n")
    assert code == 2
    assert "passphrase of the vault is wrong" in err


def test_what_needs_no_password_needs_no_passphrase(shell: Shell) -> None:
    shell.run("vault", "create", "--vault-fd", "N", lines=f"{RIGHT}\n")
    code, _, err = shell.run(
        *("cameras", "add", "http://10.0.0.7/a.jpg", "--name", "Gate", "--location", "Yard")
    )
    assert (code, err) == (0, "")
    assert shell.run("cameras", "export")[0] == 0


@pytest.mark.parametrize(
    ("words", "lines", "says"),
    [
        (("create", "--vault-fd", "N"), "short\n", "at least 15"),
        (("create", "--vault-fd", "N"), "", "is needed"),
        (("create", "--vault-fd", "999"), "", "cannot be read"),
        (("create",), "", "no terminal"),
    ],
)
def test_a_bad_passphrase_makes_no_vault(
    shell: Shell, words: tuple[str, ...], lines: str, says: str
) -> None:
    code, _, err = shell.run("vault", *words, lines=lines)
    assert code == 2
    assert says in err
    assert not shell.profile.vault_file.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="needs a terminal of POSIX")
def test_at_a_terminal_the_passphrase_is_asked_for_and_not_shown(shell: Shell) -> None:
    shell.profile.create()
    code, shown = at_terminal(shell, ["vault", "create"], [RIGHT, OTHER])
    assert code == 2
    assert "was not the same both times" in shown
    code, shown = at_terminal(shell, ["vault", "create"], [RIGHT, RIGHT])
    assert (code, "canary" in shown) == (0, False)
    assert "Once more: " in shown
    code, shown = at_terminal(shell, ["vault", "change"], [RIGHT, OTHER, OTHER])
    assert (code, "canary" in shown) == (0, False)
    Vault(shell.profile.vault_file).unlock(Secret(OTHER))


def at_terminal(shell: Shell, words: list[str], answers: list[str]) -> tuple[int, str]:
    """Run the program at a terminal of its own; type an answer for each question."""
    import pty  # noqa: PLC0415 - POSIX only

    command = [sys.executable, "-m", "camwatch", *words, "--profile", str(shell.profile.folder)]
    child, terminal = pty.fork()
    if child == 0:
        os.execve(sys.executable, command, shell.environ)
    shown, typed = b"", 0
    while True:
        try:
            part = os.read(terminal, 4096)
        except OSError:  # so a terminal ends on Linux
            break
        if not part:
            break
        shown += part
        if typed < min(shown.count(b": "), len(answers)):
            os.write(terminal, answers[typed].encode() + b"\n")
            typed += 1
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), shown.decode()


@pytest.mark.fault("F119")
def test_the_doctor_looks_at_the_vault(shell: Shell) -> None:
    shell.profile.create()
    file = shell.profile.vault_file
    Vault(file).create(Secret(RIGHT))
    assert Vault(file).state is VaultState.LOCKED
    found = examine(shell.profile, bundled_models())["keyring"]
    assert (found.status, str(file) in found.message) == ("ok", True)
    file.chmod(0o644)
    found = examine(shell.profile, bundled_models())["keyring"]
    assert (found.status, str(file) in found.message) == ("failed", True)
    code, _, err = shell.run("vault", "status")
    assert code == 1
    assert str(file) in err


def test_a_user_who_lost_the_device_leaves_nothing_of_it_in_the_vault(shell: Shell) -> None:
    shell.run("vault", "create", "--vault-fd", "N", lines=f"{RIGHT}\n")
    for name in ("boss", "anna", "omar"):
        role = () if name == "boss" else ("--role", "viewer")
        assert shell.run("users", "add", name, *role, stdin="brown kettle sings\n")[0] == 0
    vault = Vault(shell.profile.vault_file)
    vault.unlock(Secret(RIGHT))
    entries = {}
    with Database.open(shell.profile.database_file) as database:
        for user in database.operators.all():
            entries[user.name] = second_factor_entry(user)
            database.second_factors.switch_on(user.id, 1, [])
            vault.set_password(SERVICE, entries[user.name], "JBSWY3DPEHPK3PXP")

    reset, remove = ("users", "reset-second-factor"), ("users", "remove")
    code, _, err = shell.run(*reset, "anna", "--vault-fd", "N", lines=f"{OTHER}\n")
    assert code == 1
    assert "passphrase of the vault is wrong" in err
    assert shell.run(*reset, "anna", "--vault-fd", "N", lines=f"{RIGHT}\n")[0] == 0
    assert shell.run(*remove, "omar", "--vault-fd", "N", lines=f"{RIGHT}\n")[0] == 0
    assert [name for name in entries if vault.get_password(SERVICE, entries[name])] == ["boss"]
    # Who forgot the passphrase still lets the administrator in.
    assert shell.run(*reset, "boss")[0] == 0
    with Database.open(shell.profile.database_file) as database:
        assert not any(user.has_second_factor for user in database.operators.all())
    assert shell.run("audit", "verify", "--vault-fd", "N", lines=f"{RIGHT}\n")[0] == 0
