"""Who may have the pictures."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest

from camwatch.cameras.simulator.sign_in import PASSWORD, REALM, USERNAME, Gatekeeper, Verdict

TARGET = "/cam/1/snapshot?x=1"


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def field(challenge: str, name: str) -> str:
    found = re.search(rf'\b{name}="?([^",]+)', challenge)
    assert found, challenge
    return found[1]


def answer(
    challenge: str,
    *,
    password: str = PASSWORD,
    user: str = USERNAME,
    target: str = TARGET,
    count: str = "00000001",
    method: str = "GET",
) -> str:
    """Work out a Digest answer, after RFC 7616 section 3.4."""
    algorithm = field(challenge, "algorithm")
    make = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}[algorithm]

    def digest(text: str) -> str:
        return make(text.encode()).hexdigest()

    nonce = field(challenge, "nonce")
    secret, request = digest(f"{user}:{REALM}:{password}"), digest(f"{method}:{target}")
    response = digest(f"{secret}:{nonce}:{count}:abcd:auth:{request}")
    return (
        f'Digest username="{user}", realm="{REALM}", nonce="{nonce}", uri="{target}", '
        f'algorithm={algorithm}, qop=auth, nc={count}, cnonce="abcd", response="{response}"'
    )


def test_without_a_password_everybody_passes() -> None:
    assert Gatekeeper("none").check("GET", TARGET, None) == Verdict(True)


def test_basic_asks_and_takes_only_the_right_password() -> None:
    keeper = Gatekeeper("basic")
    asked = keeper.check("GET", TARGET, None)
    assert not asked.is_allowed
    assert asked.challenges[0].startswith(f'Basic realm="{REALM}"')

    def header(text: str) -> str:
        return "Basic " + base64.b64encode(text.encode()).decode()

    assert keeper.check("GET", TARGET, header(f"{USERNAME}:{PASSWORD}")).is_allowed
    for wrong in (f"{USERNAME}:x", f"x:{PASSWORD}", USERNAME, ""):
        assert not keeper.check("GET", TARGET, header(wrong)).is_allowed
    assert not keeper.check("GET", TARGET, "Basic !!!").is_allowed


@pytest.mark.parametrize("index", [0, 1])
def test_digest_takes_the_right_answer_in_both_algorithms(index: int) -> None:
    keeper = Gatekeeper("digest")
    challenges = keeper.check("GET", TARGET, None).challenges
    assert [field(challenge, "algorithm") for challenge in challenges] == ["SHA-256", "MD5"]
    assert keeper.check("GET", TARGET, answer(challenges[index])).is_allowed


def test_digest_refuses_wrong_answers_without_calling_them_stale() -> None:
    keeper = Gatekeeper("digest")
    challenge = keeper.check("GET", TARGET, None).challenges[0]
    good = answer(challenge)
    wrong = [
        answer(challenge, password="guess"),
        answer(challenge, user="root"),
        answer(challenge, target="/cam/2/snapshot"),
        answer(challenge, method="POST"),
        good.replace("qop=auth, ", ""),
        good.replace("nc=00000001", "nc=1"),
        good.replace("algorithm=SHA-256", "algorithm=SHA-512"),
        good.replace(REALM, "elsewhere"),
        "Digest",
        "Basic abc",
    ]
    for header in wrong:
        verdict = keeper.check("GET", TARGET, header)
        assert not verdict.is_allowed, header
        assert "stale" not in verdict.challenges[0]
    assert keeper.check("GET", TARGET, good).is_allowed


def test_an_answer_is_good_once_and_the_next_count_again() -> None:
    keeper = Gatekeeper("digest")
    challenge = keeper.check("GET", TARGET, None).challenges[0]
    assert keeper.check("GET", TARGET, answer(challenge)).is_allowed
    again = keeper.check("GET", TARGET, answer(challenge))
    assert not again.is_allowed
    assert all("stale=true" in text for text in again.challenges)
    assert keeper.check("GET", TARGET, answer(challenge, count="00000002")).is_allowed


def test_an_old_nonce_is_stale_and_a_foreign_one_too() -> None:
    clock = Clock()
    keeper = Gatekeeper("digest", clock)
    challenge = keeper.check("GET", TARGET, None).challenges[0]
    foreign = Gatekeeper("digest").check("GET", TARGET, None).challenges[0]
    clock.now += 299
    assert keeper.check("GET", TARGET, answer(challenge)).is_allowed
    clock.now += 2
    for old in (challenge, foreign, challenge.replace(field(challenge, "nonce"), "AAAA")):
        verdict = keeper.check("GET", TARGET, answer(old, count="00000002"))
        assert not verdict.is_allowed
        assert "stale=true" in verdict.challenges[0]
    fresh = keeper.check("GET", TARGET, None).challenges[0]
    assert keeper.check("GET", TARGET, answer(fresh)).is_allowed


def test_used_nonces_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("camwatch.cameras.simulator.sign_in._MOST_NONCES", 3)
    clock = Clock()
    keeper = Gatekeeper("digest", clock)
    for step in range(20):
        clock.now += 100 if step < 10 else 0
        challenge = keeper.check("GET", TARGET, None).challenges[0]
        verdict = keeper.check("GET", TARGET, answer(challenge))
        if not verdict.is_allowed:  # all nonces were thrown away at once
            challenge = verdict.challenges[0]
            assert "stale=true" in challenge
            assert keeper.check("GET", TARGET, answer(challenge)).is_allowed
        assert len(keeper._used) <= 3
