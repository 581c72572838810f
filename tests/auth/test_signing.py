"""Signed reports: accepted by two readers that are not ours, and refused once changed."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from camwatch.auth.secrets import SERVICE, SecretStore
from camwatch.auth.signing import ENTRY, ReportSigner
from camwatch.errors import InvalidSetting
from tests.auth.keyrings import MemoryKeyring
from tests.support.pdf import small_pdf

NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def keyring() -> MemoryKeyring:
    return MemoryKeyring()


@pytest.fixture
def secrets(keyring: MemoryKeyring) -> Iterator[SecretStore]:
    store = SecretStore(lambda: keyring)
    yield store
    store.close()


def new_signer(secrets: SecretStore) -> ReportSigner:
    return ReportSigner(secrets, lambda: NOW)


@pytest.fixture
def pdf(qapp: object) -> bytes:
    return small_pdf()


def is_intact(signed: bytes) -> bool:
    """Ask pyHanko's validator."""
    (signature,) = PdfFileReader(io.BytesIO(signed)).embedded_signatures
    trusted = ValidationContext(trust_roots=[signature.signer_cert], allow_fetching=False)
    status = validate_pdf_signature(signature, trusted)
    is_whole = status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    return bool(status.intact and status.valid and status.trusted and is_whole)


def test_a_signed_report_is_valid_and_a_changed_byte_makes_it_invalid(
    secrets: SecretStore, pdf: bytes
) -> None:
    with ThreadPoolExecutor(1) as pool:  # as the screens do: beside the GUI thread
        signed = pool.submit(new_signer(secrets).sign, pdf, "Ada", "Audit").result()
    assert signed.startswith(pdf)
    assert is_intact(signed)
    for place in (len(pdf) // 2, pdf.index(b"%%EOF") - 5):
        changed = bytearray(signed)
        changed[place] ^= 1
        try:
            assert not is_intact(bytes(changed))
        except ValueError:
            continue  # no longer readable as a PDF at all


@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="poppler-utils is not there")
def test_poppler_accepts_the_signature(secrets: SecretStore, pdf: bytes, tmp_path: Path) -> None:
    signed = bytearray(new_signer(secrets).sign(pdf, "Ada", "Audit of Entrance"))
    file = tmp_path / "report.pdf"

    def verdict() -> str:
        file.write_bytes(signed)
        command = ["pdfsig", "-nocert", str(file)]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout

    assert "Signature is Valid" in verdict()
    assert "Total document signed" in verdict()
    assert "SHA-256" in verdict()
    signed[20] ^= 1
    assert "Signature is Valid" not in verdict()


def test_the_key_is_kept_in_the_keyring_and_used_again(
    secrets: SecretStore, keyring: MemoryKeyring
) -> None:
    first = new_signer(secrets).key()
    assert first.is_lasting
    assert first.made_at == NOW
    assert new_signer(secrets).key() == first
    kept = keyring.entries[SERVICE, ENTRY]
    assert len(kept) < 1200  # Windows keeps 2560 bytes of UTF-16
    assert list(keyring.entries) == [(SERVICE, ENTRY)]


@pytest.mark.expects_warning
def test_without_a_keyring_the_key_lasts_as_long_as_the_program_and_the_report_says_so(
    secrets: SecretStore, keyring: MemoryKeyring, pdf: bytes
) -> None:
    keyring.is_locked = True
    signer = new_signer(secrets)
    assert not signer.key().is_lasting
    assert signer.key() == signer.key()
    assert signer.key().fingerprint != new_signer(secrets).key().fingerprint
    signed = signer.sign(pdf, "Ada", "Audit of Entrance")
    assert is_intact(signed)
    (signature,) = PdfFileReader(io.BytesIO(signed)).embedded_signatures
    assert "without a keyring" in str(signature.sig_object["/Reason"])
    assert keyring.entries == {}


@pytest.mark.expects_warning
@pytest.mark.parametrize("damage", ["", "1.AAAA.AAAA", "2.a.b", "1.é.é"])
def test_a_damaged_key_is_replaced(
    secrets: SecretStore, keyring: MemoryKeyring, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    keyring.entries[SERVICE, ENTRY] = damage
    key = new_signer(secrets).key()
    assert key.is_lasting
    assert "damaged" in caplog.text
    assert new_signer(secrets).key() == key


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"%PDF-1.7 and nothing else"])
def test_what_is_no_pdf_is_refused(secrets: SecretStore, data: bytes) -> None:
    with pytest.raises(InvalidSetting):
        new_signer(secrets).sign(data, "Ada", "Audit")
