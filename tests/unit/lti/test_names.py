"""Names of accounts for people who come from a platform."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judge.account import is_name
from judge.lti.names import account_names, display_name


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Ann Lee", "ann.lee"), ("Zoë Ångström", "zoe.angstrom"), ("王小明", "learner"), ("", "learner"), ("../x", "x")],
)
def test_a_name_is_near_the_persons(name, expected) -> None:
    assert next(account_names(name, "u")) == expected


@given(st.text(max_size=200), st.text("0123456789abcdef", min_size=8, max_size=8))
def test_whatever_somebody_is_called_every_name_is_one_and_the_last_is_unique(name, unique) -> None:
    found = list(account_names(name, unique))
    assert all(map(is_name, found))
    assert len(set(found)) == len(found)
    assert found[-1].endswith(unique)


@given(st.text(max_size=300))
def test_a_shown_name_is_one_printable_line(name) -> None:
    shown = display_name(name)
    assert shown.isprintable()
    assert len(shown) <= 100
    assert display_name("Ann\u202e\nLee") == "Ann Lee"
