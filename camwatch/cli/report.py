"""`camwatch report`: makes the report of a day, week or month as a PDF file, without a window."""

from __future__ import annotations

import argparse
from datetime import date
from typing import Any

from camwatch.accuracy.keeping import disk_errors
from camwatch.cli.camera_desk import ACTOR, open_profile, print_json
from camwatch.cli.history_desk import (
    add_common_options,
    cameras_named,
    check_history,
    check_output,
    site_named,
    told,
    without_screen,
    zone_of,
)
from camwatch.commands.report_desk import ReportDesk
from camwatch.commands.trail import DONE, Trail
from camwatch.domain import utc_now
from camwatch.errors import CamWatchError, InvalidSetting
from camwatch.files import write_aside
from camwatch.history.reports import Report, ReportRequest, ReportSpan
from camwatch.paths import Profile, profile_at


def add_parser(commands: Any) -> None:
    """Add the command.

    Args:
        commands: What `argparse.ArgumentParser.add_subparsers` returned.
    """
    parser = commands.add_parser(
        "report",
        help="make the report of a day, week or month as a PDF file",
        description="Charts, totals with their coverage, cameras, lines, corrections and alerts.",
        epilog="It is an entry of the audit log, so CamWatch must not be running with the "
        "profile; use its page then. Exit codes: 0 done, 1 failed, 2 bad usage.",
    )
    parser.add_argument("--span", required=True, choices=[one.value for one in ReportSpan])
    parser.add_argument(
        "--of", required=True, dest="day", metavar="DATE", help="a day in it, such as 2026-03-02"
    )
    parser.add_argument("--site", default="", metavar="NAME", help="only this one (default: all)")
    parser.add_argument(
        "--camera",
        action="append",
        default=[],
        metavar="NAME",
        help="only this one; may be given several times (default: all of the site)",
    )
    add_common_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Carry the command out; return the exit code: 0 done, 1 failed, 2 bad usage."""
    try:
        return _report(profile_at(arguments.profile), arguments)
    except CamWatchError as error:
        return told("report", error)


def _report(profile: Profile, arguments: argparse.Namespace) -> int:
    file = arguments.output
    day = _day(arguments.day)
    check_output(file, is_forced=arguments.force)
    zone = zone_of(profile, arguments.zone)
    check_history(profile)
    with open_profile(profile) as (database, _):
        request = ReportRequest(
            ReportSpan(arguments.span),
            day,
            site_named(database, arguments.site),
            cameras_named(database, arguments.camera) or (),
            zone,
        )
        report = ReportDesk(database, utc_now).make(request, ACTOR)
        Trail(database.audit).record(ACTOR, "report", file.name, DONE, text=report.title)
    pages = _write(report, arguments)
    if arguments.json:
        print_json(
            {
                "file": str(file),
                "title": report.title,
                "start": report.start.isoformat(),
                "end": report.end.isoformat(),
                "pages": pages,
                "cameras": len(report.cameras),
            }
        )
    else:
        print(f"{report.title}: {pages} {'page is' if pages == 1 else 'pages are'} in {file}.")
    return 0


def _write(report: Report, arguments: argparse.Namespace) -> int:
    """Draw the report and write its file; return how many pages it has."""
    without_screen()
    # Qt is loaded only where something is drawn.
    from PySide6.QtGui import QGuiApplication  # noqa: PLC0415

    from camwatch.ui.report.pages import ReportPages, render_pdf  # noqa: PLC0415

    application = QGuiApplication.instance() or QGuiApplication(["camwatch"])
    pdf, pages = render_pdf(report), ReportPages(report).count
    del application
    with disk_errors(arguments.output):
        write_aside(arguments.output, pdf)
    return pages


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidSetting("--of", f"is no date such as 2026-03-02: {text}") from None
