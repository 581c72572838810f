"""Settings that are changed in the program: what is written, refused, told, and taken back."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from camwatch.auth.secrets import SecretStore
from camwatch.auth.session import Session
from camwatch.commands import Commands, Counting
from camwatch.commands.access import AccessOptions
from camwatch.commands.settings_described import DESCRIBED, SECTIONS, SettingKind, described
from camwatch.commands.settings_state import Source
from camwatch.config import About, Applies, CameraPolicy, Display, Settings
from camwatch.data.engine import Database
from camwatch.domain import Role
from camwatch.errors import (
    ChangedMeanwhile,
    InvalidSettings,
    PasswordNeeded,
    PermissionDenied,
)
from camwatch.events import Bus
from camwatch.last_good import load_or_last_good
from camwatch.paths import Profile
from camwatch.scene import PrivacyMode
from tests.commands.values import PASSWORD, Clock

COMMENTED = """\
# Ours: ask the network people before changing this.
[cameras]
frozen_after = 20  # the lobby is quiet at night

[logging]
level = "info"
"""


@dataclass
class Site:
    """A profile with settings, and who may change them."""

    commands: Commands
    boss: Session
    profile: Profile
    environ: dict[str, str]
    database: Database

    @property
    def file(self) -> Path:
        return self.profile.settings_file

    def mark(self) -> str:
        return self.commands.settings_state(self.boss).mark

    def told(self, action: str) -> list[dict[str, str]]:
        return [
            dict(one.details) for one in self.database.audit.newest(500) if one.action == action
        ]


@pytest.fixture
def site(
    tmp_path: Path, database: Database, secrets: SecretStore, counting: Counting, clock: Clock
) -> Site:
    profile = Profile(tmp_path / "profile")
    profile.create()
    profile.settings_file.write_text(COMMENTED)
    environ: dict[str, str] = {}
    options = AccessOptions(
        profile.folder,
        profile.settings_file,
        settings=load_or_last_good(profile, environ).settings,
        environ=environ,
        is_passing=True,
    )
    commands = Commands(database, secrets, CameraPolicy(), Bus(), counting, clock, access=options)
    boss = commands.create_first_administrator("boss", PASSWORD)
    return Site(commands, boss, profile, environ, database)


# ---------------------------------------------------------------- what is described


@pytest.mark.parametrize("about", DESCRIBED, ids=lambda one: one.key)
def test_each_setting_has_a_title_a_section_and_says_when_it_holds(about: object) -> None:
    key = getattr(about, "key", "")
    section, _, name = key.partition(".")
    field = type(getattr(Settings(), section)).model_fields[name]
    assert field.title
    assert len(field.title) <= 60
    assert not field.title.endswith(".")
    assert About.of(field.json_schema_extra) is not None
    assert section in SECTIONS


def test_no_two_settings_have_the_same_title() -> None:
    titles = [one.title for one in DESCRIBED]
    assert len(set(titles)) == len(titles)
    assert len(titles) > 50


def test_a_number_has_its_unit_where_its_name_has_one() -> None:
    units = {"_s": "s", "_min": "min", "_hours": "h", "_days": "d", "_mib": "MiB", "_percent": "%"}
    for one in DESCRIBED:
        ending = next((end for end in units if one.name.endswith(end)), None)
        if ending is not None:
            assert one.about.unit == units[ending], one.key


def test_each_setting_is_entered_in_the_fitting_way() -> None:
    kinds = {one.key: one.kind for one in DESCRIBED}
    assert kinds["display.theme"] is SettingKind.CHOICE
    assert kinds["display.time_zone"] is SettingKind.ZONE
    assert kinds["cameras.frozen_after"] is SettingKind.WHOLE
    assert kinds["detection.threshold"] is SettingKind.DECIMAL
    assert kinds["alerts.keep_pictures"] is SettingKind.SWITCH
    assert kinds["history.database_url"] is SettingKind.SECRET
    assert kinds["history.backup_folder"] is SettingKind.FOLDER
    assert kinds["remote_login.mapping"] is SettingKind.TABLE
    assert kinds["cameras.new_camera_privacy"] is SettingKind.CHOICE
    frozen = described("cameras.frozen_after")
    assert frozen is not None
    assert (frozen.low, frozen.high, frozen.default) == (2, 1000, 10)
    assert frozen.variable == "CAMWATCH_CAMERAS_FROZEN_AFTER"


# ---------------------------------------------------------------- how they are


def test_it_tells_where_each_value_comes_from(site: Site) -> None:
    site.environ["CAMWATCH_DETECTION_THRESHOLD"] = "0.5"
    state = site.commands.settings_state(site.boss)
    assert state.of("cameras.frozen_after").source is Source.FILE
    assert state.of("cameras.frozen_after").is_changed
    assert state.of("cameras.breaker_failures").source is Source.DEFAULT
    by_variable = state.of("detection.threshold")
    assert by_variable.source is Source.VARIABLE
    assert by_variable.variable == "CAMWATCH_DETECTION_THRESHOLD"
    assert by_variable.value == 0.5


def test_an_address_with_a_password_is_shown_and_told_nowhere(site: Site) -> None:
    site.file.write_text('[history]\ndatabase_url = "postgresql://me:hush@db/camwatch"\n')
    state = site.commands.settings_state(site.boss)
    url = state.of("history.database_url")
    assert url.is_changed
    assert "hush" not in repr(state)


# ---------------------------------------------------------------- changing


def test_only_what_changed_is_written_and_comments_stay(site: Site) -> None:
    done = site.commands.change_settings(
        site.boss, {"cameras.frozen_after": 30, "alerts.keep_days": 30}, site.mark()
    )
    text = site.file.read_text()
    assert "# Ours: ask the network people before changing this." in text
    assert "frozen_after = 30  # the lobby is quiet at night" in text
    assert "keep_days = 30" in text
    assert "breaker_failures" not in text
    assert done.settings.cameras.frozen_after == 30
    assert done.before == {"cameras.frozen_after": 20, "alerts.keep_days": None}
    assert site.told("change_settings") == [
        {"cameras.frozen_after": "20 -> 30", "alerts.keep_days": "400 -> 30"}
    ]


def test_the_privacy_of_new_cameras_is_chosen_by_its_plain_name(site: Site) -> None:
    privacy = described("cameras.new_camera_privacy")
    assert privacy is not None
    assert [one for one, _words in privacy.choices] == [one.value for one in PrivacyMode]
    site.commands.change_settings(
        site.boss, {"cameras.new_camera_privacy": "count_only"}, site.mark()
    )
    assert 'new_camera_privacy = "count_only"' in site.file.read_text()
    value = site.commands.settings_state(site.boss).of("cameras.new_camera_privacy").value
    assert type(value) is str, "a list of choices finds it by its plain name"
    assert value == "count_only"


def test_a_change_can_be_taken_back_exactly(site: Site) -> None:
    before = site.file.read_text()
    done = site.commands.change_settings(
        site.boss, {"cameras.frozen_after": 30, "logging.level": "debug"}, site.mark()
    )
    site.commands.change_settings(site.boss, done.before, site.mark())
    assert site.file.read_text() == before


def test_back_to_the_default_takes_the_line_out(site: Site) -> None:
    site.commands.change_settings(site.boss, {"cameras.frozen_after": None}, site.mark())
    assert "frozen_after" not in site.file.read_text()
    state = site.commands.settings_state(site.boss).of("cameras.frozen_after")
    assert (state.value, state.source) == (10, Source.DEFAULT)


def test_each_refused_value_is_named_and_nothing_is_written(site: Site) -> None:
    before = site.file.read_text()
    with pytest.raises(InvalidSettings) as refused:
        site.commands.change_settings(
            site.boss, {"cameras.frozen_after": 1, "display.time_zone": "Mars/Base"}, site.mark()
        )
    assert {one.field for one in refused.value.problems} == {
        "cameras.frozen_after",
        "display.time_zone",
    }
    assert site.file.read_text() == before
    assert site.told("change_settings") == []


def test_a_file_changed_by_hand_meanwhile_is_not_overwritten(site: Site) -> None:
    seen = site.mark()
    site.file.write_text(COMMENTED.replace("20", "25"))
    with pytest.raises(ChangedMeanwhile):
        site.commands.change_settings(site.boss, {"cameras.frozen_after": 30}, seen)
    assert "frozen_after = 25" in site.file.read_text()


def test_what_a_variable_gives_or_a_dialog_changes_is_not_changed_here(site: Site) -> None:
    site.environ["CAMWATCH_LOGGING_LEVEL"] = "warning"
    with pytest.raises(InvalidSettings) as refused:
        site.commands.change_settings(
            site.boss,
            {"logging.level": "debug", "history.sample_days": 1, "history.database_url": "x"},
            site.mark(),
        )
    assert [one.field for one in refused.value.problems] == [
        "logging.level",
        "history.sample_days",
        "history.database_url",
    ]


def test_changes_hold_at_once_where_they_can(site: Site) -> None:
    told: list[tuple[str, str]] = []
    site.commands.settings.applies.append(
        lambda old, new: told.append((old.logging.level, new.logging.level))
    )
    done = site.commands.change_settings(
        site.boss,
        {"security.lock_after_min": 3, "logging.level": "debug", "detection.threads": 2},
        site.mark(),
    )
    assert site.commands.security(site.boss).lock_after_min == 3
    assert told == [("info", "debug")]
    assert done.restart == ("detection.threads",)
    state = site.commands.settings_state(site.boss)
    assert state.of("detection.threads").waits
    assert not state.of("logging.level").waits
    assert not state.of("security.lock_after_min").waits


def test_a_section_needs_its_own_permission_too(site: Site) -> None:
    roles = {one.role.key: one for one in [site.boss]}
    may = roles[Role.ADMINISTRATOR].role.permissions
    assert described("security.lock_after_min") is not None
    # The role is read anew with each command, so it is the desk that is asked here.
    less = replace(site.boss, role=replace(site.boss.role, permissions=may - {_security()}))
    method = site.commands.change_settings.__wrapped__  # type: ignore[attr-defined]
    with pytest.raises(PermissionDenied):
        method(site.commands, less, {"security.lock_after_min": 700}, site.mark())


def _security() -> object:
    about = described("security.lock_after_min")
    assert about is not None
    return about.needs


def test_settings_need_a_fresh_password_and_appearance_does_not(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = site.mark()
    monkeypatch.setattr(
        site.commands.guard._sessions, "_monotonic_s", lambda: time.monotonic() + 11 * 60
    )
    with pytest.raises(PasswordNeeded):
        site.commands.change_settings(site.boss, {"logging.level": "debug"}, mark)
    shown = site.commands.set_appearance(
        site.boss, Display(theme="light", text_percent=150, time_zone="Europe/Berlin")
    )
    assert (shown.theme, shown.text_percent) == ("light", 150)
    assert shown.time_zone == ""  # it is the site's, and no matter of looks
    assert site.told("set_appearance") == [
        {"display.theme": "dark -> light", "display.text_percent": "100 -> 150"}
    ]


# ---------------------------------------------------------------- broken files


@pytest.mark.fault("F131")
@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[cameras]\nfrozen_after = 20\n[disp", "settings.toml"),
        ('[cameras]\nfrozen_after = "many"\n', "cameras.frozen_after"),
        ("version = 7\n[cameras]\nfrozen_after = 20\n", "version"),
        ("!!python/object/apply:os.system ['touch owned']\n", "settings.toml"),
        ("[cameras]\nfrozen_for = 20\n", "cameras.frozen_for"),
        ("\0\0\0\0", "settings.toml"),
        ("[cameras]\nname = \xe4".encode("latin-1"), "settings.toml"),
    ],
)
def test_a_broken_file_is_named_and_its_last_good_copy_used(
    site: Site, text: str | bytes, named: str
) -> None:
    site.file.write_bytes(text if isinstance(text, bytes) else text.encode())
    loaded = load_or_last_good(site.profile, {})
    assert loaded.settings.cameras.frozen_after == 20
    assert any(one.field.endswith(named) for one in loaded.problems)
    state = site.commands.settings_state(site.boss)
    assert state.of("cameras.frozen_after").value == 20
    assert any(one.field.endswith(named) for one in state.problems)
    before = site.file.read_bytes()
    with pytest.raises(InvalidSettings):
        site.commands.change_settings(site.boss, {"logging.level": "debug"}, state.mark)
    assert site.file.read_bytes() == before
    assert not (site.profile.folder / "owned").exists()


@pytest.mark.fault("F131")
def test_the_page_can_put_a_wrong_value_right(site: Site) -> None:
    site.file.write_text("[cameras]\nfrozen_after = 0\n")
    site.commands.change_settings(site.boss, {"cameras.frozen_after": 12}, site.mark())
    assert site.file.read_text() == "[cameras]\nfrozen_after = 12\n"
    assert site.commands.settings_state(site.boss).problems == ()


@pytest.mark.fault("F131")
def test_without_a_good_copy_a_broken_file_is_refused(tmp_path: Path) -> None:
    profile = Profile(tmp_path)
    profile.settings_file.write_text("[cameras]\nfrozen_after = 0\n")
    with pytest.raises(InvalidSettings) as refused:
        load_or_last_good(profile, {})
    assert [one.field for one in refused.value.problems] == ["cameras.frozen_after"]


@pytest.mark.fault("F131")
def test_a_wrong_variable_is_refused_whatever_the_copy_says(site: Site) -> None:
    with pytest.raises(InvalidSettings):
        load_or_last_good(site.profile, {"CAMWATCH_CAMERAS_FROZEN_AFTER": "few"})


def test_a_copy_that_cannot_be_kept_costs_nothing_else(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    profile = Profile(tmp_path)
    profile.settings_file.write_text("[logging]\nlevel = 'debug'\n")
    profile.good_settings_file.mkdir()
    with caplog.at_level(logging.INFO):
        assert load_or_last_good(profile, {}).settings.logging.level == "debug"
    assert "no copy of the settings is kept" in caplog.text


def test_settings_that_hold_when(site: Site) -> None:
    when = {one.key: one.about.applies for one in DESCRIBED}
    assert when["cameras.snapshot_timeout_s"] is Applies.POLL
    assert when["security.session_hours"] is Applies.SIGN_IN
    assert when["display.theme"] is Applies.NOW
    assert when["history.reserve_mib"] is Applies.RESTART
    assert site.file.exists()
