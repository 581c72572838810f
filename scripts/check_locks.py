"""Tells whether requirements/ is what pyproject.toml asks for; exits with 1 if it is not."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# The same as in scripts/lock; the pins that are there are kept while they still fit.
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
}


def main() -> int:
    """Compile aside and compare."""
    is_current = True
    with tempfile.TemporaryDirectory() as folder:
        for name, arguments in LOCKS.items():
            shutil.copy(ROOT / "requirements" / name, folder)
            fresh = Path(folder, name)
            subprocess.run(
                [
                    Path(sys.executable).with_name("uv"),
                    "pip",
                    "compile",
                    *COMMON,
                    *(argument.format(folder=folder) for argument in arguments),
                    f"--output-file={fresh}",
                ],
                cwd=ROOT,
                check=True,
            )
            if fresh.read_text() != (ROOT / "requirements" / name).read_text():
                print(f"requirements/{name} is not what pyproject.toml asks for: run make lock")
                is_current = False
    return 0 if is_current else 1


if __name__ == "__main__":
    sys.exit(main())
