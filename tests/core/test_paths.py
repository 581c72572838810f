"""Where the profile is."""

from __future__ import annotations

from pathlib import Path

import pytest

from camwatch import paths


def test_a_named_folder_wins_over_the_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(paths.PROFILE_VARIABLE, str(tmp_path / "variable"))
    assert paths.profile_at(tmp_path / "named").folder == tmp_path / "named"
    assert paths.profile_at().folder == tmp_path / "variable"


def test_the_platform_has_a_usual_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(paths.PROFILE_VARIABLE, raising=False)
    assert paths.profile_at().folder.name == "CamWatch"


def test_a_profile_is_private(tmp_path: Path) -> None:
    profile = paths.Profile(tmp_path / "new")
    profile.create()
    profile.create()
    assert profile.log_file.parent.is_dir()
    assert profile.folder.stat().st_mode & 0o077 == 0


def test_what_ships_is_found() -> None:
    assert paths.resources().is_dir()
    assert paths.bundled_models().is_dir()
    assert (paths.documents() / "live-view.md").is_file()
