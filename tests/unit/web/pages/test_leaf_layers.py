"""A model's parameters, layer by layer: what is wrong stays in sight, what is right is folded, nothing is lost."""

from hypothesis import given, settings
from hypothesis import strategies as st

from judge.verdict import Leaf
from judge.web.pages.leaf_layers import FREE_ROWS, MOST_ROWS, OPEN_ROWS, Picture, leaf_picture


def leaf(path: str, change: float = 1.0, expected: float = 1.0) -> Leaf:
    return Leaf(path=path, shape=(4,), norm_before=1.0, norm_after=1.0, change=change, expected_change=expected)


def deep(layers: int, wrong: tuple[str, ...] = ()) -> list[Leaf]:
    paths = [f"l{number}.{name}" for number in range(1, layers + 1) for name in ("bias", "kernel")]
    return [leaf(path, 0.0 if path in wrong else 1.0) for path in sorted(paths)]


def drawn(picture: Picture) -> list[tuple[str, list[str]]]:
    return [(part.title, [row.path for row in part.rows]) for part in picture.parts]


def test_a_small_model_is_shown_whole_in_natural_order() -> None:
    paths = ["l10.bias", "l2.bias", "l1.bias"]
    picture = leaf_picture([leaf(path) for path in paths], failed=False)
    assert drawn(picture) == [("", ["l1.bias", "l2.bias", "l10.bias"])]
    assert picture.is_open


def test_layers_that_are_right_are_folded_around_the_wrong_one() -> None:
    picture = leaf_picture(deep(12, wrong=("l3.bias",)), failed=True)
    assert [title for title, _ in drawn(picture)] == ["l1 to l2", "", "l4 to l12"]
    assert drawn(picture)[1][1] == ["l3.bias", "l3.kernel"]
    assert [part.note for part in picture.parts] == ["moved (correct)", "", "moved (correct)"]


def test_wrong_layers_for_which_there_is_no_room_are_folded_and_counted() -> None:
    wrong = tuple(each.path for each in deep(12))
    picture = leaf_picture(deep(12, wrong=wrong), failed=True)
    assert len(picture.parts[0].rows) == OPEN_ROWS
    assert (picture.parts[1].title, picture.parts[1].wrong) == ("l3 to l12", 20)
    assert picture.parts[1].note == "frozen, but should move"


def test_a_fold_counts_what_happened_in_it() -> None:
    leaves = [leaf(f"l{n}.w", 0.0 if n < 3 else 1.0, 0.0 if n < 3 else 1.0) for n in range(1, 9)]
    (part,) = leaf_picture(leaves, failed=False).parts
    assert (part.title, part.note) == ("l1 to l8", "6 moved (correct) · 2 frozen (correct)")


def test_a_model_that_is_right_is_folded_only_where_the_case_failed() -> None:
    assert leaf_picture(deep(2), failed=False).is_open
    assert not leaf_picture(deep(2), failed=True).is_open
    assert leaf_picture(deep(2, wrong=("l1.bias",)), failed=True).is_open


def test_at_the_edge_of_the_bounds() -> None:
    assert leaf_picture(deep(FREE_ROWS // 2), failed=False).is_open
    assert not leaf_picture(deep(FREE_ROWS // 2 + 1), failed=False).is_open
    assert leaf_picture(deep(MOST_ROWS // 2), failed=False).left_out == 0
    assert leaf_picture(deep(MOST_ROWS // 2 + 1), failed=False).left_out == 2
    assert leaf_picture([], failed=True).parts == ()


@settings(deadline=None)
@given(st.lists(st.builds(leaf, st.text("abl.019", max_size=6), *[st.none() | st.sampled_from([0.0, 1.0, 2.0])] * 2)),
       st.booleans())  # fmt: skip
def test_any_leaves_are_drawn_once_each(leaves: list[Leaf], failed: bool) -> None:
    picture = leaf_picture(leaves, failed=failed)
    paths = sorted(row.path for part in picture.parts for row in part.rows)
    assert paths == sorted(each.path for each in leaves[:MOST_ROWS])
    assert sum(len(part.rows) for part in picture.parts if not part.title) <= max(FREE_ROWS, OPEN_ROWS)
