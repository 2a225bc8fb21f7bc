"""Every error of the catalogue is met by a program, and recognised as itself; hostile texts do no harm."""

import time
import warnings
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from judge.error_catalogue import entries_of, own_entries, recognise
from judge.error_catalogue.entries import MAX_HINT, MAX_MESSAGE
from judge.inside.exceptions import FILE_NAME, describe
from judge.inside.exceptions import MAX_MESSAGE as MOST_SENT
from judge.inside.messages import Raised

PROGRAMS = Path(__file__).parents[1] / "errors" / "programs"
ENTRIES = {entry.id: entry for entry in own_entries()}
TYPES = sorted({name for entry in ENTRIES.values() for name in entry.types})
SANDBOX_ONLY = MappingProxyType(  # id -> type and message of the error in a sandbox; outside there may be none
    {
        "input-read": ("EOFError", "EOF when reading a line"),
        "network-unreachable": ("gaierror", "[Errno -3] Temporary failure in name resolution"),
        "network-refused": ("PermissionError", "[Errno 1] Operation not permitted"),
        "subprocess-refused": ("PermissionError", "[Errno 1] Operation not permitted"),
        "file-refused": ("PermissionError", "[Errno 1] Operation not permitted: 'result.txt'"),
        "sandbox-refused": ("PermissionError", "[Errno 1] Operation not permitted"),
    }
)
LINES = MappingProxyType(  # id -> the line of its program that fails in a sandbox
    {"network-refused": "with socket.socket() as connection:", "subprocess-refused": "subprocess.run([...])"}
)
SLOWEST = 0.05  # seconds for one pattern and 2,000 characters; a backtracking one takes minutes


def run(path: Path) -> tuple[Raised, str]:
    """Load a program, call its function once; return the described exception and the line that raised it."""
    source = path.read_text(encoding="utf-8")
    rng = np.random.default_rng(0)
    x, y = (rng.normal(size=(5, width)).astype(np.float32) for width in (3, 2))
    namespace: dict[str, Any] = {"__name__": "solution"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            exec(compile(source, FILE_NAME, "exec"), namespace)
            result = namespace["freeze_first_dense"](3, x, y, 0.1)
        except Exception as error:
            raised = describe(error)
            return raised, [*source.splitlines(), ""][raised.line - 1]
    pytest.fail(f"{path.name} raised nothing and returned {result}")


def test_every_entry_has_a_program_and_every_program_an_entry() -> None:
    assert {path.stem for path in PROGRAMS.glob("*.py")} == set(ENTRIES)


@pytest.mark.parametrize("name", sorted(set(ENTRIES) - set(SANDBOX_ONLY)))
def test_a_program_s_error_is_recognised_as_its_own(name: str) -> None:
    raised, line = run(PROGRAMS / f"{name}.py")
    hint = recognise(raised.type, raised.message, line)
    assert hint is not None, raised
    assert hint.id == name, (raised, line)
    assert "``" not in hint.message
    assert "  " not in hint.message


@pytest.mark.parametrize("name", sorted(SANDBOX_ONLY))
def test_an_error_of_the_sandbox_is_recognised(name: str) -> None:
    hint = recognise(*SANDBOX_ONLY[name], LINES.get(name, "open('result.txt', 'w')"))
    assert hint is not None
    assert hint.id == name


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=lambda entry: entry.id)
def test_a_message_is_one_plain_sentence(entry) -> None:
    assert not entry.message.endswith((".", "!"))
    assert not entry.message[0].isupper()
    assert entry.hint.endswith((".", "?"))


def test_links_lead_to_the_official_documentation() -> None:
    hosts = {entry.link.split("/")[2] for entry in ENTRIES.values() if entry.link}
    assert hosts <= {
        "docs.jax.dev",
        "flax.readthedocs.io",
        "optax.readthedocs.io",
        "numpy.org",
        "docs.python.org",
    }


