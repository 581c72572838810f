"""Certificates of real servers: which are believed, and that nothing is told to the others."""

from __future__ import annotations

import asyncio
import logging
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from camwatch.cameras.answers import RedirectError
from camwatch.cameras.connections import asking, open_session
from camwatch.cameras.pinning import (
    CertificateError,
    CertificateFacts,
    check_peer,
    facts_of,
    grouped,
    notices_of,
    pinned_context,
    short,
    ssl_context_for,
)
from camwatch.cameras.trial import test_connection as try_camera
from camwatch.domain import CameraSettings, Notice, Reason, Secret
from camwatch.errors import CameraError
from tests.cameras.asking import PATIENT, QUICK, failure, poll, snapshot
from tests.support.fault_camera import answer, jpeg
from tests.support.tls_camera import Certificate, TlsCamera, certificate

PASSWORD = "canary-Zq81-never-sent"
OURS = certificate("ours")
THEIRS = certificate("theirs")
EXPIRED = certificate("old", ends=timedelta(days=-3))


def sign_in(camera: TlsCamera, **changes: object) -> CameraSettings:
    """Return settings that would send the password with the first request."""
    return camera.settings(username="operator", allow_basic=True, **changes)


@pytest.mark.fault("F38")
def test_a_certificate_nobody_vouches_for_is_named_and_told_nothing() -> None:
    with TlsCamera(OURS) as camera:
        error = failure(sign_in(camera), PASSWORD)
        result = try_camera(sign_in(camera), Secret(PASSWORD), PATIENT)
    assert isinstance(error, CertificateError)
    assert error.reason is Reason.CERTIFICATE_UNKNOWN
    assert error.detail == f"self-signed certificate; SHA-256 {short(OURS.fingerprint)}"
    facts = error.certificate
    assert (facts.fingerprint, facts.subject, facts.issuer) == (OURS.fingerprint, "ours", "ours")
    assert facts.is_self_signed
    assert facts.not_after is not None
    assert facts.not_after > datetime.now(UTC) + timedelta(days=29)
    assert (result.reason, result.certificate) == (Reason.CERTIFICATE_UNKNOWN, facts)
    assert camera.received == b""


@pytest.mark.fault("F38")
def test_the_log_has_the_whole_fingerprint_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "camwatch")
    with TlsCamera(OURS) as camera:
        poll(camera.settings(), times=3)
    lines = [one for one in caplog.messages if grouped(OURS.fingerprint) in one]
    assert len(lines) == 1


def test_a_pinned_certificate_gives_pictures_over_one_kept_connection() -> None:
    with TlsCamera(OURS) as camera:
        settings = camera.settings(pin=OURS.fingerprint)
        assert poll(settings, times=3) == [jpeg(1)] * 3
        assert camera.connections == 1
        result = try_camera(settings, None, PATIENT)
    assert result.is_ok
    assert result.certificate is not None
    assert result.certificate.fingerprint == OURS.fingerprint


@pytest.mark.fault("F39")
def test_a_changed_certificate_is_told_nothing_not_even_a_request() -> None:
    with TlsCamera(THEIRS) as camera:
        settings = sign_in(camera, pin=OURS.fingerprint)
        error = failure(settings, PASSWORD)
        result = try_camera(settings, Secret(PASSWORD), PATIENT)
        assert camera.connections == 2
        assert camera.received == b""
    assert error.reason is Reason.CERTIFICATE_CHANGED
    assert short(OURS.fingerprint) in error.detail
    assert short(THEIRS.fingerprint) in error.detail
    assert result.reason is Reason.CERTIFICATE_CHANGED
    assert result.certificate is not None
    assert result.certificate.fingerprint == THEIRS.fingerprint


