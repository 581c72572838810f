"""The pages of the window, and whom they are offered to."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.language import listed, tr
from camwatch.ui import theme
from camwatch.ui.error_text import permission_words
from camwatch.ui.forms import plain_label
from camwatch.ui.shortcuts import Key

LIVE, CHARTS, ALERTS, CAMERAS, ACCURACY, USERS, AUDIT = range(7)

_TEXT_WIDTH = 440


@dataclass(frozen=True, slots=True)
class PageInfo:
    """One page.

    Attributes:
        title: As the header names it.
        icon: File name without ".svg".
        key: What shows it.
        needs: The permissions without which it could show nothing.
        is_hidden: Those who may not see it do not see its button either; else it is there, greyed,
            and says why.
    """

    title: str
    icon: str
    key: Key
    needs: tuple[Permission, ...]
    is_hidden: bool = False

    def why_not(self, session: Session) -> str:
        """Say why the page is not offered to an operator; "" if it is."""
        missing = [one for one in self.needs if not session.may(one)]
        if not missing:
            return ""
        return may_not(*missing)


PAGES = listed(
    lambda: (
        PageInfo(tr("Live"), "layout-grid", Key.LIVE_PAGE, (Permission.VIEW_CAMERAS,)),
        PageInfo(
            tr("Charts"),
            "chart-line",
            Key.CHARTS_PAGE,
            (Permission.VIEW_CAMERAS, Permission.VIEW_COUNTS),
        ),
        PageInfo(tr("Alerts"), "bell", Key.ALERTS_PAGE, (Permission.VIEW_ALERTS,)),
        PageInfo(tr("Cameras"), "cctv", Key.CAMERAS_PAGE, (Permission.VIEW_CAMERAS,)),
        PageInfo(
            tr("Accuracy"),
            "badge-check",
            Key.ACCURACY_PAGE,
            (Permission.VIEW_CAMERAS, Permission.VIEW_ACCURACY),
        ),
        PageInfo(
            tr("Users"), "users", Key.USERS_PAGE, (Permission.MANAGE_OPERATORS,), is_hidden=True
        ),
        PageInfo(
            tr("Who did what"),
            "scroll-text",
            Key.AUDIT_PAGE,
            (Permission.VIEW_AUDIT,),
            is_hidden=True,
        ),
    )
)


def may_not(*missing: Permission) -> str:
    """Say what an operator may not do, and who can change that."""
    what = tr(" and not ").join(permission_words(one.value) for one in missing)
    return tr(
        "Your role does not let you {what}. An administrator can give you another role.", what=what
    )


def first_page(session: Session) -> int | None:
    """Return the place of the first page that the operator may see; None if there is none."""
    return next((index for index, page in enumerate(PAGES) if not page.why_not(session)), None)


def nothing_page() -> QWidget:
    """Make what those see whom no page is offered."""
    room = QWidget()
    text = plain_label(
        tr(
            "Your role does not let you see cameras, counts, alerts or audits. An administrator can give "
            "you another role; what you may do is under “My account” in the menu at the top right."
        ),
        "muted",
    )
    text.setAlignment(Qt.AlignmentFlag.AlignCenter)
    text.setFixedWidth(theme.px(_TEXT_WIDTH))
    column = QVBoxLayout(room)
    column.addWidget(text, 0, Qt.AlignmentFlag.AlignCenter)
    return room