@pytest.mark.parametrize(
    ("name", "type_name", "message", "line", "sentence"),
    [
        (
            "reshape-size",
            "ValueError",
            "cannot reshape array of size 15 into shape (7,3)",
            "",
            "array of size 15 can't",
        ),
        ("text-to-number", "ValueError", "invalid literal for int() with base 10: 'a b'", "", "the text `a b` was"),
        ("array-has-no-attribute", "AttributeError", "DynamicJaxprTracer has no attribute norm", "", "no `norm`"),
        ("gradient-value", "AttributeError", "LinearizeTracer has no attribute value", "", "`.value`"),
        ("torch-array-method", "AttributeError", "LinearizeTracer has no attribute detach", "", "`detach`"),
        ("name-not-defined", "NameError", "name 'los' is not defined. Did you mean: 'loss'?", "", "`los`"),
        (
            "none-has-no-attribute",
            "AttributeError",
            "'NoneType' object has no attribute 'init'",
            "Optimizer(m, tx)",
            "",
        ),
        ("file-refused", "OSError", "[Errno 30] Read-only file system: '/x'", "open('/x', 'w')", "a file"),
        ("int-too-large", "OverflowError", "Python integer 300 out of bounds for uint8", "", ""),
        ("buffer-deleted", "RuntimeError", "Array has been deleted with shape=float32[3].", "", ""),
        ("out-of-memory", "JaxRuntimeError", "RESOURCE_EXHAUSTED: Out of memory allocating 40 bytes.", "", ""),
        ("out-of-memory", "MemoryError", "", "x = [0] * 10**12", ""),
        ("key-missing", "KeyError", "0", "state[0]", "no key `0`"),
        ("axis-out-of-bounds", "ValueError", "axis 2 is out of bounds for array of dimension 2", "", "axis 2"),
        (
            "broadcast-shapes",
            "ValueError",
            "Incompatible shapes for broadcasting: shapes=[(5, 3), (5,)]",
            "",
            "(5, 3) and (5,)",
        ),
        ("custom-vjp-result", "ValueError", "Custom VJP bwd rule must produce an output with the same type", "", ""),
        (
            "key-used-as-numbers",
            "TypeError",
            "JAX array with PRNGKey dtype cannot be converted to a NumPy array.",
            "",
            "",
        ),
        (
            "operands-do-not-fit",
            "TypeError",
            "unsupported operand type(s) for ** or pow(): 'list' and 'ArrayImpl'",
            "",
            "JAX array",
        ),
    ],
)
def test_other_texts_of_the_same_errors(name: str, type_name: str, message: str, line: str, sentence: str) -> None:
    hint = recognise(type_name, message, line)
    assert hint is not None
    assert hint.id == name
    assert sentence in hint.message


def test_an_unknown_error_is_not_recognised() -> None:
    assert recognise("SomeOtherError", "nobody knows it") is None
    assert recognise("ValueError", "nobody knows it") is None


messages = st.one_of(
    st.text(max_size=2500),
    st.builds(
        lambda pieces, times: (" ".join(pieces) * times)[:2500],
        st.lists(st.sampled_from([entry.pattern.pattern for entry in ENTRIES.values() if entry.pattern]), max_size=3),
        st.integers(1, 50),
    ),
    st.from_regex(r"name '\w{1,80}' is not defined|'\w{0,30}' object (is not callable|has no attribute '\w{1,90}')"),
)


@settings(max_examples=150, deadline=None)
@given(type_name=st.one_of(st.sampled_from(TYPES), st.text(max_size=300)), message=messages, line=st.text(max_size=300))
@example(type_name="KeyError", message="'{0.__class__}'", line="")
@example(type_name="NameError", message="name '{x}' is not defined", line="{")
def test_any_text_gives_a_bounded_explanation_or_none(type_name: str, message: str, line: str) -> None:
    hint = recognise(type_name, message, line)
    if hint is not None:
        assert 0 < len(hint.message) <= MAX_MESSAGE
        assert 0 < len(hint.hint) <= MAX_HINT
        assert hint.message.isprintable()


