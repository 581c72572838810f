"""Signing in with Digest and Basic, to a camera that checks every digest itself."""

from __future__ import annotations

import base64
import hashlib
import itertools
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from camwatch.cameras.sign_in import Challenge, best_digest, parse_challenges
from camwatch.domain import Reason
from camwatch.errors import CameraError
from tests.cameras.asking import failure, poll, snapshot
from tests.support.fault_camera import FaultCamera, answer, by_request, jpeg

PICTURE = jpeg(1)
USER = 'opé "r"\\'
PASSWORD = "p@:/?#%&+ \"'\\ü😀"


def header(head: str, name: str) -> str | None:
    """Return a header of a request as the text that was meant."""
    found = re.search(rf"^{name}: (.*?)\r?$", head, re.MULTILINE | re.IGNORECASE)
    return found[1].encode("latin-1").decode("utf-8") if found else None


def digest_parts(authorization: str) -> dict[str, str]:
    """Take a Digest header apart, with quoted texts as they were before quoting."""
    parts = re.findall(r'(\w+)=(?:"((?:[^"\\]|\\.)*)"|([^,\s]+))', authorization)
    return {name: re.sub(r"\\(.)", r"\1", quoted) or plain for name, quoted, plain in parts}


def expected_response(parts: dict[str, str], user: str, password: str) -> str:
    """Compute a digest as a server does.

    Source:
        RFC 7616, section 3.4; written apart from the client's code on purpose.
    """
    name = parts.get("algorithm", "MD5").upper()
    make: Callable[[bytes], object] = hashlib.sha256 if name.startswith("SHA-256") else hashlib.md5

    def digest(text: str) -> str:
        return str(getattr(make(text.encode()), "hexdigest")())  # noqa: B009 - typed as object

    secret = digest(f"{user}:{parts['realm']}:{password}")
    if name.endswith("-SESS"):
        secret = digest(f"{secret}:{parts['nonce']}:{parts['cnonce']}")
    request = digest(f"GET:{parts['uri']}")
    if "qop" not in parts:
        return digest(f"{secret}:{parts['nonce']}:{request}")
    middle = ":".join(parts[key] for key in ("nonce", "nc", "cnonce", "qop"))
    return digest(f"{secret}:{middle}:{request}")


def test_the_check_itself_agrees_with_the_standard() -> None:
    parts = {
        "realm": "http-auth@example.org",
        "uri": "/dir/index.html",
        "nonce": "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
        "nc": "00000001",
        "cnonce": "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
        "qop": "auth",
    }
    md5 = expected_response({**parts, "algorithm": "MD5"}, "Mufasa", "Circle of Life")
    sha = expected_response({**parts, "algorithm": "SHA-256"}, "Mufasa", "Circle of Life")
    assert md5 == "8ca523f5e9506fed4657c9700eebdbec"
    assert sha == "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"


@dataclass
class DigestCamera:
    """Lets in whoever sends the right digest for a nonce it gave out.

    Attributes:
        challenges: WWW-Authenticate headers; NONCE stands for the current nonce.
        uses: A nonce is good for so many requests.
        stale: Say so when a nonce is used up.
        log: What was done with each request.
    """

    challenges: list[str]
    uses: int = 1_000_000
    stale: bool = False
    log: list[str] = field(default_factory=list)
    _serial: int = 0
    _used: int = 0
    _counts: set[tuple[str, str]] = field(default_factory=set)

    def __call__(self, head: str) -> bytes:
        authorization = header(head, "Authorization")
        if authorization is None:
            return self._refuse("asked")
        parts = digest_parts(authorization)
        if parts["response"] != expected_response(parts, USER, PASSWORD):
            return self._refuse("wrong")
        if parts["uri"] != head.split(" ", 2)[1] or parts["username"] != USER:
            return self._refuse("forged")
        if "nc" in parts and (parts["nonce"], parts["nc"]) in self._counts:
            return self._refuse("replayed")
        self._counts.add((parts["nonce"], parts.get("nc", "")))
        if parts["nonce"] != f"n{self._serial}" or self._used >= self.uses:
            return self._refuse("used up", is_stale=self.stale)
        self._used += 1
        self.log.append("let in")
        return answer(PICTURE)

    def _refuse(self, why: str, *, is_stale: bool = False) -> bytes:
        self.log.append(why)
        self._serial += 1
        self._used = 0
        headers = [
            "WWW-Authenticate: "
            + text.replace("NONCE", f"n{self._serial}")
            + (", stale=true" if is_stale else "")
            for text in self.challenges
        ]
        return answer(b"<html>no", *headers, status="401 Unauthorized", kind="text/html")


def served(camera: DigestCamera) -> FaultCamera:
    return FaultCamera(by_request(camera))


