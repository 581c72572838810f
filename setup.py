"""Puts `resources` and `models`, which stand beside the package, inside it when it is built.

Everything else is in pyproject.toml, which has no words for this.
"""

from setuptools import find_packages, setup

SHIPPED = {"camwatch.resources": "resources", "camwatch.models": "models"}

setup(
    packages=[*find_packages(include=["camwatch", "camwatch.*"]), *SHIPPED],
    package_dir=SHIPPED,
    package_data={"camwatch": ["py.typed"], **{package: ["**/*"] for package in SHIPPED}},
)
