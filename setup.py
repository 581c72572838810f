"""Puts `resources`, `models` and `docs`, which stand beside the package, inside it when it is built.

Everything else is in pyproject.toml, which has no words for this.
"""

from pathlib import Path

from setuptools import find_packages, setup

FOLDERS = [
    folder.as_posix()
    for top in ("resources", "models", "docs")
    for folder in (Path(top), *Path(top).rglob("*"))
    if folder.is_dir()
]
SHIPPED = {f"camwatch.{folder.replace('/', '.')}": folder for folder in FOLDERS}

setup(
    packages=[*find_packages(include=["camwatch", "camwatch.*"]), *SHIPPED],
    package_dir=SHIPPED,
    package_data={"camwatch": ["py.typed"], **{key: ["*"] for key in SHIPPED}},
)
