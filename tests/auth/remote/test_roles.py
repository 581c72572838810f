"""What a token's claims come to here."""

from __future__ import annotations

from typing import Any

import pytest

from camwatch.auth.remote.roles import names_in, operator_in, role_key
from camwatch.errors import LoginServiceError
from tests.commands.values import NOON

BASE = {"iss": "https://login.example.com", "sub": "7f3a"}


@pytest.mark.parametrize(
    ("claims", "claim", "names"),
    [
        ({"roles": ["a", "b"]}, "roles", {"a", "b"}),
        ({"roles": "a b,c"}, "roles", {"a", "b", "c"}),
        ({"roles": []}, "roles", set()),
        ({}, "roles", set()),
        ({"roles": {"a": True}}, "roles", set()),
        ({"roles": [1, None, "", ["a"], "b"]}, "roles", {"b"}),
        ({"realm_access": {"roles": ["a"]}}, "realm_access.roles", {"a"}),
        (
            {"realm_access.roles": ["b"], "realm_access": {"roles": ["a"]}},
            "realm_access.roles",
            {"b"},
        ),
        ({"realm_access": ["roles"]}, "realm_access.roles", set()),
        ({"realm_access": None}, "realm_access.roles", set()),
    ],
)
def test_names_of_roles_are_found(claims: dict[str, Any], claim: str, names: set[str]) -> None:
    assert names_in(claims, claim) == names


def test_the_first_line_of_the_mapping_that_fits_decides() -> None:
    mapping = {"admins": "administrator", "staff": "viewer"}
    both = {"roles": ["staff", "admins"]}
    assert role_key(both, "roles", mapping) == "administrator"
    assert role_key(both, "roles", dict(reversed(mapping.items()))) == "viewer"
    assert role_key({"roles": ["Admins", "guests"]}, "roles", mapping) == ""
    assert role_key(both, "roles", {}) == ""


def test_an_operator_is_known_by_issuer_and_subject_and_named_by_what_can_be_shown() -> None:
    anna = operator_in({**BASE, "preferred_username": "anna"}, "viewer", NOON)
    assert (anna.name, anna.role, anna.id) == ("anna", "viewer", 0)
    renamed = operator_in({**BASE, "preferred_username": "anna.b"}, "viewer", NOON)
    assert renamed.uid == anna.uid
    other = operator_in({**BASE, "sub": "7f3b", "preferred_username": "anna"}, "viewer", NOON)
    assert other.uid != anna.uid
    elsewhere = operator_in({**BASE, "iss": "https://other.example"}, "viewer", NOON)
    assert elsewhere.uid != anna.uid


@pytest.mark.parametrize(
    ("bad", "name"),
    [
        ("system", "anna@site.example"),
        ("a:b", "anna@site.example"),
        ("<img src=x>", "anna@site.example"),
        ("anna\u202e", "anna@site.example"),
        ("аdmin", "anna@site.example"),
        ("x" * 65, "anna@site.example"),
        (7, "anna@site.example"),
    ],
)
def test_a_name_that_could_be_mistaken_is_not_shown(bad: object, name: str) -> None:
    claims = {**BASE, "preferred_username": bad, "email": "anna@site.example"}
    assert operator_in(claims, "viewer", NOON).name == name


def test_without_any_name_nobody_is_let_in() -> None:
    with pytest.raises(LoginServiceError):
        operator_in({"iss": "x", "sub": "a|b c"}, "viewer", NOON)
