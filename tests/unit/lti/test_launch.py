"""Any claims at all: they are a launch or a refusal, and nothing else comes of them."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judge.lti.claims import DEEP_LINKING, ENDPOINT, LTI, SCORE_SCOPE
from judge.lti.faults import LaunchRefused
from judge.lti.launch import Launch, check
from judge.lti.login import read_initiation
from judge.lti_platform import Platform, is_safe_url, origin_of

NOW = datetime(2026, 10, 1, tzinfo=UTC)
ORIGIN = "https://judge.example"
URLS = {name: f"https://lms.example/{name}" for name in ("auth_url", "token_url", "jwks_url")}
PLATFORM = Platform(id="p", issuer="https://lms.example", client_id="judge-1", deployments=frozenset({"1"}), **URLS)
CLAIMS = {
    "iss": "https://lms.example",
    "sub": "s",
    "aud": "judge-1",
    "iat": NOW.timestamp(),
    "exp": NOW.timestamp() + 60,
    "nonce": "n",
    "name": "Ann",
    LTI + "message_type": "LtiResourceLinkRequest",
    LTI + "version": "1.3.0",
    LTI + "deployment_id": "1",
    LTI + "target_link_uri": f"{ORIGIN}/lti/launch",
    LTI + "resource_link": {"id": "l"},
    LTI + "roles": ["Learner"],
    LTI + "context": {"id": "c"},
    LTI + "custom": {"assignment": "a"},
    LTI + "launch_presentation": {"return_url": "https://lms.example/back"},
    ENDPOINT: {"scope": [SCORE_SCOPE], "lineitem": "https://lms.example/items/1"},
    DEEP_LINKING + "deep_linking_settings": {"deep_link_return_url": "https://lms.example/r", "accept_types": []},
}
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40) | st.just(10**400) | st.just(URLS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "scope", "lineitem"]), inner),
    max_leaves=6,
)


def checked(**changes) -> Launch:
    claims = {name: value for name, value in {**CLAIMS, **changes}.items() if value is not ...}
    return check(claims, PLATFORM, "n", ORIGIN, NOW)


@settings(max_examples=400)
@given(st.sampled_from(sorted(CLAIMS)), VALUES)
def test_a_claim_of_any_value_leads_to_a_launch_of_the_same_site_or_a_refusal(name, value) -> None:
    try:
        launch = checked(**{name: value})
    except LaunchRefused:
        return
    assert origin_of(launch.target) == ORIGIN
    assert not launch.line_item or is_safe_url(launch.line_item)
    assert all(is_safe_url(each) for each in launch.frame_origins)


@given(st.dictionaries(st.sampled_from(sorted(CLAIMS)), VALUES))
def test_any_claims_without_what_must_be_there_are_refused(claims) -> None:
    with pytest.raises(LaunchRefused):
        check({**claims, "nonce": "another"}, PLATFORM, "n", ORIGIN, NOW)


@pytest.mark.parametrize(
    ("endpoint", "expected"),
    [
        ({"scope": [SCORE_SCOPE], "lineitem": "https://lms.example/items/1"}, "https://lms.example/items/1"),
        ({"scope": ["another"], "lineitem": "https://lms.example/items/1"}, ""),
        ({"scope": [SCORE_SCOPE]}, ""),
        ({"scope": [SCORE_SCOPE], "lineitem": "http://lms.example/items/1"}, ""),
        (..., ""),
        (None, ""),
    ],
)
def test_scores_go_out_only_where_the_platform_allows_them_and_nobody_listens(endpoint, expected) -> None:
    assert checked(**{ENDPOINT: endpoint}).line_item == expected


def test_null_is_like_a_claim_that_is_left_out() -> None:
    optional = ("roles", "context", "custom", "launch_presentation")
    launch = checked(name=None, azp=None, **{LTI + name: None for name in optional})
    assert (launch.course, launch.assignment, launch.is_learner, launch.name) == ("", "", False, "")


@pytest.mark.parametrize("skew", [-59, 59])
def test_clocks_may_differ_by_a_minute(skew) -> None:
    assert checked(iat=NOW.timestamp() + skew, exp=NOW.timestamp() + skew)


@pytest.mark.parametrize(("name", "skew"), [("exp", -60), ("exp", -1e9), ("iat", 61), ("iat", 1e9)])
def test_clocks_may_differ_by_no_more(name, skew) -> None:
    with pytest.raises(LaunchRefused):
        checked(**{name: NOW.timestamp() + skew})


@given(st.dictionaries(st.sampled_from(["iss", "login_hint", "target_link_uri", "client_id"]), st.text(max_size=30)))
def test_any_request_to_begin_is_read_or_refused(fields) -> None:
    with suppress(LaunchRefused):
        assert read_initiation(fields, ORIGIN).issuer == fields["iss"]


@given(st.text(max_size=60).map("https://".__add__) | st.text(max_size=60))
def test_an_address_that_is_taken_stays_one_source_in_a_policy(url) -> None:
    if is_safe_url(url):
        assert not set(origin_of(url)) & set(" ;,'\"\r\n*")
