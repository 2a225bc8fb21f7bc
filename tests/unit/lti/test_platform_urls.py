"""The addresses that a platform may have, and how their origins are compared."""

import pytest

from judge.lti_platform import is_safe_url, origin_of


@pytest.mark.parametrize(
    "url",
    ["https://lms.example/auth?x=1", "http://localhost:8080/a", "http://127.0.0.1/", "http://[::1]:80/", "https://l/"],
)
def test_https_and_loopback_are_taken(url) -> None:
    assert is_safe_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://lms.example/",
        "http://localhost.evil.example/",
        "http://127.0.0.1.evil.example/",
        "javascript:alert(1)",
        "data:text/html,x",
        "//lms.example/",
        "https://",
        "https://a@lms.example/",
        "https://lms.example/;script-src *",
        "https://lms.example,evil.example/",
        "https://lms.example/ x",
        "https://lms.example/\n",
        "https://lms.example:0/",
        "https://lms.example:99999/",
        "https://lms.example:x/",
        "https://[::1",
        "https://lms.exämple/",
        "https://*/",
        "https://*.lms.example/",
        "https://lms.example\\@evil.example/",
        "https://lms.example/" + "x" * 2_000,
    ],
)
def test_others_are_not(url) -> None:
    assert not is_safe_url(url)


def test_an_origin_has_no_usual_port_and_no_path() -> None:
    assert origin_of("https://LMS.example:443/a?b") == "https://lms.example"
    assert origin_of("http://localhost:8000/") == "http://localhost:8000"
    assert origin_of("http://[::1]:81/") == "http://[::1]:81"
