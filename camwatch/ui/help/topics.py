"""What can be asked about, and what is answered: a few sentences, and the chapter that tells more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from camwatch.language import table, tr
from camwatch.ui.pages import (
    ACCURACY,
    ALERTS,
    AUDIT,
    CAMERAS,
    CHARTS,
    HEALTH,
    LIVE,
    SETTINGS,
    USERS,
)


@dataclass(frozen=True, slots=True)
class Topic:
    """One thing that help is given on.

    Attributes:
        title: What it is called on the screen.
        what: What it is, in one or two sentences.
        why: Why it matters, or what to look out for.
        chapter: File name of a chapter in `docs`, without ".md".
        heading: Where in the chapter; "" for its beginning. As it stands there.
        synonyms: Other words under which it is found, in English.
    """

    title: str
    what: str
    why: str
    chapter: str
    heading: str = ""
    synonyms: tuple[str, ...] = ()


PAGE_TOPICS: Mapping[int, str] = {
    LIVE: "live",
    CHARTS: "charts",
    ALERTS: "alerts",
    CAMERAS: "cameras",
    ACCURACY: "accuracy",
    USERS: "users",
    AUDIT: "audit",
    HEALTH: "health",
    SETTINGS: "settings",
}
"""Which topic is that of a page."""


def _pages() -> dict[str, Topic]:
    return {
        "live": Topic(
            tr("The live page"),
            tr(
                "Each tile is one camera: its newest picture, how old it is, and how many people "
                "are in view. Enter or a double click shows one camera alone."
            ),
            tr(
                "“?” means that the number is not known now, which is not the same as nobody "
                "there. A pale picture is old, and says how old."
            ),
            "live-view",
            synonyms=("tiles", "wall", "video"),
        ),
        "charts": Topic(
            tr("The charts page"),
            tr(
                "How many people were in view, came in and went out, over hours, days and weeks. "
                "Choose whose numbers, then which time."
            ),
            tr(
                "Where nothing was measured there is a gap, never a nought. The strip below says "
                "how much of the time was covered: a total with little coverage is too low."
            ),
            "charts",
            synonyms=("history", "graph"),
        ),
        "alerts": Topic(
            tr("The alerts page"),
            tr(
                "The inbox lists what wants somebody. Acknowledge says that you know of it; the "
                "alert stays until its cause is over. “Rules” decides what raises alerts, and "
                "“Delivery” whom they reach."
            ),
            tr(
                "An alert that nobody has seen is sent on to the next person of the plan. Put it "
                "on the shelf only if you know why it will come back."
            ),
            "alerts",
            synonyms=("inbox", "alarm"),
        ),
        "cameras": Topic(
            tr("The cameras page"),
            tr(
                "The list of cameras with their states. Here they are added, changed, found in "
                "the network, imported and removed, and here lines and zones are drawn."
            ),
            tr(
                "A camera counts people in view at once. People who come in and go out are "
                "counted only where a line is drawn."
            ),
            "cameras",
            synonyms=("devices", "add camera"),
        ),
        "accuracy": Topic(
            tr("The accuracy page"),
            tr(
                "Says for each camera how far its numbers are from what a person counts. You find "
                "out by an audit: a stretch is recorded, you count it, and both are compared."
            ),
            tr(
                "A number without an audit is a guess of unknown quality. It says so wherever shown."
            ),
            "accuracy",
            synonyms=("audit", "error", "quality"),
        ),
        "users": Topic(
            tr("The users page"),
            tr(
                "Who may sign in, with which role, and who is signed in now. A role says what its "
                "users may do, and which sites they see."
            ),
            tr(
                "Give each person an account of their own: only then does “Who did what” say who "
                "it was."
            ),
            "users-page",
            synonyms=("operators", "roles", "accounts"),
        ),
        "audit": Topic(
            tr("The page “Who did what”"),
            tr(
                "Every change, sign-in and refusal, with who, when and from where. Nothing can be "
                "changed or taken out of it without that being found out."
            ),
            tr("“Check again” proves that it is whole. Do it before you rely on an entry."),
            "audit",
            synonyms=("audit log", "trail"),
        ),
        "health": Topic(
            tr("The health page"),
            tr(
                "How CamWatch itself is doing, part by part: a sign, a word, one sentence, and "
                "what to do. The line beside it is the last three days, higher where it was worse."
            ),
            tr(
                "“Not known” is not “good”. Look here first when a number or a picture surprises "
                "you; “Diagnostics…” collects what support needs, and sends it to nobody."
            ),
            "health",
            synonyms=("status", "diagnostics"),
        ),
        "settings": Topic(
            tr("The settings page"),
            tr(
                "Every setting of this computer, with its default and when a change holds. Type "
                "to look for one; nothing holds before you save."
            ),
            tr(
                "What is marked as holding after CamWatch is closed and opened again changes "
                "nothing until then. A variable of the environment wins over what is saved here."
            ),
            "settings-page",
            synonyms=("options", "preferences"),
        ),
    }


def _fields() -> dict[str, Topic]:
    return {
        "interval": Topic(
            tr("How often a camera is asked"),
            tr("The seconds between two pictures that are fetched and counted."),
            tr(
                "People in view need a picture every second or two. Lines need at least two a "
                "second: whoever walks past between two pictures is not counted. More pictures "
                "need more of this computer."
            ),
            "counting",
            "When there are no numbers",
            ("rate", "fps", "pictures per second"),
        ),
        "allow_basic": Topic(
            tr("Basic sign-in"),
            tr("The password is sent to the camera as it is, without being scrambled."),
            tr(
                "Anybody who can listen in the network can read it. Allow it only for cameras "
                "that know nothing better, or with https."
            ),
            "cameras",
            "Signing in",
            ("password in the clear", "http basic"),
        ),
        "site": Topic(
            tr("Site"),
            tr("The place that a camera belongs to, such as a shop or a building."),
            tr(
                "Numbers are added up by site, its time zone decides when a day begins, and roles "
                "can be limited to sites."
            ),
            "operators",
            "Sites",
            ("location", "group"),
        ),
        "hysteresis": Topic(
            tr("When an alert is over"),
            tr("How far below the limit the number must fall before the alert returns."),
            tr(
                "With nought a number that goes up and down at the limit raises an alert each "
                "time. One or two people of room make it calm."
            ),
            "rules",
            "What is watched for",
            ("flapping", "dead band"),
        ),
        "cool_down": Topic(
            tr("Cool-down"),
            tr("After somebody was told of an alert, nobody is told of the same one for so long."),
            tr(
                "It keeps telephones quiet, and does not hide anything: the alert is in the inbox "
                "all the same, and a more serious one is told at once."
            ),
            "rules",
            "Cool-down",
            ("quiet time", "repeat"),
        ),
        "schedule": Topic(
            tr("When a rule is on"),
            tr("The hours of the week in which the rule raises alerts."),
            tr(
                "While it is off nothing is raised. An alert that is open goes on, and returns "
                "when its cause is over."
            ),
            "rules",
            "When",
            ("opening hours", "week"),
        ),
        "threshold": Topic(
            tr("The threshold of a camera"),
            tr("How sure the model must be before it counts something as a person."),
            tr(
                "Lower finds more people and more coat stands; higher misses some. An audit of "
                "this camera says which one is best for it."
            ),
            "accuracy",
            "The threshold",
            ("score", "sensitivity", "confidence"),
        ),
        "recheck": Topic(
            tr("Looking again at a still view"),
            tr("While nothing moves, people are not looked for in each picture, only so often."),
            tr(
                "It saves most of the computing time at night. Who stands quite still is still "
                "counted, as long as this is not too seldom."
            ),
            "counting",
            "",
            ("motion", "still"),
        ),
        "retention": Topic(
            tr("How long the history is kept"),
            tr("What is older is deleted each night, the finest numbers first."),
            tr(
                "What is deleted cannot be brought back. Sums of hours and days stay much longer "
                "than single measurements, and need little room."
            ),
            "retention",
            "",
            ("delete", "gdpr", "privacy"),
        ),
        "role_sites": Topic(
            tr("Sites that a role sees"),
            tr("Its users see only the cameras, numbers and alerts of these sites."),
            tr(
                "What concerns the whole program, such as users and storage, they cannot do at all."
            ),
            "operators",
            "Sites",
            ("restrict", "limit"),
        ),
    }


TOPICS: Mapping[str, Topic] = table(lambda: {**_pages(), **_fields()})
"""All of them, by the name under which pages and forms ask for them."""

CHAPTERS: Mapping[str, str] = table(
    lambda: {
        "index": tr("What CamWatch is"),
        "user-guide": tr("User guide"),
        "first-steps": tr("First steps"),
        "signing-in-steps": tr("Signing in, step by step"),
        "finding-things": tr("Finding things, undoing, and help"),
        "live-view": tr("The live view"),
        "live-wall": tr("The live wall"),
        "time-machine": tr("The time machine"),
        "privacy": tr("Privacy"),
        "charts": tr("Charts"),
        "corrections": tr("Corrections"),
        "export": tr("Files and reports of the history"),
        "heatmap": tr("Where people are, and how long"),
        "accuracy": tr("How right are the numbers?"),
        "alerts": tr("Alerts: the inbox, and the hand-over of a shift"),
        "rules": tr("Rules"),
        "delivery": tr("How alerts reach people"),
        "alert-proof": tr("Proof that alerts arrive"),
        "webhooks": tr("Webhooks"),
        "cameras": tr("Cameras"),
        "camera-list": tr("The list of cameras"),
        "streams": tr("Streams, USB cameras and files"),
        "discovery": tr("Finding cameras, ONVIF, and turning cameras"),
        "many-cameras": tr("Many cameras at once"),
        "lines-and-zones": tr("Drawing lines and zones"),
        "counting": tr("Who passes, and who stands where"),
        "administrator-guide": tr("Administrator guide"),
        "installing": tr("Installing CamWatch"),
        "desktop": tr("CamWatch on the desktop"),
        "settings-page": tr("The settings page"),
        "settings": tr("Settings"),
        "workspace": tr("The workspace file"),
        "users-page": tr("The users page"),
        "operators": tr("Users, roles, sites and sessions"),
        "sign-in": tr("Signing in"),
        "login-service": tr("Signing in through a login service"),
        "audit": tr("Who did what: the audit log"),
        "secrets": tr("Where secrets are kept"),
        "history": tr("The history"),
        "retention": tr("How long the history is kept"),
        "backups": tr("Copies, damaged files, and moving a history"),
        "when-saving-fails": tr("When saving fails"),
        "postgresql": tr("The history on a PostgreSQL server"),
        "workstations": tr("Several workstations, one history"),
        "health": tr("How CamWatch itself is doing"),
        "faults": tr("What goes wrong, and what you see then"),
        "benchmarks": tr("Benchmarks"),
        "models": tr("How people are found, and how well"),
        "developer-guide": tr("Developer guide"),
        "packaging": tr("Packaging: how what is installed is built"),
        "translating": tr("Translating CamWatch"),
        "simulator": tr("Simulated cameras"),
    }
)
"""The chapters that ship with the program, with their titles, as `tools/site/nav.toml` orders them.

A chapter that is not named here is listed behind these, under its first line.
"""
