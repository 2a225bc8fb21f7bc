"""Which addresses a webhook may call."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judge.worker.public_addresses import DENIED_IPV4, DENIED_IPV6, is_public

PUBLIC = """
93.184.215.14 1.1.1.1 8.8.8.8 100.63.255.255 100.128.0.1 172.15.255.255 172.32.0.1 223.255.255.254 192.0.1.1
2606:4700::1111 2a00:1450:4001::1 2001:4860:4860::8888 2001:200::1 2620:fe::fe 3ffd::1
::ffff:93.184.215.14 64:ff9b::5db8:d70e
""".split()
NOT_PUBLIC = """
0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 100.127.255.255 127.0.0.1 127.255.255.254 169.254.169.254 172.16.0.1 172.31.255.255
192.0.0.1 192.0.0.9 192.0.0.170 192.0.2.1 192.31.196.1 192.52.193.1 192.88.99.1 192.168.1.1 192.175.48.1
198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255
:: ::1 ::7f00:1 ::a00:1 ::127.0.0.1 ::5db8:d70e
::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::ffff:0:127.0.0.1 ::ffff:0:5db8:d70e
64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 64:ff9b:1::1 64:ff9b:1:ffff:ffff:ffff:7f00:1 64:ff9b:2::1
100::1 100:0:0:1::1 200::1 400::1 1000::1 4000::1 5f00::1 8000::1 e000::1 fe00::1
fc00::1 fd00:ec2::254 fe80::1 fe80::1%eth0 fec0::1 feff::1 ff02::1 ff0e::1
2001::1 2001:0:7f00:1:: 2001:2::1 2001:10::1 2001:20::1 2001:30::1 2001:1ff::1 2001:db8::1
2002:7f00:1:: 2002:5db8:d70e::
2620:4f:8000::1 3ffe::1 3fff::1 2a00:1450::5efe:7f00:1 2a00:1450::200:5efe:a00:1 fe80::5efe:7f00:1
""".split()


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_may_be_called(address) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_an_address_that_is_inside_special_or_a_tunnel_may_not(address) -> None:
    assert not is_public(address)


@given(st.ip_addresses())
def test_what_is_public_is_so_by_pythons_table_too_and_is_unicast(address) -> None:
    if is_public(str(address)):
        inner = getattr(address, "ipv4_mapped", None) or address
        assert inner.is_global
        assert not any((inner.is_multicast, inner.is_private, inner.is_loopback, inner.is_link_local))
        assert not getattr(inner, "is_site_local", False)


@given(st.sampled_from([*DENIED_IPV4, *DENIED_IPV6]).flatmap(lambda network: st.ip_addresses(network=network)))
def test_no_address_of_a_denied_network_is_public(address) -> None:
    assert not is_public(str(address))


@given(
    st.sampled_from(DENIED_IPV4).flatmap(lambda network: st.ip_addresses(network=network)), st.integers(0, 2**64 - 1)
)
def test_no_form_of_ipv6_leads_to_a_denied_ipv4_address(inner, prefix) -> None:
    value = int(inner)
    forms = [
        value,  # IPv4-compatible
        0xFFFF << 32 | value,  # mapped
        0xFFFF << 48 | value,  # translated
        int(ipaddress.IPv6Address("64:ff9b::")) | value,
        int(ipaddress.IPv6Address("64:ff9b:1::")) | value,
        int(ipaddress.IPv6Address("2002::")) | value << 80,
        int(ipaddress.IPv6Address("2001::")) | value << 64,
        int(ipaddress.IPv6Address("2001::")) | value ^ 0xFFFF_FFFF,  # Teredo's client
        prefix << 64 | 0x5EFE << 32 | value,
        prefix << 64 | 0x0200_5EFE << 32 | value,
    ]
    assert [str(address) for address in map(ipaddress.IPv6Address, forms) if is_public(str(address))] == []
