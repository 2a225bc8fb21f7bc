"""The file of a class: read strictly, and written so that it reads to the same."""

import time
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judge.assignment import Assignment, ClassDescription, Late, Period, Shown
from judge.classes import class_file
from judge.classes.class_file import MOST_BYTES, ClassFileFault, read_class
from judge.classes.write_class import class_text

TEXT = """slug = "ml-2026"
title = "Deep learning, autumn 2026"
staff = ["ann"]
learners = ["bob"]

[[assignments]]
slug = "week-1"
title = "Freezing"
problems = ["nnx-surgery-freeze"]
opens = 2026-10-01T08:00:00+02:00
due = 2026-10-08T23:59:00+02:00
attempts = 20
late = { penalty = 0.1, per = "day", until = 2026-10-15T23:59:00+02:00 }
show = { hints = "always", solution = "after_due" }

[[assignments]]
slug = "week-2"
title = "Twice"
problems = ["twice", "thrice"]
due = 2026-10-09T23:59:00Z
late = "accept"
"""
DUE = datetime(2026, 10, 8, 21, 59, tzinfo=UTC)


def faults(text: str) -> list[str]:
    with pytest.raises(ClassFileFault) as caught:
        read_class(text)
    return list(caught.value.faults)


def test_the_example_is_read_as_it_says() -> None:
    read = read_class(TEXT)
    assert (read.slug, read.staff, read.learners, read.archived) == ("ml-2026", ("ann",), ("bob",), False)
    first, second = read.assignments
    assert first == Assignment(
        slug="week-1",
        title="Freezing",
        problems=("nnx-surgery-freeze",),
        opens=DUE - timedelta(days=7, hours=15, minutes=59),
        due=DUE,
        attempts=20,
        late=Late(penalty=0.1, per=Period.DAY, until=DUE + timedelta(days=7)),
        solution=Shown.AFTER_DUE,
    )
    assert (second.late, second.attempts, second.hints) == (Late(), None, Shown.ALWAYS)
    assert read_class(class_text(read)) == read


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ('staff = ["ann"]', 'staf = ["ann"]', "class.toml:3: unknown key `staf`; did you mean `staff`?"),
        ("attempts = 20", "attempts = 0", "class.toml:12: `assignments.0.attempts`: Input should be greater"),
        ("attempts = 20", "tries = 20", "class.toml:12: unknown key `assignments.0.tries`"),
        (
            'problems = ["twice", "thrice"]',
            "problems = []",
            "class.toml:19: `assignments.1.problems` is empty: name one",
        ),
        ('title = "Twice"', 'title = ""', "class.toml:18: `assignments.1.title` is empty"),
        ("23:59:00Z", "23:59:00", "class.toml:20: `assignments.1.due`: add the offset from UTC"),
        ("penalty = 0.1", "penalty = 0.001", "class.toml:13: `assignments.0.late.penalty`: a penalty is 0, or"),
        ("penalty = 0.1", "penaly = 0.1", "unknown key `assignments.0.late.penaly`; did you mean `penalty`?"),
        ('late = "accept"', 'late = "acept"', 'class.toml:21: `assignments.1.late`: write "refuse", "accept"'),
        ('slug = "week-2"', 'slug = "Week 2"', "class.toml:17: `assignments.1.slug`: use lower-case letters"),
        ('slug = "week-2"', 'slug = "week-1"', "the assignment `week-1` is there twice"),
        ('learners = ["bob"]', 'learners = ["Ann"]', "the person `ann` is there twice"),
        ('learners = ["bob"]', 'learners = ["a b"]', "class.toml:4: `learners.0`: this is not the name"),
        ("2026-10-08T23", "2026-09-08T23", "class.toml:6: `assignments.0`: `opens` must be before `due`"),
        ('slug = "ml-2026"', 'slug = "new"', "the slug `new` is taken"),
        ('title = "Twice"\n', "", "class.toml:16: the key `assignments.1.title` is missing"),
        ("penalty = 0.1", 'penalty = "x"', "class.toml:13: `assignments.0.late.penalty`"),
        ("2026-10-08T23", "9999-12-31T23", "class.toml:11: `assignments.0.due`: the year must be from 2000"),
        ('"Twice"', '"Tw\\u0000ice"', "class.toml:18: `assignments.1.title`: leave out control characters"),
        ("title", "= title", "class.toml: Invalid statement (at line 2, column 1)"),
    ],
)
def test_a_fault_is_named_with_its_line(before: str, after: str, fault: str) -> None:
    assert before in TEXT
    [found] = faults(TEXT.replace(before, after, 1))
    assert fault in found


