import json

import pytest

from judge.worker.start_times import DEFAULTS, FILE, LEAST_LEFT, MAX_BYTES, MOST_SECONDS, StartTimes


def test_a_start_is_expected_to_take_as_long_as_the_last_one_of_its_kind(tmp_path) -> None:
    assert StartTimes(tmp_path).expected() == DEFAULTS["new"]
    StartTimes(tmp_path).keep(41.0)
    assert StartTimes(tmp_path).expected() == 41.0
    (tmp_path / "expected" / "package").mkdir(parents=True)
    (tmp_path / "expected" / "package" / "0.frame").touch()
    assert StartTimes(tmp_path).expected() == DEFAULTS["compiled"]
    StartTimes(tmp_path).keep(2.5)
    assert StartTimes(tmp_path).expected() == 2.5
    assert json.loads((tmp_path / FILE).read_text()) == {"compiled": 2.5, "new": 41.0}


def test_what_is_left_gets_less_and_never_nothing(tmp_path) -> None:
    starts = StartTimes(tmp_path)
    starts.keep(20.0)
    assert (starts.left(0.0), starts.left(15.0), starts.left(60.0)) == (20.0, 5.0, LEAST_LEFT)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"new": "soon"}', '{"new": -1}', '{"new": 1e9}', '{"new": NaN}', " " * (MAX_BYTES + 1)]
)
def test_a_file_that_holds_something_else_is_ignored(tmp_path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    assert StartTimes(tmp_path).expected() == DEFAULTS["new"]


def test_a_start_that_took_hours_does_not_stay_for_long(tmp_path) -> None:
    StartTimes(tmp_path).keep(1e6)
    assert StartTimes(tmp_path).expected() == MOST_SECONDS


def test_a_folder_that_can_not_be_written_to_is_no_fault(tmp_path) -> None:
    (tmp_path / "file").touch()
    StartTimes(tmp_path / "file").keep(3.0)
    assert StartTimes(tmp_path / "file").expected() == DEFAULTS["new"]
