"""What somebody who found something wants of the window."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal


class Wishes(QObject):
    """One signal for each kind of thing that is found; the window listens.

    Results hold these signals instead of the window, which would else be kept alive by them.

    Signals:
        page: Show a page, by its place in `PAGES`.
        live: Show a camera alone, by its id.
        chart: Show a camera's chart.
        edit: Open the form of a camera.
        scene: Open the editor of a camera's lines and zones.
        privacy: Open the privacy of a camera.
        site: Show a site on the live page: its name, and the ids of its cameras.
        alert: Show an alert, by its uid.
        rule: Show a rule, by its uid.
        operator: Show an operator, by name.
        wall: Show a saved wall, by its uid.
        setting: Show a setting, by its key.
        setup: Open what is set up in a place of its own; see `ui.settings.links`.
    """

    page = Signal(int)
    live = Signal(object)
    chart = Signal(object)
    edit = Signal(object)
    scene = Signal(object)
    privacy = Signal(object)
    site = Signal(str, object)
    alert = Signal(str)
    rule = Signal(str)
    operator = Signal(str)
    wall = Signal(str)
    setting = Signal(str)
    setup = Signal(str)