@pytest.mark.fault("F27")
@pytest.mark.parametrize(
    "challenge",
    [
        'Digest realm="cam", nonce="NONCE", qop="auth", algorithm=MD5',
        'Digest realm="Motion",qop="auth",nonce="NONCE",opaque="0ab",algorithm=md5',
        'Digest realm="cam", nonce="NONCE"',
        'Digest realm="cam", nonce="NONCE", algorithm="MD5", qop=""',
        'Digest realm="cam", nonce="NONCE", qop="auth", algorithm=MD5-sess',
        'Digest realm="cam", nonce="NONCE", qop="auth", algorithm=SHA-256',
        'Digest realm="cam", nonce="NONCE", qop="auth", algorithm=SHA-256-sess',
        'Digest realm="cam", nonce="NONCE", qop="auth,auth-int"',
        'Digest realm="cam", nonce="NONCE", qop="auth-int, AUTH"',
        'digest Realm="cam",Nonce="NONCE",QOP=auth',
        'Digest realm="a \\"quoted\\" realm, with = and ,", nonce="NONCE", qop="auth"',
        'Digest realm="", nonce="NONCE", qop="auth"',
        'Digest realm="cam", nonce="NONCE", qop="auth", domain="http://[bad /elsewhere"',
        'Basic realm="cam", Digest realm="cam", nonce="NONCE", qop="auth"',
        'Digest realm="cam", nonce="NONCE", qop="auth", Basic realm="cam"',
    ],
)
@pytest.mark.fault("F27")
def test_digest_works_as_cameras_offer_it(challenge: str) -> None:
    camera = DigestCamera([challenge])
    with served(camera) as server:
        settings = server.settings("/snap?a=%2F&b=%C3%BC", username=USER)
        assert poll(settings, PASSWORD, times=3) == [PICTURE] * 3
    # One question, then every poll needs a single request.
    assert camera.log == ["asked", "let in", "let in", "let in"]
    assert server.connections == 1


@pytest.mark.parametrize(
    "challenges",
    [
        ['Basic realm="cam"', 'Digest realm="cam", nonce="NONCE", qop="auth"'],
        ['Digest realm="cam", nonce="NONCE", qop="auth"', 'Basic realm="cam"'],
        [
            'Digest realm="cam", nonce="NONCE", qop="auth", algorithm=SHA-512-256',
            'Digest realm="cam", nonce="NONCE", qop="auth", algorithm=SHA-256',
            'Digest realm="cam", nonce="NONCE", qop="auth", algorithm=MD5',
        ],
        ["Negotiate", 'Digest realm="cam", nonce="NONCE", qop="auth"'],
    ],
)
@pytest.mark.fault("F27")
def test_the_best_of_several_offers_is_taken(challenges: list[str]) -> None:
    camera = DigestCamera(challenges)
    with served(camera) as server:
        assert snapshot(server.settings(username=USER), PASSWORD) == PICTURE
        authorization = header(server.requests[-1], "Authorization")
    assert authorization is not None
    assert authorization.startswith("Digest ")
    if len(challenges) == 3:
        assert digest_parts(authorization)["algorithm"] == "SHA-256"


@pytest.mark.fault("F27")
@pytest.mark.parametrize("stale", [True, False])
@pytest.mark.fault("F27")
def test_a_nonce_that_is_used_up_is_replaced(stale: bool) -> None:
    camera = DigestCamera(['Digest realm="c", nonce="NONCE", qop="auth"'], uses=2, stale=stale)
    with served(camera) as server:
        assert poll(server.settings(username=USER), PASSWORD, times=4) == [PICTURE] * 4
    assert camera.log == ["asked", "let in", "let in", "used up", "let in", "let in"]


@pytest.mark.fault("F27")
def test_a_new_nonce_each_time_works() -> None:
    camera = DigestCamera(['Digest realm="c", nonce="NONCE", qop="auth"'], uses=1)
    with served(camera) as server:
        assert poll(server.settings(username=USER), PASSWORD, times=3) == [PICTURE] * 3
    assert camera.log.count("let in") == 3


@pytest.mark.fault("F26")
def test_a_wrong_password_is_one_guess_a_poll() -> None:
    camera = DigestCamera(['Digest realm="c", nonce="NONCE", qop="auth"', 'Basic realm="c"'])
    with served(camera) as server:
        settings = server.settings(username=USER, allow_basic=True)
        results = poll(settings, "wrong", times=2)
    assert [isinstance(one, CameraError) and one.reason for one in results] == [
        Reason.UNAUTHORIZED,
        Reason.UNAUTHORIZED,
    ]
    # No guess is made again as Basic, in the clear.
    assert camera.log == ["asked", "wrong", "asked", "wrong"]


@pytest.mark.fault("F27")
@pytest.mark.parametrize(
    "challenge",
    [
        'Digest realm="cam", nonce="n", algorithm=SHA3-512',
        'Digest realm="cam", nonce=""',
        'Digest realm="cam"',
        "Digest",
    ],
)
@pytest.mark.fault("F27")
def test_a_digest_that_cannot_be_made_is_a_clear_error(challenge: str) -> None:
    reply = answer(b"", f"WWW-Authenticate: {challenge}", status="401 No")
    with FaultCamera(reply) as camera:
        error = failure(camera.settings(username="op"), "pw")
    assert error.reason is Reason.UNAUTHORIZED
    assert "its sign-in is not known here: Digest" in error.detail


