"""The names that the judge answers to, and the pages that may post to it."""

import pytest
from starlette.datastructures import Headers

from judge.settings import Settings
from judge.web import host_and_origin
from judge.web.host_and_origin import host_name, is_allowed_host, is_same_origin


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("judge.test", "judge.test"),
        ("Judge.Test:8000", "judge.test"),
        ("judge.test.", "judge.test"),
        ("127.0.0.1:8000", "127.0.0.1"),
        ("[::1]:8000", "::1"),
        ("", None),
        (":8000", None),
        ("judge.test:http", None),
        ("judge.test/path", None),
        ("user@judge.test", None),
        ("judge.test?x", None),
        ("[::1", None),
        ("a b", None),
        ("[evil.test]", None),
    ],
)
def test_a_host_header_is_a_name_and_perhaps_a_port(header, name) -> None:
    assert host_name(header) == name


LOOPBACK = ["localhost", "127.0.0.1", "127.0.0.53", "::1"]
FOREIGN = ["evil.test", "127.0.0.1.evil.test", "localhost.evil.test", "7f000001.rbndr.test"]


@pytest.mark.parametrize(
    ("settings", "allowed", "refused"),
    [
        ({}, LOOPBACK, [*FOREIGN, "judge", "10.0.0.1"]),
        ({"host": "::1"}, LOOPBACK, FOREIGN),
        ({"host": "localhost"}, LOOPBACK, FOREIGN),
        ({"host": "0.0.0.0"}, [*LOOPBACK, "10.0.0.1", "2001:db8::1", "judge", "laptop.home.test"], FOREIGN),
        ({"host": "judge.lan.test"}, ["judge.lan.test", "localhost", "10.0.0.1"], FOREIGN),
        ({"allowed_hosts": "judge.test"}, [*LOOPBACK, "judge.test"], [*FOREIGN, "www.judge.test", "10.0.0.1"]),
        ({"allowed_hosts": "*.judge.test, [2001:db8::1]"}, ["a.judge.test", "a.b.judge.test", "2001:db8::1"], FOREIGN),
        ({"allowed_hosts": "*.judge.test"}, LOOPBACK, ["judge.test", "eviljudge.test"]),
        ({"allowed_hosts": "*", "host": "0.0.0.0"}, [*LOOPBACK, *FOREIGN], []),
    ],
)
def test_a_name_that_a_stranger_could_have_made_is_refused_unless_it_is_listed(
    settings, allowed, refused, monkeypatch
) -> None:
    monkeypatch.setattr(host_and_origin, "_own_names", lambda: frozenset({"laptop.home.test"}))
    assert [host for host in allowed if not is_allowed_host(host, Settings(**settings))] == []
    assert [host for host in refused if is_allowed_host(host, Settings(**settings))] == []


@pytest.mark.parametrize(
    ("headers", "taken"),
    [
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "none"}, True),
        ({"sec-fetch-site": "cross-site", "origin": "http://judge.test"}, False),
        ({"sec-fetch-site": "same-site"}, False),
        ({"origin": "http://judge.test"}, True),
        ({"origin": "http://Judge.test"}, True),
        ({"origin": "http://judge.test:8001"}, False),
        ({"origin": "http://evil.test"}, False),
        ({"origin": "http://["}, False),
        ({"origin": "null"}, False),
        ({"referer": "http://judge.test/problems/x"}, True),
        ({"referer": "http://evil.test/judge.test"}, False),
        ({}, True),  # a program, not a browser: it has nobody's cookie
    ],
)
def test_only_posts_of_our_own_pages_are_taken(headers: dict[str, str], taken: bool) -> None:
    assert is_same_origin(Headers({"host": "judge.test", **headers})) is taken