def test_too_long_too_deep_and_too_many_are_refused() -> None:
    assert "more than 128 KiB" in faults("#" * (MOST_BYTES + 1))[0]
    assert faults("x = " + "[" * 60_000)
    assert "too many digits" in faults(f"x = {'1' * 5_000}")[0]
    assert len(faults("\n".join(f"k{number} = 1" for number in range(500)))) == 20
    assert "learners" in faults(f'slug = "a"\ntitle = "b"\nlearners = {[f"p{n}" for n in range(1_001)]}')[0]


@pytest.mark.parametrize(
    "text",
    [
        f"{'.'.join(['a'] * 60_000)} = 1",
        f"[{'.'.join(['a'] * 8_000)}]\n" + "".join(f"k{number} = 1\n" for number in range(6_000)),
        f"[[ {' . '.join(['a'] * 8_000)} ]]",
        "x = {y = 1, " + ".".join(['"a b"'] * 100) + " = 1}",
    ],
)
def test_a_key_of_many_parts_is_refused_at_once(text: str) -> None:
    begin = time.process_time()
    assert faults(text) == ["class.toml: a key has more than 16 parts with dots between them"]
    assert time.process_time() - begin < 1  # parsing the first takes two minutes


@pytest.mark.parametrize("text", ["a" * 120_000, ',"' * 60_000, "a.b," * 30_000, "[ '" * 40_000, "a " * 60_000])
def test_looking_for_such_keys_takes_no_time(text: str) -> None:
    begin = time.process_time()
    assert class_file._DOTTED.search(text) is None
    assert time.process_time() - begin < 1


def test_dots_in_a_title_are_none_of_a_key() -> None:
    assert read_class(f'slug = "a"\ntitle = "{"a." * 50}"').title == "a." * 50


times = st.datetimes(
    datetime(2000, 1, 5),  # three days before it, in any zone, is 2000 too: no class is older
    datetime(2100, 1, 1),
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=2)), timezone(timedelta(hours=-9, minutes=-30))]),
)
slugs = st.from_regex(r"[a-z0-9]{1,5}(-[a-z0-9]{1,3}){0,2}", fullmatch=True).filter(lambda text: text != "new")
titles = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40).filter(
    lambda text: text == text.strip() != ""
)


@st.composite
def assignments(draw, slug: str) -> Assignment:
    due = draw(st.none() | times)
    opens = draw(st.none() | st.just(due - timedelta(days=3))) if due else draw(st.none() | times)
    late = None
    if due is not None and draw(st.booleans()):
        until = draw(st.none() | st.just(due + timedelta(hours=5)))
        penalty = draw(st.just(0.0) | st.floats(0.01, 1))
        late = Late(penalty=penalty, per=draw(st.sampled_from(Period)), until=until)
    return Assignment(
        slug=slug,
        title=draw(titles),
        problems=tuple(draw(st.lists(slugs, min_size=1, max_size=4, unique=True))),
        opens=opens,
        due=due,
        attempts=draw(st.none() | st.integers(1, 1_000)),
        late=late,
        hints=draw(st.sampled_from([Shown.ALWAYS, Shown.AFTER_DUE, Shown.NEVER])),
        solution=draw(st.sampled_from([Shown.AFTER_ACCEPTED, Shown.AFTER_DUE, Shown.NEVER])),
    )


@st.composite
def descriptions(draw) -> ClassDescription:
    names = draw(st.lists(st.from_regex(r"[a-z][a-z0-9_.-]{0,8}", fullmatch=True), max_size=9, unique=True))
    given = [draw(assignments(slug)) for slug in draw(st.lists(slugs, max_size=4, unique=True))]
    return ClassDescription(
        slug=draw(slugs),
        title=draw(titles),
        staff=tuple(names[:3]),
        learners=tuple(names[3:]),
        assignments=tuple(given),
        archived=draw(st.booleans()),
    )


@given(descriptions())
def test_a_class_that_is_written_reads_to_the_same(description: ClassDescription) -> None:
    assert read_class(class_text(description)) == description
