"""Tokens that are not what they should be, from a service that is asked over real TLS."""

from __future__ import annotations

import builtins
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from camwatch.auth.remote.keys import fingerprints, pinned, read_key_set
from camwatch.auth.remote.service import LoginService as Client
from camwatch.auth.remote.tokens import LEEWAY_S, check_clock
from camwatch.errors import LoginFault, LoginServiceError
from tests.auth.remote.conftest import settings_for
from tests.support.login_service import LoginService
from tests.support.login_tokens import Forgery, KeyKind, SigningKey

ANNA = ("anna", "green bicycle rides")
SIGNED = [KeyKind.EDDSA, KeyKind.ES256, KeyKind.RS256]


def fault_of(client: Client) -> LoginServiceError:
    with pytest.raises(LoginServiceError) as failed:
        client.login(*ANNA)
    return failed.value


def refused(service: LoginService, forgery: Forgery, **changes: object) -> LoginServiceError:
    service.forge(forgery)
    return fault_of(Client(settings_for(service, **changes)))


@pytest.mark.fault("F108")
@pytest.mark.parametrize("kind", KeyKind)
@pytest.mark.parametrize(
    "forgery", [Forgery.ALG_NONE, Forgery.ALG_NONE_CAPITAL, Forgery.ALG_NONE_MIXED]
)
def test_a_token_without_a_signature_is_refused(
    serve: Callable[..., LoginService], kind: KeyKind, forgery: Forgery
) -> None:
    error = refused(serve(kind), forgery)
    assert (error.fault, error.detail) == (LoginFault.TOKEN_REFUSED, "it is not signed")


@pytest.mark.fault("F109")
@pytest.mark.parametrize("kind", SIGNED)
def test_a_token_signed_with_the_public_key_as_a_secret_is_refused(
    serve: Callable[..., LoginService], kind: KeyKind
) -> None:
    error = refused(serve(kind), Forgery.HS256_WITH_PUBLIC_KEY)
    assert error.fault is LoginFault.TOKEN_REFUSED


@pytest.mark.fault("F109")
@pytest.mark.parametrize("kind", SIGNED)
@pytest.mark.parametrize(
    "forgery", [Forgery.OTHER_KEY, Forgery.OTHER_ALGORITHM, Forgery.CHANGED, Forgery.GARBAGE]
)
def test_a_token_that_the_trusted_key_did_not_sign_is_refused(
    serve: Callable[..., LoginService], kind: KeyKind, forgery: Forgery
) -> None:
    assert refused(serve(kind), forgery).fault is LoginFault.TOKEN_REFUSED


@pytest.mark.fault("F111")
@pytest.mark.parametrize("kind", [KeyKind.EDDSA, KeyKind.NONE])
@pytest.mark.parametrize(
    ("forgery", "detail"),
    [
        (Forgery.AUDIENCE, "it is for another program"),
        (Forgery.ISSUER, "it is from somebody else"),
        (Forgery.TYP, "it is no access token"),
        (Forgery.REFRESH, "it is no access token"),
        (Forgery.NO_EXP, "its exp is missing"),
        (Forgery.NO_IAT, "its iat is missing"),
        (Forgery.NO_NBF, "its nbf is missing"),
        (Forgery.NO_SUB, "its sub is missing"),
        (Forgery.NO_JTI, "its jti is missing"),
        (Forgery.CRIT, "it is none"),
        (Forgery.HUGE, "it is too large"),
    ],
)
def test_a_token_for_somebody_else_or_with_parts_missing_is_refused(
    serve: Callable[..., LoginService], kind: KeyKind, forgery: Forgery, detail: str
) -> None:
    error = refused(serve(kind), forgery)
    assert (error.fault, error.detail) == (LoginFault.TOKEN_REFUSED, detail)