HOSTILE = (
    "a" * MOST_SENT,
    "(" * MOST_SENT,
    "'" * MOST_SENT,
    "1, " * 700,
    "shapes (1, (1, " * 140,
    "<class 'a" * 230,
    "a() takes 1 positional argument but " * 60,
    "a.__init__() " * 160,
    "pytree structure error: different types" * 55,
    "' object has no attribute '" * 80,
    " \n" * (MOST_SENT // 2),
)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_each_pattern_is_fast_on_a_hostile_text(text: str) -> None:
    slow = {}
    for entry in ENTRIES.values():
        for pattern in filter(None, (entry.pattern, entry.source)):
            start = time.thread_time()
            pattern.search(text)
            if (spent := time.thread_time() - start) > SLOWEST:
                slow[entry.id] = spent
    assert slow == {}


GOOD = MappingProxyType({"types": ["ValueError"], "message": "it went wrong", "hint": "Do it right."})


def test_entries_of_a_problem_come_before_the_judge_s_own() -> None:
    more = entries_of({"own-name": {**GOOD, "types": ["NameError"], "pattern": "'(?P<n>q)'", "message": "no {n} here"}})
    hint = recognise("NameError", "name 'q' is not defined", more=more)
    assert hint is not None
    assert (hint.id, hint.message, hint.link) == ("own-name", "no q here", None)
    assert recognise("NameError", "name 'r' is not defined", more=more) == recognise(
        "NameError", "name 'r' is not defined"
    )


def test_a_group_is_shown_on_one_line_and_cut() -> None:
    more = entries_of({"loud": {**GOOD, "pattern": "(?s)<(?P<n>.*)>", "message": "got {n}"}})
    hint = recognise("ValueError", f"<a\n\x1b[31m b{'c' * 500}>", more=more)
    assert hint is not None
    assert hint.message.startswith("got a [31m bccc")
    assert len(hint.message) <= 64


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ({**GOOD, "colour": "red"}, "unknown key `colour`"),
        ({"types": ["ValueError"], "hint": "Do it."}, "`message` is missing"),
        ({"message": "m", "hint": "Do it."}, "`types` is missing"),
        ({**GOOD, "pattern": "(unclosed"}, "`pattern` is not a regular expression"),
        ({**GOOD, "source": "*"}, "`source` is not a regular expression"),
        ({**GOOD, "types": "ValueError"}, "`types` must be a list"),
        ({**GOOD, "types": []}, "`types` must be a list"),
        ({**GOOD, "message": " "}, "`message` must be a text"),
        ({**GOOD, "hint": 3}, "`hint` must be a text"),
        ({**GOOD, "hint": "x" * 500}, "`hint` has 500 characters"),
        ({**GOOD, "message": "it is {name}"}, "placeholder {name}"),
        ({**GOOD, "pattern": "(?P<n>a)", "message": "it is {n.__class__}"}, "placeholder {n.__class__}"),
        ({**GOOD, "pattern": "(?P<n>a)", "message": "it is {n!r}"}, "placeholder {n}"),
        ({**GOOD, "pattern": "(?P<n>a)", "message": "it is {n:>999}"}, "placeholder {n}"),
        ({**GOOD, "message": "an open { brace"}, "errors.faulty"),
        ({**GOOD, "pattern": "(?P<n>a)", "message": "{n}" * 6}, "could become longer"),
        ({**GOOD, "link": "http://example.org"}, "`link` must start with https://"),
        ("text", "expected a table"),
    ],
)
def test_a_faulty_entry_is_refused_by_its_name(row: object, fault: str) -> None:
    with pytest.raises(ValueError, match=r"\[errors\.faulty\]") as caught:
        entries_of({"faulty": row})
    assert fault in str(caught.value)


def test_an_id_with_capitals_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\[errors\.Not_kebab\]"):
        entries_of({"Not_kebab": GOOD})
