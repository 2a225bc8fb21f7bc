"""Messages: what goes in comes out; a field that is forged, missing, too many or too large is no message."""

import ast
import copy
import dataclasses
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import judge
from judge.inside import budget, messages, program_messages, protocol, trees, wire
from judge.inside.messages import (
    AddPrograms,
    Broken,
    Call,
    Connect,
    Exited,
    FallbackReason,
    Fork,
    Forked,
    ForkRefused,
    Handover,
    Job,
    LayerRefused,
    Loaded,
    LoadFailure,
    LoadStage,
    Message,
    Observed,
    Raised,
    Reply,
    Sealed,
    Setup,
    Signal,
    WarmedUp,
    WarmUp,
    ZygoteInfo,
)
from judge.inside.program_messages import (
    CompileProgram,
    ProgramCompiled,
    ProgramResults,
    RunProgram,
    ServiceReady,
)

LEAVES = {"l1.kernel": np.ones(2, np.float32)}
RAISED = Raised(type="ValueError", message="odd", traceback="  File ...", line=3)
SEEN = Observed(before=LEAVES, after=LEAVES, aside=("l1.count",), state_before=LEAVES, state_after=LEAVES)
REPLY = Reply(
    nonce="n",
    value=(1, [2.5, {"a": np.arange(3)}], None, "text", 1j),
    type="tuple",
    raised=RAISED,
    observed=(SEEN,),
    extra_values={"lookalikes": {"x": 1.0}},
    facts={"traces": 0},
)
CLAIMS: tuple[Message, ...] = (
    Sealed(layers=("seccomp", "landlock")),
    LayerRefused(layer="seccomp", reason="not permitted"),
    Broken(reason="odd"),
    Loaded(failure=LoadFailure(stage=LoadStage.RAISED, raised=RAISED)),
    REPLY,
    Handover(reason=FallbackReason.PROGRAM, program="jit_f"),
)
FRAMES: tuple[Message, ...] = (
    *CLAIMS,
    Loaded(failure=None),
    Job(source=b"x = 1", entry="f", parameters=("x",), extra_functions=(), facts=("jit",), result_bytes=9),
    Call(nonce="n", arguments=(1, np.ones(2))),
    ServiceReady(),
    CompileProgram(id=1, key="k", program=b"ML\xefR", options=b""),
    ProgramCompiled(id=1, failure="odd"),
    RunProgram(id=2, program=1, arguments=(np.ones(2), np.zeros((), np.float32))),
    ProgramResults(id=2, results=(np.ones(2, bool),), failure=""),
    WarmUp(
        source=b"x",
        entry="w",
        usual="",
        jitted="",
        calls=((1,),),
        facts=(),
        parameters=(),
        result_bytes=0,
        light=True,
    ),
)
PACKETS: tuple[Message, ...] = (
    Setup(
        seccomp_filter="06",
        kill_numbers=(62, 234),
        readable=(("/usr", 4),),
        roots=("/usr",),
        namespaces=True,
        imports=False,
        path=(),
        files=("pack",),
    ),
    Connect(apart=False),
    AddPrograms(),
    Fork(id=1, cpu_seconds=2, memory_bytes=9, uid=None, cores=(0, 1), skip=("oom",), light=True, compiles=False),
    Signal(id=1, number=19),
    ZygoteInfo(
        namespaces=False,
        namespaces_refused="no",
        load_ms=1.5,
        threads=1,
        landlock_abi=4,
        versions={"jax": "1"},
        warm_up=WarmedUp(programs=3, compiled=1, failure=RAISED, fork_pss_mib=1.5),
    ),
    Forked(id=1, pid=7),
    ForkRefused(id=1, reason="no memory"),
    Exited(id=1, status=-9, cpu_ms=2.5),
)
KINDS: dict[str, Any] = {
    "none": None,
    "bool": True,
    "int": 1,
    "float": 1.5,
    "complex": 1j,
    "str": "x",
    "list": [],
    "tuple": (),
    "dict": {},
    "array": np.ones(1, np.int8),
    "missing": wire.Missing(("Model", "no array")),
}
ANYTHING = frozenset(KINDS)
TAKES: dict[str, frozenset[str] | set[str]] = {  # what a claim's field may be; a dot leads into a message in it
    "Sealed.layers": {"list"},
    "Sealed.layers[]": {"str"},
    "LayerRefused.layer": {"str"},
    "LayerRefused.reason": {"str"},
    "Broken.reason": {"str"},
    "Loaded.failure": {"none"},
    "Loaded.failure.stage": set(),  # a text, of two
    "Loaded.failure.raised": set(),
    "Loaded.failure.raised.type": {"str"},
    "Loaded.failure.raised.message": {"str"},
    "Loaded.failure.raised.traceback": {"str"},
    "Loaded.failure.raised.line": {"int"},
    "Reply.nonce": {"str"},
    "Reply.value": ANYTHING,
    "Reply.type": {"str"},
    "Reply.raised": {"none"},
    "Reply.raised.type": {"str"},
    "Reply.raised.message": {"str"},
    "Reply.raised.traceback": {"str"},
    "Reply.raised.line": {"int"},
    "Reply.observed": {"list"},
    "Reply.observed[]": set(),
    "Reply.observed[].before": {"dict"},
    "Reply.observed[].before{}": {"array"},
    "Reply.observed[].after": {"dict"},
    "Reply.observed[].after{}": {"array"},
    "Reply.observed[].aside": {"list"},
    "Reply.observed[].aside[]": {"str"},
    "Reply.observed[].state_before": {"dict"},
    "Reply.observed[].state_before{}": {"array"},
    "Reply.observed[].state_after": {"dict"},
    "Reply.observed[].state_after{}": {"array"},
    "Reply.extra_values": {"dict"},
    "Reply.extra_values{}": ANYTHING,
    "Reply.facts": {"dict"},
    "Reply.facts{}": ANYTHING,
    "Handover.reason": set(),  # a text, of a closed set
    "Handover.program": {"str"},
}
OF_NAME = {type(claim).__name__: claim for claim in CLAIMS}


