"""What support gets: everything that helps, and not one secret."""

from __future__ import annotations

import argparse
import base64
import html
import json
import zipfile
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from camwatch import logs
from camwatch.alerts.people import Recipient
from camwatch.alerts.settings import Channel, WebhookSettings
from camwatch.auth.secrets import SecretStore
from camwatch.cli import doctor
from camwatch.commands.diagnostics import Source, known_of, make_bundle, thread_text
from camwatch.commands.masking import Masker
from camwatch.data.engine import Database
from camwatch.domain import Secret
from camwatch.paths import Profile
from tests.auth.keyrings import MemoryKeyring
from tests.commands.values import settings

CAMERA = 'p@ss/w:rd "&<ü>\\ 100%'
WEBHOOK = "whsec-Zx9/+=kühl"
SMTP = "smtp pass#word'1"
SERVER = "pg$ecret?&x=1"
UNKNOWN = "never-in-any-keyring-77"
TOKEN = "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJhbm5hIn0.c2lnbmF0dXJl"
LONG = "Ab3dEf6hIj9lMn2pQr5tUv8xYz1"


def ways(secret: str) -> set[str]:
    """Return how a secret can stand in a text."""
    return {
        secret,
        quote(secret, safe=""),
        quote_plus(secret),
        html.escape(secret),
        json.dumps(secret)[1:-1],
        repr(secret)[1:-1],
        base64.b64encode(secret.encode()).decode(),
    }


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    made = Profile(tmp_path / "profile")
    made.create()
    made.settings_file.write_text(
        f'[history]\nserver_user = "{UNKNOWN}"\n[updates]\naddress = "https://u.example/?k={LONG}"\n',
        encoding="utf-8",
    )
    lines = [
        f"GET rtsp://admin:{UNKNOWN}/with/slashes@10.0.0.7:554/live failed",
        f"GET http://10.0.0.7/snap.cgi?user=admin&pwd={UNKNOWN}&x=1 failed",
        f"POST /snap.cgi?usr=a&password={UNKNOWN}",
        f"Authorization: Bearer {TOKEN}",
        f'{{"smtp_password": "{UNKNOWN} and blanks", "x": 1}}',
        f"SMTP_PASSWORD={UNKNOWN} and blanks",
        f"a header X-Thing {TOKEN} and {LONG}",
        "Anna Example <anna@site.example> +4930123456 was told; operator berta signed in",
        f"fingerprint {'ab' * 32}",
    ]
    for one in (CAMERA, WEBHOOK, SMTP, SERVER):
        lines += [f"said {way} by mistake" for way in sorted(ways(one))]
    # Past the log's own rules, as an older version or a library may have written it.
    made.log_file.write_text("\n".join(lines) + "\nthe last line\n", encoding="utf-8")
    (made.log_file.parent / "crash.log").write_text(f"Fatal {CAMERA}\n", encoding="utf-8")
    return made


def text_of(file: Path) -> str:
    """Return names and contents of a zip file, raw and unpacked."""
    with zipfile.ZipFile(file) as archive:
        parts = [one.filename + archive.read(one).decode() for one in archive.infolist()]
    return "\n".join(parts) + file.read_bytes().decode("latin-1")


def test_no_secret_that_is_anywhere_gets_into_the_file(
    profile: Profile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "_known_secrets", set())
    keyring = MemoryKeyring()
    secrets = SecretStore(lambda: keyring)
    with Database.open(profile.database_file) as database:
        camera = database.cameras.add(settings("Gate", username="admin"))
        database.operators.add("berta", "viewer", "hash-of-nothing")
        with database.alert_setup.changing() as book:
            channel = book.channels.put(Channel("", "Wall", WebhookSettings("https://b.example/")))
            book.recipients.put(Recipient("", "Anna Example", "anna@site.example", "+4930123456"))
        for uid, one in ((camera.uid, CAMERA), (channel.uid, WEBHOOK), ("database-server", SERVER)):
            secrets.put(uid, Secret(one))
        logs.hide(SMTP)
        known = known_of(database, secrets)
        assert known.note == ""
        source = Source(profile, f"health {CAMERA}", thread_text(), database, "", known)
        bundle = make_bundle(source)
        named = make_bundle(source, with_names=True)
    secrets.close()
    file = tmp_path / "bundle.zip"
    bundle.write(file)
    found = text_of(file)
    for one in (CAMERA, WEBHOOK, SERVER):
        assert not [way for way in ways(one) if way in found]
    for one in (SMTP, UNKNOWN, TOKEN, LONG, "ab" * 32):
        assert one not in found
    for one in ("Anna Example", "anna@site", "4930123456", "berta"):
        assert one not in found
    # It is of use all the same, and says how much is hidden.
    assert "the last line" in found
    assert "rtsp://***@10.0.0.7:554/live failed" in found
    assert "user: 1 rows" in found
    assert "MainThread" in found
    log = next(one for one in bundle.files if one.name == "logs/camwatch.log")
    assert log.masked >= 30
    # Ticked, people's names stay, but no secret does.
    kept = "".join(one.text for one in named.files)
    assert "Anna Example <anna@site.example>" in kept
    assert UNKNOWN not in kept
    # Pictures, the history itself and the vault are no part of it.
    assert {Path(one.name).suffix for one in bundle.files} == {".txt", ".log"}
    assert file.stat().st_mode & 0o077 == 0
    left = bundle.without({"logs/camwatch.log"})
    assert "logs/camwatch.log" not in {one.name for one in left.files}


@pytest.mark.expects_warning
def test_a_keyring_that_does_not_answer_is_told_of(profile: Profile) -> None:
    keyring = MemoryKeyring()
    keyring.is_locked = True
    secrets = SecretStore(lambda: keyring)
    with Database.open(profile.database_file) as database:
        database.cameras.add(settings("Gate", username="admin"))
        known = known_of(database, secrets)
    secrets.close()
    assert "could not be asked" in known.note
    assert make_bundle(Source(profile, "", known=known)).note == known.note


@pytest.mark.usefixtures("no_keyring")
def test_the_doctor_writes_it_too(
    profile: Profile, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Database.open(profile.database_file):
        pass
    file = tmp_path / "from-doctor.zip"
    asked = argparse.Namespace(profile=str(profile.folder), json=True, bundle=str(file))
    doctor.run(asked)
    printed = capsys.readouterr()
    assert json.loads(printed.out)["status"] in {"healthy", "unhealthy"}
    assert str(file) in printed.err
    found = text_of(file)
    assert "ai_model" in found
    assert UNKNOWN not in found
    asked.bundle = str(tmp_path / "no such folder" / "x.zip")
    assert doctor.run(asked) == 1
    assert "cannot be written" in capsys.readouterr().err


def test_ordinary_texts_stay_as_they_are() -> None:
    text = (
        "2026-07-01 12:00:00.123 INFO    poller camwatch.cameras.polling: camera 3 is live\n"
        '  File "/opt/camwatch/camwatch/workers/base.py", line 70, in run\n'
        "unforeseen error in poller [0f3b9c1e-7d5a-4a43-9c55-0c2f6a1f9d11]\n"
        "GET https://10.0.0.7:8443/picture.jpg 200\n"
    )
    assert Masker([]).mask(text) == (text, 0)
    assert replace(Source(Profile(Path("x")), "")).threads == ""