@pytest.mark.fault("F112")
@pytest.mark.parametrize(
    ("forgery", "expected"),
    [
        (Forgery.KID_PATH, LoginFault.KEYS_CHANGED),
        (Forgery.KID_SQL, LoginFault.KEYS_CHANGED),
        (Forgery.KID_UNKNOWN, LoginFault.KEYS_CHANGED),
        (Forgery.KID_NUMBER, LoginFault.TOKEN_REFUSED),
        (Forgery.NO_KID, LoginFault.TOKEN_REFUSED),
        (Forgery.JKU, LoginFault.TOKEN_REFUSED),
        (Forgery.X5U, LoginFault.TOKEN_REFUSED),
        (Forgery.JWK, LoginFault.TOKEN_REFUSED),
    ],
)
def test_a_token_that_names_its_own_key_is_refused_and_nothing_of_it_is_opened(
    service: LoginService,
    forgery: Forgery,
    expected: LoginFault,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = Client(settings_for(service))
    client.login(*ANNA)  # so that all that is loaded late is loaded
    opened: list[str] = []
    for module, name in ((builtins, "open"), (Path, "open"), (socket, "getaddrinfo")):
        original = getattr(module, name)

        def noting(*args: Any, _original: Any = original, **kwargs: Any) -> Any:
            opened.append(str(args[0]))
            return _original(*args, **kwargs)

        monkeypatch.setattr(module, name, noting)
    service.asked.clear()
    service.forge(forgery)
    assert fault_of(client).fault is expected
    assert set(opened) <= {"127.0.0.1"}
    # An unknown key may be a new one of those that are trusted, so the set is read once more.
    assert set(service.asked) <= {"/api/v1/auth/login", "/api/v1/auth/jwks"}
    assert len(service.asked) <= 2


@pytest.mark.fault("F113")
@pytest.mark.parametrize("kind", [KeyKind.EDDSA, KeyKind.NONE])
@pytest.mark.parametrize("skew_s", [-30, -10, 0, 10, 30])
def test_half_a_minute_between_the_clocks_does_not_matter(
    serve: Callable[..., LoginService], kind: KeyKind, skew_s: float
) -> None:
    service = serve(kind)
    service.records.maker.skew_s = skew_s
    Client(settings_for(service)).login(*ANNA)


@pytest.mark.fault("F113")
@pytest.mark.parametrize("skew_s", [-3000, -300, 300, 3000])
def test_more_between_the_clocks_is_refused_as_what_it_is(
    service: LoginService, skew_s: float
) -> None:
    service.records.maker.skew_s = skew_s
    # At fifty minutes the token has run out as well.
    allowed = {LoginFault.CLOCK, LoginFault.TOKEN_EXPIRED}
    fault = fault_of(Client(settings_for(service))).fault
    assert fault is LoginFault.CLOCK if abs(skew_s) == 300 else fault in allowed


def test_the_time_an_answer_takes_is_not_taken_for_a_wrong_clock() -> None:
    check_clock({"iat": 1000}, 1000 + LEEWAY_S + 5.0, took_s=4.5)
    with pytest.raises(LoginServiceError) as refused_:
        check_clock({"iat": 1000}, 1000 + LEEWAY_S + 5.0, took_s=1.0)
    assert refused_.value.fault is LoginFault.CLOCK


@pytest.mark.fault("F107")
def test_a_token_that_has_run_out_when_it_comes_is_refused(service: LoginService) -> None:
    assert refused(service, Forgery.EXPIRED).fault is LoginFault.TOKEN_EXPIRED


# ------------------------------------------------------------ keys


def test_the_first_keys_are_pinned_and_others_are_refused(service: LoginService) -> None:
    told: list[Mapping[str, str]] = []
    client = Client(settings_for(service), told.append)
    client.login(*ANNA)
    first = service.keys[0]
    assert told == [{first.kid: first.fingerprint}]
    service.rotate()
    assert fault_of(client).fault is LoginFault.KEYS_CHANGED
    assert told == [{first.kid: first.fingerprint}]


def test_pins_of_another_run_count_and_the_password_is_not_sent_to_strangers(
    service: LoginService,
) -> None:
    first = service.keys[0]
    settings = settings_for(service, keys={first.kid: first.fingerprint})
    Client(settings).login(*ANNA)
    # The same name, another key: what an attacker would do.
    service.keys = [SigningKey(first.kid, first.kind, SigningKey.new(first.kind).private)]
    service.asked.clear()
    assert fault_of(Client(settings)).fault is LoginFault.KEYS_CHANGED
    assert service.asked == ["/api/v1/auth/jwks"]


def test_a_service_that_hides_its_keys_is_not_believed_instead(service: LoginService) -> None:
    first = service.keys[0]
    settings = settings_for(service, keys={first.kid: first.fingerprint})
    service.kind = KeyKind.NONE
    assert fault_of(Client(settings)).fault is LoginFault.KEYS_CHANGED


def test_a_key_that_was_trusted_beforehand_takes_over_without_anybody_noticing(
    service: LoginService,
) -> None:
    old = service.keys[0]
    new = SigningKey.new(service.kind)
    pins = {old.kid: old.fingerprint, new.kid: new.fingerprint}
    client = Client(settings_for(service, keys=pins))
    client.login(*ANNA)
    service.keys = [new]
    service.records.maker.key = new
    client.login(*ANNA)


def test_a_key_that_is_announced_but_not_trusted_does_not_disturb(service: LoginService) -> None:
    first = service.keys[0]
    client = Client(settings_for(service, keys={first.kid: first.fingerprint}))
    service.keys = [first, SigningKey.new(service.kind)]
    client.login(*ANNA)


def test_a_trial_believes_what_is_shown(service: LoginService) -> None:
    settings = settings_for(service, keys={"old": "ab" * 32})
    assert fault_of(Client(settings)).fault is LoginFault.KEYS_CHANGED
    trial = Client(settings, trusts_offered=True)
    trial.login(*ANNA)
    first = service.keys[0]
    assert fingerprints(trial.offered_keys() or {}) == {first.kid: first.fingerprint}


def jwk(kind: KeyKind = KeyKind.EDDSA, **changes: object) -> dict[str, object]:
    return {**SigningKey.new(kind).jwk(), "kid": "k", **changes}


@pytest.mark.parametrize("kind", SIGNED)
def test_keys_are_used_with_the_algorithm_of_their_kind(kind: KeyKind) -> None:
    key = SigningKey.new(kind)
    found = read_key_set({"keys": [key.jwk()]})
    assert found[key.kid].algorithm == kind.value
    assert pinned(found, {key.kid: key.fingerprint}) == found
    assert pinned(found, {key.kid: "0" * 64}) == {}
    assert pinned(found, {"another": key.fingerprint}) == {}


@pytest.mark.parametrize(
    "bad",
    [
        {"kty": "oct", "k": "c2VjcmV0", "kid": "k"},
        jwk(use="enc"),
        jwk(alg="HS256"),
        jwk(d="AAAA"),
        jwk(kid=7),
        jwk(kid=""),
        jwk(kid="k" * 257),
        jwk(x="AA"),
        jwk(x=None),
        jwk(crv="X25519"),
        jwk(KeyKind.ES256, crv="P-384"),
        jwk(KeyKind.ES256, y="AAAA"),
        jwk(KeyKind.RS256, n="AQAB"),
        jwk(KeyKind.RS256, alg="RS512"),
        {"kty": "magic", "kid": "k"},
        {},
        "text",
        None,
    ],
)
def test_a_key_that_is_no_good_is_left_out(bad: object) -> None:
    good = SigningKey.new(KeyKind.EDDSA)
    assert set(read_key_set({"keys": [bad, good.jwk()]})) == {good.kid}


@pytest.mark.parametrize(
    "value",
    [{}, {"keys": None}, {"keys": "text"}, {"keys": {}}, {"keys": [{}] * 17}],
)
def test_a_key_set_that_is_none_is_refused(value: dict[str, Any]) -> None:
    with pytest.raises(LoginServiceError) as failed:
        read_key_set(value)
    assert failed.value.fault is LoginFault.BAD_ANSWER


def test_two_keys_of_one_name_are_refused() -> None:
    with pytest.raises(LoginServiceError):
        read_key_set({"keys": [jwk(), jwk()]})
