"""Which passwords operators may choose here."""

from __future__ import annotations

from camwatch.auth.guessing import prepare
from camwatch.auth.names import name_key
from camwatch.auth.one_time_codes import normal_code
from camwatch.auth.passwords import check_new_password, verify_password
from camwatch.data.cameras import CameraRepository
from camwatch.errors import InvalidSetting
from camwatch.language import tr

_MOST_SITES = 50


class PasswordRules:
    """The rules of `check_new_password`, with what a stranger knows of this place.

    Args:
        cameras: Know the sites.
        computer: Its name.
    """

    def __init__(self, cameras: CameraRepository, computer: str) -> None:
        self._cameras = cameras
        self._computer = computer

    def prepare(self) -> None:
        """Load what the rules need, so that a screen that shows them does not wait for it."""
        prepare()

    def check(self, name: str, password: str, present: str | None = None) -> None:
        """Check a password that an operator wants to use from now on.

        Args:
            name: The operator's.
            password: As typed.
            present: What is stored of the password that it takes the place of, if there is one.

        Raises:
            InvalidSetting: It is refused; `field` is "password".
            StorageError: The names of the sites cannot be read.
        """
        sites = sorted(name_key(site.name) for site in self._cameras.sites())
        check_new_password(name, password, (self._computer, *sites[:_MOST_SITES]))
        # A one-time code is the same code however it is typed, and somebody else knows it.
        forms = {password, normal_code(password)}
        if present is not None and any(verify_password(present, form) for form in forms):
            raise InvalidSetting(
                "password", tr("is the one you have now; please choose another one")
            )
