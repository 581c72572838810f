"""What can go wrong, row by row, and what an operator then sees.

The rows are the promise; tests that carry `@pytest.mark.fault("F01", …)` prove them. The list with
its tests and their result is `docs/faults.md`, written by `tools/fault_list.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Row:
    """One fault.

    Attributes:
        id: Such as "F01"; never given to another fault.
        fault: What happens, as a phrase.
        seen: What the operator sees then, or what CamWatch does about it.
    """

    id: str
    fault: str
    seen: str


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that belong together, under one heading."""

    title: str
    rows: tuple[Row, ...]


INVARIANTS: Mapping[str, str] = MappingProxyType(
    {
        "I1": "A failed poll never becomes a count of 0: the history has a gap, with its reason.",
        "I2": "The window stays alive: its thread is never held up for longer than 250 ms.",
        "I3": "Other cameras do not notice: their latency moves by less than 20 %, or 50 ms.",
        "I4": "Memory stays bounded while a fault lasts, and comes back after it.",
        "I5": "No password is in the log, the database, an argument or a variable of a process.",
        "I6": "One change of state down and one up an outage; a line a minute in the log at most.",
        "I7": "The camera is back within two intervals and the wait it was given.",
        "I9": "The program ends in every state of fault, and leaves no process behind.",
        "I10": "However often it happens, no thread, socket, file or process is left over.",
        "I11": "Every state and every reason has words to act on, and a line in the manual.",
        "I12": "Nothing fails open: what cannot be checked is refused.",
    }
)
"""What holds after each fault, by name; I8, of writes that survive a kill, is the history's."""

