"""The history that real commands work on, as the tests of the commands have it."""

from tests.commands.conftest import (  # noqa: F401 - fixtures, taken by name
    bus,
    clock,
    commands,
    counting,
    database,
    file,
    keyring,
    new_history,
    secrets,
)