def basic_camera(head: str) -> bytes:
    expected = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    if header(head, "Authorization") == expected:
        return answer(PICTURE)
    return answer(b"no", 'WWW-Authenticate: Basic realm="cam"', status="401 No")


@pytest.mark.fault("F27")
def test_basic_over_plain_http_needs_permission() -> None:
    with FaultCamera(by_request(basic_camera)) as camera:
        error = failure(camera.settings(username=USER), PASSWORD)
        assert error.reason is Reason.BASIC_NOT_ALLOWED
        assert all(header(head, "Authorization") is None for head in camera.requests)


def test_basic_is_remembered_once_it_is_allowed() -> None:
    with FaultCamera(by_request(basic_camera)) as camera:
        settings = camera.settings(username=USER, allow_basic=True)
        assert poll(settings, PASSWORD, times=3) == [PICTURE] * 3
    assert len(camera.requests) == 4


@pytest.mark.fault("F26")
def test_a_wrong_basic_password_is_one_guess_a_poll() -> None:
    with FaultCamera(by_request(basic_camera)) as camera:
        settings = camera.settings(username=USER, allow_basic=True)
        results = poll(settings, "wrong", times=2)
        sent = [header(head, "Authorization") is not None for head in camera.requests]
    assert all(isinstance(one, CameraError) for one in results)
    assert sent == [False, True, False, True]


def test_a_camera_that_changes_from_basic_to_digest_is_followed() -> None:
    digest = DigestCamera(['Digest realm="c", nonce="NONCE", qop="auth"'])
    turns = itertools.count()

    def changing(head: str) -> bytes:
        if next(turns) < 2:
            return basic_camera(head)
        if (header(head, "Authorization") or "").startswith("Basic"):
            return answer(b"", 'WWW-Authenticate: Digest realm="c", nonce="n0"', status="401 No")
        return digest(head)

    with FaultCamera(by_request(changing)) as camera:
        settings = camera.settings(username=USER, allow_basic=True)
        first, second, third = poll(settings, PASSWORD, times=3)
    assert (first, third) == (PICTURE, PICTURE)
    assert isinstance(second, CameraError)


@pytest.mark.parametrize("given", [PASSWORD, "hunter2-canary"])
def test_no_password_shows_in_the_log_or_in_an_error(
    given: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    digest = DigestCamera(['Digest realm="c", nonce="NONCE", qop="auth"'])
    told = []
    for choose in (digest, basic_camera):
        with FaultCamera(by_request(choose)) as camera:
            settings = camera.settings(username=USER, allow_basic=True)
            told += [one for one in poll(settings, given, times=2) if isinstance(one, CameraError)]
    assert len(told) == (0 if given == PASSWORD else 4)
    text = caplog.text + "".join(repr(error) for error in told)
    assert given not in text
    assert base64.b64encode(f"{USER}:{given}".encode()).decode() not in text


def test_no_credentials_are_sent_to_a_camera_that_does_not_ask() -> None:
    with FaultCamera(answer(PICTURE)) as camera:
        snapshot(camera.settings(username=USER, allow_basic=True), PASSWORD)
    assert header(camera.requests[0], "Authorization") is None


def test_a_camera_that_asks_without_our_having_a_user_name_is_told_apart() -> None:
    with FaultCamera(by_request(basic_camera)) as camera:
        error = failure(camera.settings())
    assert error.reason is Reason.UNAUTHORIZED
    assert error.detail == "HTTP 401, and no user name is set"


@pytest.mark.parametrize("length", [8, 200, 300_000])
def test_a_refusal_of_any_size_does_not_stand_in_the_way(length: int) -> None:
    page = b"x" * length

    def choose(head: str) -> bytes:
        if header(head, "Authorization"):
            return answer(PICTURE)
        challenge = 'WWW-Authenticate: Digest realm="c", nonce="n1", qop="auth"'
        return answer(page, challenge, status="401 No", kind="text/html")

    with FaultCamera(by_request(choose)) as camera:
        assert snapshot(camera.settings(username="op"), "pw") == PICTURE


def test_challenges_are_read_as_they_come() -> None:
    found = parse_challenges(
        ['Negotiate, Basic realm="a, b", Digest realm="c",nonce = "x\\"y" , qop=auth', "NTLM"]
    )
    assert found == [
        Challenge("negotiate", {}),
        Challenge("basic", {"realm": "a, b"}),
        Challenge("digest", {"realm": "c", "nonce": 'x"y', "qop": "auth"}),
        Challenge("ntlm", {}),
    ]


@pytest.mark.parametrize("text", ["", ",,,", "=", '"', 'realm="x"', "\x00\xff", "a=" * 5000])
def test_nonsense_offers_no_digest(text: str) -> None:
    assert best_digest(parse_challenges([text])) is None
