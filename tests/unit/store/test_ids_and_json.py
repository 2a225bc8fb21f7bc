"""The store's small parts: identifiers, and JSON that every database takes."""

import json
import re
import time

from hypothesis import given
from hypothesis import strategies as st

from judge.store.ids import new_id
from judge.store.json_safe import clean_json
from judge.store.records import NewSubmission

UUID7 = r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner),
)


def test_identifiers_sort_by_their_time_and_never_repeat() -> None:
    ids = []
    for _ in range(20):
        ids.append(new_id())
        time.sleep(0.002)
    assert ids == sorted(ids)
    assert len({new_id() for _ in range(10_000)}) == 10_000
    assert all(re.fullmatch(UUID7, each) for each in ids)


@given(values)
def test_anything_becomes_json_that_utf_8_and_a_database_can_hold(value) -> None:
    text = json.dumps(clean_json(value), allow_nan=False, ensure_ascii=False)
    text.encode("utf-8")
    assert clean_json(json.loads(text)) == json.loads(text)


def test_requests_are_equal_only_if_all_of_them_is() -> None:
    one = NewSubmission(problem="p", source="s", submitter="a")
    assert one.request_sha256 == NewSubmission(problem="p", source="s", submitter="b").request_sha256
    assert one.request_sha256 != NewSubmission(problem="p", source="s", submitter="a", seed=1).request_sha256
