"""Makes the signed file from which CamWatch learns that there is a newer version.

For the maker of releases. The private key stays with them, outside of this tree and of every copy
of it; what ships with CamWatch is the public key, in `resources/update-keys/NAME.pem`.

    python tools/sign_update.py new-key ~/keys/camwatch-2026.key resources/update-keys/2026.pem
    python tools/sign_update.py sign ~/keys/camwatch-2026.key --key-name 2026 \
        --version 1.4.0 --sequence 12 --days 90 \
        --notes https://example.org/1.4.0 --summary "Counts through fog." > update.json

Each file needs a higher sequence than the one before, and must be made anew before it expires, also
when there is no newer version.
"""

from __future__ import annotations

import argparse
import base64
import getpass
import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from camwatch.files import write_aside
from camwatch.outgoing.updates import CONTEXT, FORMAT, PRODUCT, check


def signed_file(key: Ed25519PrivateKey, key_name: str, offer: dict[str, object]) -> bytes:
    """Return the whole file.

    Args:
        key: Signs it.
        key_name: What its public key is called where CamWatch looks for it.
        offer: What is inside; see `camwatch.outgoing.updates.Offer`.
    """
    inside = {"format": FORMAT, "product": PRODUCT, **offer}
    signed = json.dumps(inside, ensure_ascii=False, sort_keys=True).encode()
    envelope = {
        "signed": base64.b64encode(signed).decode(),
        "signatures": [
            {
                "key": key_name,
                "signature": base64.b64encode(key.sign(CONTEXT + signed)).decode(),
            }
        ],
    }
    return json.dumps(envelope, indent=1).encode() + b"\n"


def _new_key(arguments: argparse.Namespace) -> int:
    secret, public = Path(arguments.secret), Path(arguments.public)
    if secret.exists():
        print(f"{secret} is there already; choose another name.", file=sys.stderr)
        return 1
    passphrase = getpass.getpass("Passphrase of the new key: ").encode()
    if not passphrase or passphrase != getpass.getpass("Once more: ").encode():
        print("These are not the same, or empty.", file=sys.stderr)
        return 1
    key = Ed25519PrivateKey.generate()
    write_aside(
        secret,
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(passphrase)),
    )
    public.write_bytes(
        key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )
    print(f"{public} ships with CamWatch; keep {secret} where nobody else reads it.")
    return 0


def _sign(arguments: argparse.Namespace) -> int:
    data = Path(arguments.secret).read_bytes()
    passphrase = (
        getpass.getpass("Passphrase of the key: ").encode() if b"ENCRYPTED" in data else None
    )
    key = load_pem_private_key(data, passphrase)
    if not isinstance(key, Ed25519PrivateKey):
        print("That is no Ed25519 key.", file=sys.stderr)
        return 1
    now = datetime.now(UTC)
    offer: dict[str, object] = {
        "version": arguments.version,
        "sequence": arguments.sequence,
        "expires_at": (now + timedelta(days=arguments.days)).isoformat(timespec="seconds"),
        "notes_url": arguments.notes,
        "summary": arguments.summary,
        "is_security": arguments.security,
    }
    made = signed_file(key, arguments.key_name, offer)
    # What CamWatch would refuse is not handed out.
    check(made, {arguments.key_name: key.public_key()}, now)
    sys.stdout.write(made.decode())
    return 0


def main(given: list[str] | None = None) -> int:
    """Carry one command out; return the exit code."""
    parser = argparse.ArgumentParser(description="Signs news of a newer CamWatch.")
    commands = parser.add_subparsers(required=True)
    new = commands.add_parser("new-key", help="make a key, once")
    new.add_argument("secret", help="file for the private key; outside of the tree")
    new.add_argument("public", help="file for the public key: resources/update-keys/NAME.pem")
    new.set_defaults(run=_new_key)
    sign = commands.add_parser("sign", help="print the signed file of a release")
    sign.add_argument("secret", help="the private key")
    sign.add_argument("--key-name", required=True, help="NAME of the public key's file")
    sign.add_argument("--version", required=True)
    sign.add_argument("--sequence", type=int, required=True, help="higher than ever before")
    sign.add_argument("--days", type=int, default=90, help="it is believed for so long")
    sign.add_argument("--notes", default="", help="https address of a page that tells what is new")
    sign.add_argument("--summary", default="", help="what is new, one sentence")
    sign.add_argument("--security", action="store_true", help="it closes a security hole")
    sign.set_defaults(run=_sign)
    arguments = parser.parse_args(given)
    return int(arguments.run(arguments))


if __name__ == "__main__":
    sys.exit(main())
