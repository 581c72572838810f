"""Feeds one of the readers of strangers' bytes with nonsense, guided by the branches it takes.

    pip install atheris
    python tools/fuzz.py multipart --seconds 600

Atheris (Apache-2.0) is needed for this alone. A finding is written to a file in the folder of the
corpus and ends the run; `python tools/fuzz.py TARGET --case FILE` repeats it. The same targets are
fed with shaped cases in tests/faults/test_fuzz.py.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

NAMES = ("gate", "url", "digest", "multipart")


def seeds(name: str) -> list[bytes]:
    """Return sound cases to begin with."""
    from tests.support.fault_camera import jpeg, remarked  # noqa: PLC0415 - loads OpenCV

    picture = remarked(jpeg(1, (48, 32)), 1)
    part = b"--b\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(picture) + picture
    return {
        "gate": [picture, picture.replace(b"\xff\xc0", b"\xff\xc2")],
        "url": [
            b"http://op:p%40w@10.0.0.7:8080/snap.jpg?x=1",
            b"rtsp://[fe80::1%25eth0]:554/s",
            "https://cam\u00e9ra.example/".encode(),
        ],
        "digest": [
            b'Digest realm="a \\"b", nonce="n", qop="auth,auth-int", algorithm=SHA-256, opaque=x',
            b'Basic realm="a", Digest realm="b", nonce="n", Negotiate abc==',
        ],
        "multipart": [
            b"\x01\x00" + part * 2,
            b"\x00\x07--b\n\n" + picture + b"\n--b\n\n" + picture,
        ],
    }[name]


def main() -> int:
    """Feed the target until the time is up or a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("target", choices=NAMES)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--corpus", type=Path, help="kept there, to go on another time")
    parser.add_argument("--case", type=Path, help="feed this file once, without atheris")
    options = parser.parse_args()
    if options.case:
        from tests.faults.targets import TARGETS  # noqa: PLC0415 - else loaded while watched

        TARGETS[options.target].feed(options.case.read_bytes())
        return 0
    try:
        import atheris  # noqa: PLC0415 - wanted here only
    except ImportError:
        print("atheris is not installed: pip install atheris", file=sys.stderr)
        return 2
    with atheris.instrument_imports(include=["camwatch", "urllib", "ipaddress"]):
        from tests.faults.targets import TARGETS  # noqa: PLC0415 - loaded while watched
    with tempfile.TemporaryDirectory() as folder:
        corpus = options.corpus or Path(folder)
        corpus.mkdir(parents=True, exist_ok=True)
        for number, case in enumerate(seeds(options.target)):
            (corpus / f"seed-{number}").write_bytes(case)
        os.chdir(corpus)
        arguments = [f"-max_total_time={options.seconds}", "-print_final_stats=1", "-max_len=8192"]
        atheris.Setup(
            [sys.argv[0], *arguments, f"-artifact_prefix={corpus}/", str(corpus)],
            TARGETS[options.target].feed,
        )
        atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())