def same(a: Any, b: Any) -> bool:
    if isinstance(a, np.ndarray):
        return isinstance(b, np.ndarray) and a.dtype == b.dtype and np.array_equal(a, b)
    if dataclasses.is_dataclass(a):
        return type(a) is type(b) and same(vars(a), vars(b))
    if isinstance(a, dict):
        return isinstance(b, dict) and a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list | tuple):
        return type(a) is type(b) and len(a) == len(b) and all(map(same, a, b))
    return bool(a == b)


def split(frame: bytes) -> tuple[bytes, bytes]:
    ((header, body),) = wire.FrameReader(1 << 24).frames(frame)
    return header, body


def read(name: str, tree: Any) -> Message:
    """What the judge reads where a box sends `tree` as the message of that name."""
    cls = type(OF_NAME[name])
    return protocol.decode(*split(wire.encode(cls.kind, tree)), budget.Budget(), cls)


def forged(path: str, put: Any) -> Any:
    """The tree of a claim with another value at `path`; a path that ends in [] or {} is that of an entry."""
    name, _, rest = path.partition(".")
    tree: Any = copy.deepcopy(trees.to_tree(OF_NAME[name]))
    steps: list[Any] = []
    for part in rest.split("."):
        steps.append(part.rstrip("[]{}"))
        if part.endswith("[]"):
            steps.append(0)
        if part.endswith("{}"):
            steps.append("forged")
    inner = tree
    for step in steps[:-1]:
        inner = inner[step]
    inner[steps[-1]] = put
    return tree


def fields_of(cls: type, path: str) -> Iterator[str]:
    """The path of every field of a claim, and of every message, list and mapping in it."""
    for field in dataclasses.fields(cls):
        hint, inner = str(field.type), f"{path}.{field.name}"
        yield inner
        if field.type == wire.Tree:
            continue
        if "dict[" in hint:
            yield inner + "{}"
        elif "tuple[" in hint:
            inner += "[]"
            yield inner
        for nested in (Raised, Observed, LoadFailure):
            if f".{nested.__name__}" in hint or field.type is nested:
                yield from fields_of(nested, inner)


@pytest.mark.parametrize("message", FRAMES, ids=lambda each: type(each).__name__)
def test_a_message_comes_back_from_its_frame(message: Message) -> None:
    assert same(protocol.decode(*split(protocol.encode(message)), None, type(message)), message)


@pytest.mark.parametrize("message", PACKETS, ids=lambda each: type(each).__name__)
def test_a_message_comes_back_from_its_packet(message: Message) -> None:
    assert same(protocol.decode_packet(protocol.encode_packet(message), Connect, type(message)), message)


def test_every_message_is_tried_here_and_has_a_kind_of_its_own() -> None:
    found = [*inspect.getmembers(messages, inspect.isclass), *inspect.getmembers(program_messages, inspect.isclass)]
    every = {cls for _, cls in found if issubclass(cls, Message)} - {Message}
    assert every == {type(message) for message in (*FRAMES, *PACKETS)}
    assert len({cls.kind for cls in every}) == len(every)
    assert all(wire.kind_of(split(wire.encode(cls.kind, {}))[0]) == cls.kind for cls in every)


def test_the_table_of_claims_knows_every_field() -> None:
    assert set(TAKES) == {path for name, claim in OF_NAME.items() for path in fields_of(type(claim), name)}


@pytest.mark.parametrize("path", TAKES)
def test_a_field_of_another_type_is_no_message(path: str) -> None:
    name = path.partition(".")[0]
    for kind, value in KINDS.items():
        if kind in TAKES[path]:
            read(name, forged(path, value))
        else:
            with pytest.raises(wire.BadFrame):
                read(name, forged(path, value))


@pytest.mark.parametrize("path", [path for path in TAKES if path[-1] not in "]}"])
def test_a_message_without_one_of_its_fields_is_none(path: str) -> None:
    name, (owner, _, field) = path.partition(".")[0], path.rpartition(".")
    tree = forged(path, None)
    inner: Any = tree
    for part in owner.split(".")[1:]:
        inner = inner[part.rstrip("[]")]
        inner = inner[0] if part.endswith("[]") else inner
    del inner[field]
    with pytest.raises(wire.BadFrame):
        read(name, tree)