@pytest.mark.fault("F39")
def test_what_a_trusted_authority_signed_does_not_replace_the_pin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pin stands for this one certificate; that another one is sound does not matter."""
    trusted = tmp_path / "trusted.pem"
    trusted.write_bytes(THEIRS.pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    with TlsCamera(THEIRS) as camera:
        assert snapshot(camera.settings()) == jpeg(1)
        error = failure(camera.settings(pin=OURS.fingerprint))
    assert error.reason is Reason.CERTIFICATE_CHANGED


def test_connections_of_two_pins_do_not_mix() -> None:
    """Two cameras behind one address: the one's open connection is not the other's."""
    assert pinned_context(OURS.fingerprint) is pinned_context(OURS.fingerprint)
    assert pinned_context(OURS.fingerprint) is not pinned_context(THEIRS.fingerprint)
    with TlsCamera(OURS) as camera:
        right = camera.settings(pin=OURS.fingerprint)
        assert snapshot(right)
        asked = camera.received
        assert failure(replace(right, pin=THEIRS.fingerprint)).reason is Reason.CERTIFICATE_CHANGED
        assert camera.received == asked


@pytest.mark.fault("F40")
def test_an_expired_certificate_works_where_it_is_pinned_and_says_so() -> None:
    with TlsCamera(EXPIRED) as camera:
        settings = camera.settings(pin=EXPIRED.fingerprint)
        result = try_camera(settings, None, PATIENT)
        assert result.is_ok
        assert notices_of(settings.pin, result.certificate) == {Notice.CERTIFICATE_EXPIRED}
        assert notices_of(settings.pin, facts_of(ssl.PEM_cert_to_DER_cert(OURS.pem.decode()))) == (
            frozenset()
        )


@pytest.mark.fault("F40")
def test_an_expired_certificate_is_refused_without_a_pin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trusted = tmp_path / "trusted.pem"
    trusted.write_bytes(EXPIRED.pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    with TlsCamera(EXPIRED) as camera:
        error = failure(camera.settings())
        assert camera.received == b""
    assert error.reason is Reason.CERTIFICATE_UNKNOWN
    assert error.detail.startswith("certificate has expired; SHA-256 ")


def test_a_certificate_for_another_address_is_refused_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = certificate("elsewhere", "10.1.2.3")
    trusted = tmp_path / "trusted.pem"
    trusted.write_bytes(elsewhere.pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    with TlsCamera(elsewhere) as camera:
        error = failure(camera.settings())
        assert camera.received == b""
        assert snapshot(camera.settings(pin=elsewhere.fingerprint))
    assert error.reason is Reason.CERTIFICATE_UNKNOWN
    assert "127.0.0.1" in error.detail


@pytest.mark.fault("F41")
@pytest.mark.parametrize("pin", ["", OURS.fingerprint])
def test_a_handshake_that_hangs_meets_the_deadline(pin: str) -> None:
    with TlsCamera(None) as camera:
        started_s = time.monotonic()
        error = failure(camera.settings(pin=pin), limits=QUICK)
    assert error.reason is Reason.TIMEOUT
    assert time.monotonic() - started_s < 3.0


@contextmanager
def old_tls(tmp_path: Path) -> Iterator[int]:
    """Serve with a program that speaks nothing newer than TLS 1.0."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("the openssl program is not installed")
    key, made = tmp_path / "old.key", tmp_path / "old.pem"
    request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=old"]
    subprocess.run(
        [openssl, *request, "-keyout", key, "-out", made], check=True, capture_output=True
    )
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    served = subprocess.Popen(
        [
            *(openssl, "s_server", "-accept", f"127.0.0.1:{port}", "-cert", made, "-key", key),
            *("-tls1", "-cipher", "DEFAULT:@SECLEVEL=0", "-quiet"),
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        give_up_s = time.monotonic() + 5.0
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1.0).close()
                break
            except OSError:
                assert served.poll() is None, "openssl does not know TLS 1.0 any more"
                assert time.monotonic() < give_up_s
                time.sleep(0.02)
        yield port
    finally:
        served.kill()
        served.wait(5.0)


@pytest.mark.fault("F41")
@pytest.mark.parametrize("pin", ["", OURS.fingerprint])
def test_a_camera_that_only_knows_old_tls_is_told_apart(tmp_path: Path, pin: str) -> None:
    with old_tls(tmp_path) as port, TlsCamera(OURS) as camera:
        error = failure(camera.settings(port=port, pin=pin))
    assert error.reason is Reason.TLS
    assert error.detail == "it only knows a version of TLS older than 1.2"


@pytest.mark.fault("F32")
def test_a_redirect_out_of_encryption_is_blocked_and_nobody_goes_there() -> None:
    with TlsCamera(OURS) as camera, socket.create_server(("127.0.0.1", 0)) as plain:
        plain.settimeout(0.2)
        target = f"http://127.0.0.1:{plain.getsockname()[1]}/snap.jpg?token=1"
        camera.reply = lambda _head: answer(b"", f"Location: {target}", status="302 Found")
        settings = camera.settings(pin=OURS.fingerprint)
        error = failure(settings)
        result = try_camera(settings, None, PATIENT)
        with pytest.raises(TimeoutError):
            plain.accept()
    assert isinstance(error, RedirectError)
    assert (error.target, error.is_downgrade) == (target, True)
    assert (result.reason, result.redirect) == (Reason.REDIRECT, ""), "it is not even offered"
    assert result.detail == "HTTP 302 to http://127.0.0.1, out of encryption"


def handshake(settings: CameraSettings) -> None:
    """Shake hands as the relay of a stream does, and check whom it led to."""
    context = ssl_context_for(settings)
    with (
        socket.create_connection((settings.host, settings.port), 3.0) as plain,
        context.wrap_socket(plain, server_hostname=settings.host) as secure,
    ):
        check_peer(settings, secure)


def test_streams_are_checked_in_the_same_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with TlsCamera(OURS) as camera:
        handshake(camera.settings(pin=OURS.fingerprint))
        with pytest.raises(CertificateError) as changed:
            handshake(camera.settings(pin=THEIRS.fingerprint))
        with pytest.raises(ssl.SSLCertVerificationError):
            handshake(camera.settings())
        trusted = tmp_path / "trusted.pem"
        trusted.write_bytes(OURS.pem)
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
        handshake(camera.settings())
    assert changed.value.reason is Reason.CERTIFICATE_CHANGED


def test_streams_share_their_contexts() -> None:
    with TlsCamera(OURS) as camera:
        for settings in (camera.settings(), camera.settings(pin=OURS.fingerprint)):
            assert ssl_context_for(settings) is ssl_context_for(settings)


def test_a_context_that_checks_nothing_is_of_no_use_without_a_pin() -> None:
    """Whoever forgets to say which pin is meant gets nowhere, instead of to anybody."""

    async def ask(settings: CameraSettings) -> None:
        async with open_session() as session:
            with asking(allow_local=True):
                await session.get(settings.snapshot_url, ssl=pinned_context(OURS.fingerprint))

    with TlsCamera(OURS) as camera:
        with pytest.raises(CertificateError) as refused:
            asyncio.run(ask(camera.settings()))
        assert camera.received == b""
    assert refused.value.detail.startswith("nobody checked it; SHA-256 ")


def test_no_certificate_at_all_is_not_the_pinned_one() -> None:
    with TlsCamera(OURS) as camera, pytest.raises(CameraError) as refused:
        check_peer(camera.settings(pin=OURS.fingerprint), None)
    assert refused.value.reason is Reason.CERTIFICATE_CHANGED


def test_a_certificate_that_cannot_be_read_has_a_fingerprint_all_the_same() -> None:
    facts = facts_of(b"\x30\x03rubbish")
    assert len(facts.fingerprint) == 64
    assert facts == CertificateFacts(facts.fingerprint)


def test_names_in_certificates_are_made_printable() -> None:
    made: Certificate = certificate("a\u202eb\x1b[31m" + "x" * 40)
    facts = facts_of(ssl.PEM_cert_to_DER_cert(made.pem.decode()))
    assert facts.subject == "ab[31m" + "x" * 40


def test_nothing_outside_of_one_module_leaves_a_certificate_unchecked() -> None:
    """There is no switch that ignores certificate errors, and there shall be none."""
    root = Path(__file__).parents[2]
    banned = re.compile(
        r"CERT_NONE|CERT_OPTIONAL|verify\s*=\s*False|verify_ssl|ssl\s*=\s*False"
        r"|check_hostname\s*=\s*False|_create_unverified_context"
    )
    found = {
        str(file.relative_to(root))
        for folder in ("camwatch", "scripts", "benchmarks")
        for file in (root / folder).rglob("*.py")
        if banned.search(file.read_text(encoding="utf-8"))
    }
    assert found == {"camwatch/cameras/pinning.py"}
