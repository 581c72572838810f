"""Writes the lock files in requirements/ from pyproject.toml, or tells whether they are current.

python scripts/locks.py            # writes them; pins that still fit are kept
python scripts/locks.py --upgrade  # takes the newest versions that fit
python scripts/locks.py --check    # writes nothing; exits with 1 if they are not current
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMMON = [
    "--universal",
    "--python-version=3.11",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--no-annotate",
    "--quiet",
    "--custom-compile-command=scripts/lock",
]
LOCKS = {
    "run.txt": ["--extra=fast", "--group=build", "pyproject.toml"],
    "dev.txt": ["--group=dev", "--constraints={folder}/run.txt"],
    "package.txt": [
        "--extra=fast",
        "--group=package",
        "--group=build",
        "--override=packaging/overrides.txt",
        "--constraints={folder}/run.txt",
        "pyproject.toml",
    ],
    "docs.txt": ["--group=docs", "--constraints={folder}/run.txt"],
}


def write(folder: Path, *options: str) -> None:
    """Write the lock files into a folder; those that are there give the pins to keep."""
    for name, arguments in LOCKS.items():
        subprocess.run(
            [
                Path(sys.executable).with_name("uv"),
                "pip",
                "compile",
                *COMMON,
                *options,
                *(argument.format(folder=folder) for argument in arguments),
                f"--output-file={folder / name}",
            ],
            cwd=ROOT,
            check=True,
        )


def stale() -> list[str]:
    """Return the names of the lock files that are not what pyproject.toml asks for."""
    present = ROOT / "requirements"
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder)
        for name in LOCKS:
            shutil.copy(present / name, fresh)
        write(fresh)
        return [
            name for name in LOCKS if (fresh / name).read_text() != (present / name).read_text()
        ]


def main() -> int:
    """Do what the arguments ask for."""
    if "--check" not in sys.argv:
        write(Path("requirements"), *sys.argv[1:])
        return 0
    found = stale()
    for name in found:
        print(f"requirements/{name} is not what pyproject.toml asks for: run make lock")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