@pytest.mark.parametrize("owner", sorted({path.rpartition(".")[0] for path in TAKES}))
def test_a_message_with_one_field_more_is_none(owner: str) -> None:
    with pytest.raises(wire.BadFrame):
        read(owner.partition(".")[0], forged(f"{owner}.more", 1))


@pytest.mark.parametrize("name", OF_NAME)
@pytest.mark.parametrize("tree", [None, 1, "x", [], (), {}])
def test_a_tree_that_is_no_mapping_of_fields_is_no_message(name: str, tree: Any) -> None:
    with pytest.raises(wire.BadFrame):
        read(name, tree)


@pytest.mark.parametrize(("path", "value"), [("Loaded.failure.stage", "running"), ("Handover.reason", "please")])
def test_a_word_outside_of_its_set_is_no_message(path: str, value: str) -> None:
    with pytest.raises(wire.BadFrame):
        read(path.partition(".")[0], forged(path, value))


def test_more_models_than_are_taken_are_refused_before_they_are_read() -> None:
    one = trees.to_tree(SEEN)
    assert len(read("Reply", forged("Reply.observed", [one] * messages.MAX_OBSERVED)).observed) == 16
    with pytest.raises(wire.BadFrame, match="at most 16"):
        read("Reply", forged("Reply.observed", [None] * (messages.MAX_OBSERVED + 1)))


@pytest.mark.parametrize(
    ("path", "value", "what"),
    [
        ("Reply.observed[].before", {f"l{i}": np.zeros((), np.int8) for i in range(budget.NAMES)}, "names"),
        ("Reply.observed[].after{}", np.empty((budget.ELEMENTS, 0), np.int8), "array entries"),
        ("Reply.observed[].aside", ["x"] * budget.ENTRIES, "values"),
        ("Reply.extra_values", {str(i): 0 for i in range(budget.NAMES + 1)}, "names"),
        ("Reply.facts{}", ["x" * wire.MAX_TEXT] * 300, "characters of text"),
        ("Reply.value", np.empty((budget.ELEMENTS + 1, 0), np.int8), "array entries"),
        ("Sealed.layers", ["x"] * budget.ENTRIES, "values"),
    ],
)
def test_a_field_that_claims_more_than_the_budget_is_refused(path: str, value: Any, what: str) -> None:
    with pytest.raises(budget.OverBudget, match=what):
        read(path.partition(".")[0], forged(path, value))


def test_a_text_is_cut_on_the_way() -> None:
    assert len(read("Broken", {"reason": "x" * 100_000}).reason) == wire.MAX_TEXT


def test_another_message_than_the_expected_ones_is_refused() -> None:
    header, body = split(protocol.encode(Broken(reason="odd")))
    with pytest.raises(wire.BadFrame):
        protocol.decode(header, body, None, Sealed, Reply)
    with pytest.raises(ValueError, match="another message"):
        protocol.decode_packet(protocol.encode_packet(Connect(apart=False)), Fork)


@pytest.mark.parametrize("packet", [b"", b"[]", b"{}", b'{"kind": "fork"}', b'{"kind": "fork", "content": []}'])
def test_bytes_that_are_no_packet_raise(packet: bytes) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        protocol.decode_packet(packet, Fork)


def test_a_field_of_a_type_that_no_tree_has_can_not_be_declared() -> None:
    @dataclasses.dataclass(frozen=True, kw_only=True)
    class Odd:
        names: frozenset[str]

    with pytest.raises(TypeError, match="can't have a field"):
        trees.from_tree(Odd, {"names": []})


ROOMS = [Path(judge.__file__).parent / room for room in ("inside", "sandbox")]
FIELDS = {
    field.name
    for _, cls in inspect.getmembers(messages, inspect.isclass)
    if dataclasses.is_dataclass(cls)
    for field in dataclasses.fields(cls)
}


def text_keys(tree: ast.AST) -> Iterator[str]:
    """The text of each `x["text"]` and `x.get("text")`; a method of a class is no look-up."""
    for node in ast.walk(tree):
        match node:
            case ast.Subscript(slice=ast.Constant(value=str(text))):
                yield text
            case ast.Call(func=ast.Attribute(attr="get" | "pop") as method, args=[ast.Constant(value=str(text)), *_]):
                if not ast.unparse(method.value).rpartition(".")[2][:1].isupper():
                    yield text


@pytest.mark.parametrize("file", sorted(file for room in ROOMS for file in room.rglob("*.py")), ids=str)
def test_no_field_of_a_message_is_a_text_outside_of_messages(file: Path) -> None:
    assert [text for text in text_keys(ast.parse(file.read_text())) if text in FIELDS] == []


def test_the_scan_for_texts_finds_them() -> None:
    found = text_keys(ast.parse("a['nonce'] + b.get('value', 1) + c.pop('type') + d[0] + Attribute.get('line')"))
    assert set(found) == {"nonce", "value", "type"}
