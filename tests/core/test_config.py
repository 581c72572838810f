"""Settings: every mistake is named, all at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from camwatch.config import Settings, load_settings
from camwatch.errors import InvalidSettings


def problems(file: Path, environ: dict[str, str]) -> dict[str, str]:
    with pytest.raises(InvalidSettings) as caught:
        load_settings(file, environ)
    return {problem.field: problem.reason for problem in caught.value.problems}


def test_a_missing_file_gives_the_defaults(tmp_path: Path) -> None:
    assert load_settings(tmp_path / "none.toml", {}) == Settings()


def test_a_variable_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text("[detection]\nthreshold = 0.5\nthreads = 2\n")
    settings = load_settings(file, {"CAMWATCH_DETECTION_THRESHOLD": "0.4", "OTHER": "x"})
    assert settings.detection.threshold == 0.4
    assert settings.detection.threads == 2


def test_the_database_and_the_profile_have_names_of_their_own(tmp_path: Path) -> None:
    environ = {"CAMWATCH_DATABASE_URL": "postgresql://db/x", "CAMWATCH_PROFILE": "/anywhere"}
    settings = load_settings(tmp_path / "none.toml", environ)
    assert settings.history.database_url == "postgresql://db/x"


def test_all_mistakes_are_named_at_once(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(
        "[detection]\nthreshold = 2\ntreshold = 0.4\n[camera]\nx = 1\n"
        "[display]\ntime_zone = 'Europe/Belrin'\n[cameras]\nsnapshot_timeout_s = 'soon'\n"
    )
    found = problems(file, {"CAMWATCH_DETECTION_TREADS": "2", "CAMWATCH_DETECTION_THREADS": "-1"})
    assert set(found) == {
        "detection.threshold",
        "detection.treshold",
        "detection.threads",
        "camera",
        "display.time_zone",
        "cameras.snapshot_timeout_s",
        "CAMWATCH_DETECTION_TREADS",
    }
    assert found["detection.treshold"] == "is unknown; did you mean threshold?"
    assert found["camera"] == "is unknown; did you mean cameras?"
    assert "CAMWATCH_DETECTION_THREADS" in found["CAMWATCH_DETECTION_TREADS"]
    assert "Europe/Berlin" in found["display.time_zone"]
    assert "0.95" in found["detection.threshold"]


def test_a_refused_value_is_not_repeated(tmp_path: Path) -> None:
    found = problems(
        tmp_path / "none.toml",
        {"CAMWATCH_LOGGING_LEVEL": "hunter2-canary", "CAMWATCH_DETECTION_MODEL": "hunter2/canary"},
    )
    assert set(found) == {"logging.level", "detection.model"}
    assert "canary" not in str(found)


@pytest.mark.parametrize("name", ["auto", "nanodet", "hog", "yolox-s", "Gate_2.1"])
def test_a_model_of_ones_own_can_be_named(tmp_path: Path, name: str) -> None:
    environ = {"CAMWATCH_DETECTION_MODEL": name}
    assert load_settings(tmp_path / "none.toml", environ).detection.model == name


@pytest.mark.parametrize("name", ["", "../elsewhere", "a/b", ".hidden", "two words", "x" * 65])
def test_what_is_no_name_of_a_model_is_refused(tmp_path: Path, name: str) -> None:
    found = problems(tmp_path / "none.toml", {"CAMWATCH_DETECTION_MODEL": name})
    assert set(found) == {"detection.model"}


@pytest.mark.parametrize("text", ["= 1", "[detection\n", "\xff\xfe"])
def test_a_file_that_is_not_toml_is_named_with_its_path(tmp_path: Path, text: str) -> None:
    file = tmp_path / "settings.toml"
    file.write_bytes(text.encode("latin-1"))
    found = problems(file, {})
    assert found.keys() == {str(file)}
    assert "TOML" in found[str(file)]


def test_a_folder_in_the_place_of_the_file_is_an_error(tmp_path: Path) -> None:
    assert "cannot be read" in problems(tmp_path, {})[str(tmp_path)]


def test_a_section_that_is_no_table_is_named(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text("detection = 3\n")
    assert "detection" in problems(file, {"CAMWATCH_DETECTION_THREADS": "2"})


def test_not_a_number_is_refused(tmp_path: Path) -> None:
    assert "detection.threshold" in problems(
        tmp_path / "none.toml", {"CAMWATCH_DETECTION_THRESHOLD": "nan"}
    )
