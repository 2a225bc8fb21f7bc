"""Two programs compared: which lines stand beside each other, what is marked, what is folded, and in what time."""

import time

import pytest

from judge.web.pages import diff
from judge.web.pages.diff import Row, compare_programs
from judge.web.pages.diff_drawer import draw_diff

SECONDS = 2.0  # of CPU time, for the worst programs; a helper has three


def shape(rows: tuple[Row, ...]) -> list[tuple[str, int | None, int | None]]:
    return [(row.kind, row.left and row.left.number, row.right and row.right.number) for row in rows]


def test_a_changed_line_stands_beside_its_old_form_and_only_what_differs_is_marked() -> None:
    found = compare_programs("a = 1\nloss = jnp.mean(x)\n", "a = 1\nloss = jnp.sum(x)\n")
    assert shape(found.rows) == [("same", 1, 1), ("changed", 2, 2)]
    changed = found.rows[1]
    assert changed.left is not None
    assert changed.right is not None
    assert changed.left.html == "loss = jnp.<mark>mean</mark>(x)"
    assert changed.right.html == "loss = jnp.<mark>sum</mark>(x)"
    assert found.changes == 1


def test_lines_that_came_and_went_have_nothing_beside_them() -> None:
    found = compare_programs("one = 1\nkeep()\n", "keep()\nquite_another(thing)\n")
    assert shape(found.rows) == [("removed", 1, None), ("same", 2, 1), ("added", None, 2)]


def test_inside_a_change_the_likest_lines_are_paired_in_their_order() -> None:
    left = "before = norm(kernel)\nloss = mean(error)\n"
    right = "print('hello')\nbefore = norm(model.kernel)\nloss = sum(error)\n"
    found = compare_programs(left, right)
    assert shape(found.rows) == [("added", None, 1), ("changed", 1, 2), ("changed", 2, 3)]


def test_equal_lines_far_from_a_change_are_folded_and_counted() -> None:
    lines = [f"line_{number}" for number in range(20)]
    found = compare_programs("\n".join([*lines, "end(1)"]), "\n".join([*lines, "end(2)"]))
    assert [(row.kind, row.count) for row in found.rows][:2] == [("gap", 17), ("same", 0)]
    assert len(found.rows) == 1 + diff.CONTEXT + 1


def test_a_gap_is_not_made_of_fewer_lines_than_it_takes() -> None:
    lines = [f"line_{number}" for number in range(diff.CONTEXT + diff.LEAST_GAP - 1)]
    found = compare_programs("\n".join([*lines, "end(1)"]), "\n".join([*lines, "end(2)"]))
    assert "gap" not in {row.kind for row in found.rows}


@pytest.mark.parametrize(
    ("left", "right"),
    [("", ""), ("x = 1", "x = 1\n"), ("x = 1\r\n", "x = 1\n\n\n"), ("x = 1  \n", "x = 1\n")],
)
def test_ends_of_lines_and_trailing_space_are_no_change(left: str, right: str) -> None:
    assert compare_programs(left, right).changes == 0


def test_markup_and_hidden_characters_are_shown_as_text() -> None:
    found = compare_programs("<script>alert(1)</script>\n", "<script>alert(2)\u202e</script>\n")
    texts = "".join(str(line.html) for row in found.rows for line in (row.left, row.right) if line)
    assert "<script" not in texts
    assert "\u202e" not in texts


def test_a_program_of_invisible_characters_makes_no_page_of_megabytes() -> None:
    program = "\n".join(f"k{at}\n" + "\x01\u202e" * 50 for at in range(290))  # nearly as long as a program may be
    found = compare_programs(program, program.replace("\x01", "\x02"))
    texts = [str(line.html) for row in found.rows for line in (row.left, row.right) if line]
    assert sum(map(len, texts)) < 1_000_000
    assert any("\\u202e" in text for text in texts)
    few = compare_programs("\u202e" * diff.MOST_PICTURES, "x")
    assert few.rows[0].left is not None
    assert few.rows[0].left.html.count("unseen") == diff.MOST_PICTURES


def test_what_is_beyond_the_bounds_is_left_out_and_said() -> None:
    most = "\n".join(["x = 1"] * diff.MOST_LINES)
    assert not compare_programs(most, most).is_cut
    longer = compare_programs(most + "\nx = 1\ny = 2", most)
    assert (longer.is_cut, longer.changes) == (True, 0)
    line = "x" * diff.LINE_CHARACTERS
    assert not compare_programs(line, line).is_cut
    assert compare_programs(line + "x", line).is_cut


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("\n".join(["x", "y"] * 400), "\n".join(["y", "x"] * 400)),
        ("\n".join("ab" * 150 + str(at) for at in range(900)), "\n".join("ba" * 150 + str(at) for at in range(900))),
        (
            "\n".join(f"k{at}" if at % 16 == 0 else "ab" * 140 + str(at) for at in range(600)),
            "\n".join(f"k{at}" if at % 16 == 0 else "ba" * 140 + str(at) for at in range(600)),
        ),
        (
            "\n".join(f"k{at}" if at % 2 else "a." * 140 + str(at) for at in range(600)),
            "\n".join(f"k{at}" if at % 2 else "a." * 130 + "x." * 9 + str(at) for at in range(600)),
        ),
        (
            "\n".join(f"k{at}" if at % 2 else "(" * 250 for at in range(500)),
            "\n".join(f"k{at}" if at % 2 else "()" * 125 for at in range(500)),
        ),
    ],
    ids=["two-lines-in-turn", "long-and-alike", "blocks-of-long-lines", "every-other-line", "one-sign-again-and-again"],
)
def test_the_worst_programs_take_bounded_time(left: str, right: str) -> None:
    began = time.process_time()
    assert compare_programs(left, right).changes
    assert time.process_time() - began < SECONDS


def test_where_lines_take_too_long_to_compare_the_rest_stands_below_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    left, right = "first = mean(x)\nkeep\nsecond = mean(x)\n", "first = mean(y)\nkeep\nsecond = mean(y)\n"
    whole = ["changed", "same", "changed"]
    assert [row.kind for row in compare_programs(left, right).rows] == whole
    monkeypatch.setattr(diff, "MOST_STEPS", 700)
    assert [row.kind for row in compare_programs(left, right).rows] == [*whole[:2], "removed", "added"]


def test_the_table_heads_its_columns_and_names_each_kind_of_line() -> None:
    (html,) = draw_diff((("Yours", "Solution"), 12), b"a = 1\nb = 2\na = 3\nc()\n")
    text = html.decode()
    assert all(f'scope="col" colspan="2">{label}</th>' in text for label in ("Yours", "Solution"))
    assert "changed: " in text
    assert "only here: " in text


def test_equal_programs_are_said_to_be_equal() -> None:
    (html,) = draw_diff((("Yours", "Solution"), 6), b"a = 1\na = 1\n")
    assert b"the same" in html
    assert b"<table" not in html
