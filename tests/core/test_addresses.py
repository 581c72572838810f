"""What kind of address a literal is."""

from __future__ import annotations

import pytest

from camwatch.addresses import AddressKind, kind_of


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("93.184.215.14", AddressKind.PUBLIC),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", AddressKind.PUBLIC),
        ("10.0.0.7", AddressKind.PRIVATE),
        ("172.16.0.1", AddressKind.PRIVATE),
        ("192.168.1.20", AddressKind.PRIVATE),
        ("100.64.0.1", AddressKind.PRIVATE),
        ("fd12:3456::1", AddressKind.PRIVATE),
        ("127.0.0.1", AddressKind.LOOPBACK),
        ("127.255.255.254", AddressKind.LOOPBACK),
        ("::1", AddressKind.LOOPBACK),
        ("169.254.1.1", AddressKind.LINK_LOCAL),
        ("fe80::1", AddressKind.LINK_LOCAL),
        ("fe80::1%eth0", AddressKind.LINK_LOCAL),
        ("169.254.169.254", AddressKind.METADATA),
        ("fd00:ec2::254", AddressKind.METADATA),
        ("fd00:ec2::254%eth0", AddressKind.METADATA),
        ("0.0.0.0", AddressKind.NO_DEVICE),
        ("0.1.2.3", AddressKind.NO_DEVICE),
        ("::", AddressKind.NO_DEVICE),
        ("224.0.0.1", AddressKind.NO_DEVICE),
        ("ff02::1", AddressKind.NO_DEVICE),
        ("255.255.255.255", AddressKind.NO_DEVICE),
        ("::ffff:127.0.0.1", AddressKind.NO_DEVICE),
        ("::ffff:93.184.215.14", AddressKind.NO_DEVICE),
        ("2002:7f00:1::", AddressKind.NO_DEVICE),
        ("", AddressKind.NO_ADDRESS),
        ("localhost", AddressKind.NO_ADDRESS),
        ("127.1", AddressKind.NO_ADDRESS),
        ("0x7f000001", AddressKind.NO_ADDRESS),
        ("1.2.3.4%eth0", AddressKind.NO_ADDRESS),
    ],
)
def test_an_address_is_told_by_its_kind(address: str, kind: AddressKind) -> None:
    assert kind_of(address) is kind