GROUPS = (
    Group(
        "Cameras over HTTP",
        (
            Row(
                "F01",
                "the port is closed",
                "*Offline*, \u201cit refused the connection\u201d, after three failed polls; then "
                "asked ever more seldom, each camera at its own moment",
            ),
            Row(
                "F02",
                "packets vanish on the way to it",
                "given up after 3 s without a connection; *offline*",
            ),
            Row(
                "F03",
                "it accepts and never answers",
                "given up at the deadline, the connection is closed, no thread waits for it",
            ),
            Row("F04", "it hangs inside its headers", "given up at the deadline"),
            Row(
                "F05",
                "it hangs in the middle of a picture",
                "given up at the deadline; what had come is thrown away",
            ),
            Row(
                "F06",
                "the picture trickles in, a byte at a time",
                "cut at the same deadline, which counts for the whole poll",
            ),
            Row("F07", "the headers trickle in", "cut at the same deadline"),
            Row(
                "F08",
                "it hangs up before the announced end",
                "\u201cthe picture broke off on the way\u201d; the next poll is as usual",
            ),
            Row(
                "F09",
                "it announces 4 GiB",
                "\u201cthe picture's file is too large\u201d, refused unread",
            ),
            Row("F10", "the picture never ends", "cut at 8 MiB or the deadline"),
            Row(
                "F11",
                "more bytes come than were announced",
                "the announced picture is used, the connection is not used again",
            ),
            Row(
                "F12",
                "a small packed answer unpacks to hundreds of megabytes",
                "never unpacked: CamWatch asks for plain bytes, and refuses others unread",
            ),
            Row(
                "F13",
                "64 KiB of headers, or 10,000 of them",
                "\u201cits answer is out of bounds\u201d",
            ),
            Row(
                "F14",
                "a sign-in page with status 200",
                "\u201ca web page instead of a picture\u201d; the page is not kept",
            ),
            Row("F15", "an empty answer with status 200", "\u201can empty answer\u201d"),
            Row(
                "F16",
                "the picture is cut off, after much or little of it",
                "\u201cthe picture is cut off\u201d or \u201cdamaged\u201d; nobody is counted in it",
            ),
            Row(
                "F17",
                "bytes in the middle of the picture are damaged",
                "\u201cthe picture is damaged\u201d, at every scale it is decoded at",
            ),
            Row(
                "F18",
                "a tiny file that claims up to 65,535 pixels a side",
                "\u201cthe picture has too many pixels\u201d, from its header, before any decoder",
            ),
            Row(
                "F19",
                "a picture of endless scans",
                "\u201cthe picture is built oddly\u201d: more than 32 scans are not decoded",
            ),
            Row(
                "F20",
                "GIF, TIFF, WebP, SVG or EXR called image/jpeg",
                "\u201cneither JPEG nor PNG\u201d, by its first bytes",
            ),
            Row("F21", "a good JPEG under a wrong type", "accepted: the bytes decide"),
            Row(
                "F22",
                "the picture's size changes",
                "zones and lines go along if its shape is the same; else *reshaped* is shown and "
                "counts are flagged",
            ),
            Row(
                "F23",
                "grey, CMYK and 16-bit pictures; a turn noted in EXIF",
                "decoded to three times 8 bits; EXIF turns nothing",
            ),
            Row(
                "F24",
                "the same picture, byte for byte, again and again",
                "*Frozen*: not counted any more, since when is shown",
            ),
            Row(
                "F25",
                "black, covered, overexposed or blurred pictures",
                "a notice says which; people are counted, and the counts are flagged",
            ),
            Row(
                "F26",
                "a wrong password (401)",
                "*sign-in failed* after two tries, then one probe in ten minutes, so that the "
                "camera locks no account; a new password is tried at once",
            ),
            Row(
                "F27",
                "digest in every variant: new nonces, stale, -sess, SHA-256, without qop, unknown",
                "all work but the unknown, which is a clear error; never Basic in the clear unless "
                "that was ticked",
            ),
            Row(
                "F28",
                "403, 404, 410, 429, 500, 503, with and without Retry-After",
                "each has its reason; Retry-After is kept to, for five minutes at most",
            ),
            Row(
                "F29",
                "a redirect, or a loop of them",
                "*Blocked*, \u201cit points to another address\u201d; not followed",
            ),
            Row("F30", "a redirect to a file or to FTP", "*Blocked*; nothing is opened"),
            Row(
                "F31",
                "a redirect to another host or port",
                "*Blocked*; the other gets no connection at all",
            ),
            Row("F32", "a redirect from https to http", "*Blocked*"),
            Row(
                "F33",
                "an address of this computer, of a cloud's administration, or of many",
                "*Blocked*, \u201cits address is not allowed\u201d, checked where the connection is made",
            ),
            Row(
                "F34",
                "the name is unknown, or nobody answers for it",
                "*Offline*, \u201cits name was not found in the network\u201d; no old address is used",
            ),
            Row(
                "F35",
                "looking the name up takes half a minute",
                "given up at the deadline; slow names hold up neither the others nor the end",
            ),
            Row(
                "F36",
                "the name first leads to a camera, then to this computer",
                "*Blocked*: the address that is checked is the one that is connected to",
            ),
            Row(
                "F37",
                "its IPv6 address is dead, its IPv4 address is not",
                "reached over IPv4 a fraction of a second later",
            ),
            Row(
                "F38",
                "a certificate that nobody vouches for",
                "*Blocked*, with its fingerprint, until an administrator trusts it",
            ),
            Row(
                "F39",
                "a trusted certificate becomes another",
                "*certificate changed*; no password is sent until an administrator trusts it",
            ),
            Row(
                "F40",
                "an expired certificate",
                "works with a notice if it is trusted; refused if it is not",
            ),
            Row(
                "F41",
                "TLS older than 1.2, or a handshake that hangs",
                "\u201cno secure connection\u201d, or given up at the deadline",
            ),
            Row(
                "F42",
                "an MJPEG stream with a wrong boundary, without lengths, endless or far too fast",
                "pictures are found by their own start and end; a part is 8 MiB at most; what comes "
                "too fast is dropped",
            ),
            Row(
                "F43",
                "the camera's clock is years off",
                "the history keeps this computer's time",
            ),
        ),
    ),
    Group(
        "Streams and their reader",
        (
            Row(
                "F44",
                "an RTSP camera that accepts and is silent",
                "given up at the deadline; the reader is ended",
            ),
            Row(
                "F45",
                "the stream stops after it began",
                "\u201cits stream stopped\u201d; begun anew by itself",
            ),
            Row(
                "F46",
                "the reader does not hear that it should end",
                "killed; no process and no open file is left",
            ),
            Row(
                "F47",
                "the reader crashes, again and again",
                "begun anew, then left alone for a while; \u201creading its stream broke off\u201d",
            ),
            Row(
                "F48",
                "the reader floods its error output",
                "only the newest lines are kept, without secrets",
            ),
            Row(
                "F49",
                "an address such as file:, concat: or an option of the reader",
                "refused when it is entered, and once more where the reader starts",
            ),
            Row(
                "F50",
                "a \u201ccamera\u201d that answers with a play list of other addresses",
                "refused; nobody else is asked",
            ),
            Row("F51", "a stream that redirects", "not followed"),
            Row(
                "F52",
                "damaged video, or times that jump",
                "damaged pictures are not shown as sound; counting goes on with the next good one",
            ),
            Row(
                "F53",
                "the Wi-Fi is gone for a minute, again and again",
                "one outage each time, and nothing is left over",
            ),
        ),
    ),
    Group(
        "Many cameras, and this computer",
        (
            Row(
                "F54",
                "a switch dies, and 50 of 64 cameras with it",
                "one message that names what they have in common, not fifty",
            ),
            Row("F55", "all return at once", "they are asked again spread over time"),
            Row(
                "F56",
                "this computer loses its network",
                "\u201cthis computer has no network\u201d instead of an alarm a camera; back by itself",
            ),
            Row(
                "F57",
                "this computer sleeps for a night",
                "one gap, \u201cthis computer was asleep\u201d; no burst of missed polls",
            ),
            Row(
                "F58",
                "the wall clock is set forwards, backwards, to 1970 or 2038",
                "polls go on, ages stay right, and the jump is told",
            ),
            Row(
                "F59",
                "summer time begins or ends, or the time zone changes",
                "stored in UTC; a local day has 23 or 25 hours, none lost or doubled",
            ),
            Row(
                "F60",
                "the processor is busy with other things",
                "the newest picture wins, nothing piles up, and it is told",
            ),
            Row(
                "F61",
                "the reader of a stream runs out of memory",
                "it ends, CamWatch does not; \u201cits picture needs too much memory\u201d",
            ),
            Row(
                "F62",
                "no more files or sockets may be opened",
                "\u201ctoo many connections are open here\u201d; history and window go on",
            ),
            Row(
                "F63",
                "no more threads or processes may be started",
                "the camera says so; history and window go on",
            ),
            Row(
                "F64",
                "the detector's model is missing, another file, or damaged",
                "pictures are shown, a banner says that nobody is counted; counts are unknown, "
                "never 0",
            ),
            Row(
                "F65",
                "the detector fails, gives no numbers, or hangs",
                "the picture is skipped; a hanging one is left behind and counting begins anew; "
                "three times in a minute, and counting is off, with a banner",
            ),
            Row(
                "F66",
                "a bug in a slot, a worker or a task",
                "logged once, told with its number; the program goes on",
            ),
        ),
    ),
    Group(
        "The history in a file",
        (
            Row(
                "F67",
                "another program holds the file locked, for seconds or a minute",
                "counts wait, \u201csaving is delayed\u201d after five seconds; nothing is lost",
            ),
            Row(
                "F68",
                "another program writes between reading and writing",
                "cannot get in between: whoever writes takes the lock first",
            ),
            Row(
                "F69",
                "the disk is full",
                "pictures and numbers go on, \u201cthe disk is full, not saving\u201d; held-back "
                "room is given free so that old rows can go; saving begins again by itself",
            ),
            Row(
                "F70", "the disk runs low", "a warning before it is full; exports are refused first"
            ),
            Row(
                "F71",
                "the file or its folder may only be read",
                "at the start a message with the path and the reason; later, waiting as for a "
                "full disk",
            ),
            Row(
                "F72",
                "the disk fails while it writes through, once or always",
                "writing stops, the file is opened anew and looked through, the batch is tried "
                "again, and it is told that the disk may be failing",
            ),
            Row(
                "F73",
                "the disk has no room at the n-th write, for each n",
                "no crash; the file is sound",
            ),
            Row(
                "F74",
                "a page of the file is damaged",
                "found at the start and each night; the newest sound copy, or what can be saved, "
                "is offered, and the live view works meanwhile",
            ),
            Row(
                "F75",
                "the file is no database any more, or cut off",
                "renamed, never deleted; a copy is offered, else a new file is begun",
            ),
            Row(
                "F76",
                "the file is deleted or replaced while CamWatch runs",
                "noticed within a minute; an alarm, and counts wait",
            ),
            Row(
                "F77",
                "the file\u2019s log is removed, or is that of another file",
                "opens soundly, or is taken for damaged",
            ),
            Row(
                "F78", "a newer CamWatch wrote the file", "refused, with the version that is needed"
            ),
            Row(
                "F79",
                "killed in each step of bringing the file up to date",
                "the next start does it, or the file is as it was; never half of it",
            ),
            Row(
                "F80",
                "killed 200 times at any moment",
                "what was saved stays saved; the file is sound",
            ),
            Row(
                "F81",
                "the power fails at any moment",
                "the file opens, is sound, and has all that was saved before",
            ),
            Row("F82", "the file is on a network drive", "refused, with the way to PostgreSQL"),
            Row(
                "F83",
                "CamWatch is started twice",
                "the second shows the first\u2019s window and ends; a file is used by one alone",
            ),
        ),
    ),
    Group(
        "The history on a PostgreSQL server",
        (
            Row(
                "F84",
                "the server is away when CamWatch starts",
                "starts, counts wait on this computer\u2019s disk with a banner, and are saved in "
                "their order and once when it is back",
            ),
            Row("F85", "the server is killed in the middle of a batch", "the batch is saved once"),
            Row(
                "F86",
                "the server does not answer any more",
                "given up after five seconds, and connected to anew",
            ),
            Row(
                "F87",
                "the server is full of connections, has another password, takes rights away, is a "
                "copy that may only be read, or has a full disk",
                "each with its own message; counts wait; one try a second at most",
            ),
            Row(
                "F88",
                "somebody holds a table locked for a minute",
                "questions are given up after five seconds with a message; counts wait",
            ),
        ),
    ),
    Group(
        "A long time",
        (
            Row(
                "L8",
                "90 days with both changes of the clocks, by a clock that is put forward",
                "no gap, no double minute; old rows go in time",
            ),
            Row(
                "L9",
                "questions over ten million rows, and a year as a file",
                "answered, and streamed",
            ),
            Row("L14", "killed 200 times while it writes", "no saved row is lost"),
        ),
    ),
    Group(
        "Passwords, and where they are kept",
        (
            Row(
                "F89",
                "the keyring is locked",
                "one question of the keyring, not one a camera; cameras with a password wait "
                "and say so, the others run",
            ),
            Row(
                "F90",
                "there is no keyring",
                "an encrypted vault is offered, or keeping the password until closing; nothing "
                "is written in clear text",
            ),
            Row(
                "F91",
                "the keyring's question is dismissed",
                "it is asked again only when an operator does something that needs it",
            ),
            Row(
                "F92",
                "the keyring does not answer",
                "five seconds at most, beside the window; then a message",
            ),
            Row(
                "F93",
                "an entry is deleted from the keyring by somebody else",
                "\u201cpassword missing\u201d; the camera is not asked with an empty one",
            ),
            Row(
                "F94",
                "the keyring fails while a password is saved",
                "nothing is half saved; the old password stays",
            ),
        ),
    ),
    Group(
        "Signing in",
        (
            Row(
                "F105",
                "the login service is down",
                "\u201cthe login service cannot be reached\u201d; who is signed in goes on; "
                "nobody new gets in but by an earlier sign-in that still holds",
            ),
            Row(
                "F106",
                "the login service is slow, or answers with something else",
                "five seconds at most; refused with the reason",
            ),
            Row(
                "F107",
                "a token has run out",
                "renewed once without disturbing; else the window for signing in",
            ),
            Row(
                "F108",
                "a token without a signature",
                "refused, and noted in the audit log",
            ),
            Row(
                "F109",
                "a token that is signed with the public key as if it were a secret",
                "refused",
            ),
            Row(
                "F111",
                "a token for somebody else, of another kind, or with parts missing",
                "refused",
            ),
            Row(
                "F112",
                "a token that names a key by a path, a query or an address",
                "refused; no file, database or address is touched",
            ),
            Row(
                "F113",
                "the clocks of the login service and of this computer differ",
                "half a minute does not matter; more is refused, with a hint at the clock",
            ),
            Row(
                "F114",
                "an operator is disabled, lowered or signed out at the login service",
                "within a minute the session ends, or its rights do",
            ),
            Row(
                "F115",
                "passwords are guessed: of one operator, or of many",
                "account and computer rest, longer each time, also after a new start; the "
                "answer tells nothing",
            ),
            Row(
                "F116",
                "it is tried which user names there are",
                "known and unknown names are answered alike, and as fast",
            ),
            Row(
                "F117",
                "a password of a megabyte, with odd characters, or typed in another form",
                "refused before it is hashed; forms of one character are one",
            ),
            Row(
                "F118",
                "many sign in at once",
                "one after the other; the window and the cameras go on",
            ),
            Row(
                "F119",
                "a file with secrets is missing, open to others, or unreadable",
                "made private, or refused with its place",
            ),
        ),
    ),
    Group(
        "Alerts",
        (
            Row(
                "F95",
                "the mail server is down, or hangs in the middle",
                "tried again from 1 minute to 1 hour apart for a day; status bar and outbox say so; "
                "popups are not touched; each step ends after 10 seconds",
            ),
            Row(
                "F96",
                "the mail server offers no encryption, or somebody strips the offer",
                "no sign-in and no mail; it says so; in the audit log",
            ),
            Row(
                "F97",
                "the certificate of the mail server is wrong",
                "likewise",
            ),
            Row(
                "F98",
                "the mail server refuses sign-in, asks for patience, refuses the mail, or refuses "
                "one recipient of three",
                "not tried again until the channel is changed; tried again; not tried again; the other two "
                "get it",
            ),
            Row(
                "F99",
                "a webhook is slow, or its answer never ends",
                "over after 5 seconds in all; at most 64 KiB of the answer are read",
            ),
            Row(
                "F100",
                "a webhook answers 500, 429 with a time, or 410",
                "tried again; not before that time; switched off, and a notice says so",
            ),
            Row(
                "F101",
                "a webhook redirects, or its name leads into the local network",
                "not followed; refused unless an administrator has allowed it",
            ),
            Row(
                "F102",
                "killed between the decision and the sending",
                "sent after the next start, with the same key; said to be late after an hour",
            ),
            Row(
                "F103",
                "the desktop shows no notifications",
                "a banner in the window instead",
            ),
            Row(
                "F104",
                "a number flaps around a rule's threshold",
                "hysteresis and cool-down: told once in each cool-down at most",
            ),
            Row(
                "L10",
                "1,000 thresholds are crossed within a second",
                "one mail a minute and rule at most, with numbers; the window goes on",
            ),
        ),
    ),
    Group(
        "Load, and files from elsewhere",
        (
            Row(
                "L5",
                "half of all cameras hang",
                "the other half goes on as before",
            ),
            Row(
                "L6",
                "all cameras fail and return in one instant",
                "reconnecting is spread: a fifth of them in any one second at most",
            ),
            Row(
                "L7",
                "cameras fail at random for half an hour",
                "nothing is left over, nothing flaps, no old picture is shown as live",
            ),
            Row(
                "F130",
                "an operator of one site asks for what belongs to another, by its number",
                "it is not there for them, whatever the command; noted in the audit log",
            ),
            Row(
                "F135",
                "a list of cameras to import that is huge, or made to do harm",
                "refused with what is wrong in which row; nothing of it is run or followed",
            ),
        ),
    ),
    Group(
        "The window and its language",
        (
            Row(
                "F136",
                "a text is not translated, a language file is missing or damaged, names are very "
                "long or run from right to left",
                "English instead of nothing; every page keeps its layout",
            ),
        ),
    ),
)

ROWS: Mapping[str, Row] = MappingProxyType({row.id: row for group in GROUPS for row in group.rows})
"""All rows by their id."""
