"""The client behind a request: who is believed about an address, and which network it counts for."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judge.errors import SettingsFault
from judge.settings import Settings, load_settings
from judge.web.client_address import client_address, client_scheme, network_of

PROXIES = "127.0.0.1, 10.0.0.0/8, 2001:db8:1::/48"


def scope(peer: str | None, *forwarded: str, proto: str | None = None) -> dict:
    headers = [(b"x-forwarded-for", value.encode("latin-1")) for value in forwarded]
    headers += [(b"x-forwarded-proto", proto.encode())] if proto is not None else []
    return {"type": "http", "scheme": "http", "client": (peer, 5000) if peer else None, "headers": headers}


def settings(trusted: str = PROXIES) -> Settings:
    return Settings(trusted_proxies=trusted)


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.7", [], "203.0.113.7"),
        ("203.0.113.7", ["198.51.100.1"], "203.0.113.7"),  # nobody's proxy
        ("127.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("127.0.0.1", ["evil, 1.2.3.4, 198.51.100.1"], "198.51.100.1"),  # what the client wrote itself stands before
        ("127.0.0.1", ["198.51.100.1, 10.1.2.3"], "198.51.100.1"),  # two proxies
        ("127.0.0.1", ["198.51.100.1", "10.1.2.3"], "198.51.100.1"),  # in two headers
        ("127.0.0.1", ["198.51.100.1, garbage"], "127.0.0.1"),
        ("127.0.0.1", ["198.51.100.1, garbage, 10.1.2.3"], "10.1.2.3"),
        ("127.0.0.1", ["10.1.2.3"], "10.1.2.3"),  # a client among the proxies
        ("127.0.0.1", ["198.51.100.1:4711"], "198.51.100.1"),
        ("127.0.0.1", ["[2001:db8::7]:4711"], "2001:db8::7"),
        ("127.0.0.1", ["2001:db8::7%eth0"], "2001:db8::7"),
        ("::ffff:127.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("::ffff:203.0.113.7", [], "203.0.113.7"),
        ("127.0.0.1", [""], "127.0.0.1"),
        (None, ["198.51.100.1"], "unknown"),
    ],
)
def test_the_client_is_the_rightmost_address_that_is_no_trusted_proxy(peer, forwarded, address) -> None:
    assert client_address(scope(peer, *forwarded), settings()) == address


def test_without_a_trusted_proxy_loopback_is_not_believed_either() -> None:
    assert client_address(scope("127.0.0.1", "198.51.100.1"), settings("")) == "127.0.0.1"
    assert client_scheme(scope("127.0.0.1", proto="https"), settings("")) == "http"


@pytest.mark.parametrize(
    ("peer", "proto", "scheme"),
    [
        ("127.0.0.1", "https", "https"),
        ("127.0.0.1", "http, https", "https"),
        ("127.0.0.1", "gopher", "http"),
        ("203.0.113.7", "https", "http"),
    ],
)
def test_the_scheme_is_the_connections_or_the_trusted_proxys(peer, proto, scheme) -> None:
    assert client_scheme(scope(peer, proto=proto), settings()) == scheme


@given(st.lists(st.text(max_size=40), max_size=5), st.ip_addresses(v=4), st.booleans())
def test_whatever_is_written_the_answer_is_an_address_that_a_trusted_proxy_saw(texts, client, is_trusted) -> None:
    peer = "127.0.0.1" if is_trusted else "203.0.113.7"
    written = ",".join([*texts, str(client)]).encode("utf-8").decode("latin-1")
    found = client_address(scope(peer, written), settings("127.0.0.1"))
    assert ipaddress.ip_address(found)
    if not is_trusted:
        assert found == peer
    elif str(client) != "127.0.0.1":
        assert found == str(client)


def test_a_long_chain_of_trusted_addresses_is_not_followed_for_ever() -> None:
    chain = ", ".join(["198.51.100.1"] + ["10.0.0.1"] * 10_000)
    assert client_address(scope("127.0.0.1", chain), settings()) == "10.0.0.1"


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unknown", "unknown"),
    ],
)
def test_an_ipv4_address_counts_alone_and_an_ipv6_address_with_its_64(address, network) -> None:
    assert network_of(address) == network


def test_a_proxy_that_is_no_network_is_refused_by_the_settings_name(monkeypatch) -> None:
    with pytest.raises(SettingsFault, match="JUDGE_TRUSTED_PROXIES"):
        load_settings({"trusted_proxies": "my-proxy"})
    with pytest.raises(SettingsFault, match="JUDGE_TRUSTED_PROXIES"):
        load_settings({"trusted_proxies": "10.0.0.1/8"})  # bits beyond the mask: which network was meant?
