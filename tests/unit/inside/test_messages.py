"""Messages between the judge, zygotes and boxes: each field is checked on arrival, and no key stands elsewhere."""

import ast
import json
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from judge.inside import messages, trees, wire
from judge.inside.budget import BadFrame
from judge.sandbox import parse_replies
from judge.sandbox.box import Reply

JUDGE = Path(messages.__file__).parents[1]
CLASSES = sorted(
    (
        each
        for each in vars(messages).values()
        if isinstance(each, type) and issubclass(each, trees.Message) and each is not trees.Message
    ),
    key=lambda each: each.__name__,
)
RAISED = messages.RaisedMessage(type_name="E", message="m", traceback="t", line=3)
OBSERVED = messages.ObservedMessage(
    before={"a": np.zeros(2)}, after={"a": np.ones(2)}, aside=("a",), state_before={}, state_after={}
)
SAMPLES = [
    messages.ZygoteSetup(
        filter="00" * 5_000,
        kill_numbers=(62, 234),
        readable=(("/usr", 1),),
        roots=("/usr",),
        namespaces=True,
        imports=False,
        path=("/x",),
        files=("pack",),
    ),
    messages.Connect(),
    messages.AddPrograms(),
    messages.ForkOrder(id=1, cpu_seconds=2.0, memory_bytes=3, uid=None, cores=(0, 1), skip=("uid",), light=True),
    messages.SignalOrder(id=1, signal=9),
    messages.WarmUpRequest(
        source=np.zeros(1, np.uint8),
        entry="f",
        usual="u",
        jitted="j",
        calls=((1, np.zeros(2)),),
        facts=("traces",),
        parameters=("x",),
        result_bytes=5,
        light=False,
    ),
    RAISED,
    messages.ZygoteInfo(
        namespaces=True,
        namespaces_refused="",
        load_ms=1.5,
        threads=1,
        landlock_abi=3,
        versions={"jax": "1"},
        programs=7,
        compiled=2,
        failure=RAISED,
        slot_pss_mib=1.0,
        slot_own_mib=2.0,
    ),
    messages.Forked(id=1, pid=2),
    messages.ForkRefused(id=1, reason="no"),
    messages.ChildEnded(id=1, status=-9, cpu_ms=1.5),
    messages.JobMessage(
        source=np.zeros(1, np.uint8), entry="f", parameters=("x",), extra_functions=(), facts=(), result_bytes=9
    ),
    messages.CallMessage(nonce="n", arguments=(1, "two", np.zeros(3))),
    messages.Sealed(layers=("seccomp",)),
    messages.LayerFailed(layer="seccomp", reason="no"),
    messages.LoadFailure(stage=messages.LoadStage.RAISED, raised=RAISED),
    messages.Loaded(failure=messages.LoadFailure(stage=messages.LoadStage.NOT_LOADED, raised=RAISED)),
    OBSERVED,
    messages.ReplyMessage(nonce="n", value=[1, None], raised=RAISED, observed=(OBSERVED,), also={"f": 1}, facts={}),
    messages.HandedOver(reason="program", program="f"),
    messages.Broken(reason="r"),
]
IDS = [type(each).__name__ for each in SAMPLES]
ANY_FIELDS = {("ReplyMessage", "value")}  # what a submission returned: anything that a frame can hold
WRONG = [None, True, 7, 7.5, "text", b"bytes", [object()], {"a": object()}, ["text"], [7], {7: 7}, np.zeros(2)]


PACKETS = (
    messages.ZygoteSetup,
    messages.Connect,
    messages.AddPrograms,
    messages.ForkOrder,
    messages.SignalOrder,
    messages.ZygoteInfo,
    messages.Forked,
    messages.ForkRefused,
    messages.ChildEnded,
)


def arrived(message: trees.Message) -> trees.Message:
    """Return `message` as the other side gets it."""
    if isinstance(message, PACKETS):
        return trees.from_packet(trees.to_packet(message), *PACKETS)
    ((_, tree),) = wire.FrameReader(1 << 20).feed(trees.to_frame(message))
    return trees.from_tree(type(message), tree)


def same(a: object, b: object) -> bool:
    return repr(a) == repr(b)


def test_there_is_a_sample_of_every_message() -> None:
    assert sorted(IDS) == [each.__name__ for each in CLASSES]
    assert len({each.kind for each in CLASSES}) == len(CLASSES)


@pytest.mark.parametrize("message", SAMPLES, ids=IDS)
def test_a_message_arrives_as_it_was_sent(message: trees.Message) -> None:
    assert same(arrived(message), message)


@pytest.mark.parametrize("packet", [b"", b"[]", b"null", b"{", b'{"kind": 7}', b'{"kind": "forked"}', b'{"id": 1}'])
def test_a_packet_that_is_no_message_is_refused(packet: bytes) -> None:
    with pytest.raises(BadFrame):
        trees.from_packet(packet, messages.Forked, messages.Connect)


def field_cases() -> list[tuple[trees.Message, str]]:
    return [(message, each.name) for message in SAMPLES for each in fields(message)]


@pytest.mark.parametrize(
    ("message", "name"), field_cases(), ids=lambda each: each if isinstance(each, str) else type(each).__name__
)
def test_a_field_that_is_missing_or_of_another_type_is_refused(message: trees.Message, name: str) -> None:
    tree = trees.to_tree(message)
    with pytest.raises(BadFrame):
        trees.from_tree(type(message), {key: value for key, value in tree.items() if key != name})
    with pytest.raises(BadFrame):
        trees.from_tree(type(message), {**tree, "another": 1})
    if (type(message).__name__, name) in ANY_FIELDS:
        return
    refused = 0
    for wrong in WRONG:
        try:
            trees.from_tree(type(message), {**tree, name: wrong})
        except BadFrame:
            refused += 1
    assert refused >= len(WRONG) - 4  # the right type, and None or a list where those may stand


@pytest.mark.parametrize("tree", [None, [], 7, "text", {}])
@pytest.mark.parametrize("cls", CLASSES, ids=lambda each: each.__name__)
def test_what_is_no_mapping_of_its_fields_is_refused(cls: type[trees.Message], tree: object) -> None:
    if tree == {} and not fields(cls):
        return
    with pytest.raises(BadFrame):
        trees.from_tree(cls, tree)


def test_texts_are_cut_and_lists_are_counted() -> None:
    tree = trees.to_tree(RAISED)
    long = trees.from_tree(messages.RaisedMessage, {**tree, "message": "x" * 100_000})
    assert len(long.message) == trees.MAX_TEXT
    with pytest.raises(BadFrame):
        trees.from_tree(messages.Sealed, {"layers": ["x"] * (trees.MAX_ITEMS + 1)})
    reply = trees.to_tree(SAMPLES[IDS.index("ReplyMessage")])
    seen = trees.to_tree(OBSERVED)
    assert trees.from_tree(messages.ReplyMessage, {**reply, "observed": [seen] * messages.MAX_OBSERVED})
    with pytest.raises(BadFrame):
        trees.from_tree(messages.ReplyMessage, {**reply, "observed": [seen] * (messages.MAX_OBSERVED + 1)})


@pytest.mark.parametrize(("line", "kept"), [(0, 0), (7, 7), (-1, 0), (1 << 31, 0), ((1 << 31) - 1, (1 << 31) - 1)])
def test_a_line_outside_of_any_source_is_none(line: int, kept: int) -> None:
    reply = messages.ReplyMessage(nonce="n", raised=messages.RaisedMessage(type_name="E", message="", line=line))
    evidence = parse_replies.evidence(reply, 1.0)
    assert evidence.raised is not None
    assert evidence.raised.line == kept


@pytest.mark.parametrize("nonce", ["", "m", None])
def test_a_reply_to_another_call_is_refused(nonce: object) -> None:
    frame = wire.encode("reply", {**trees.to_tree(messages.ReplyMessage(nonce="n")), "nonce": nonce})
    ((header, body),) = wire.FrameReader(1 << 20).frames(frame)
    with pytest.raises(BadFrame):
        parse_replies.read(Reply(header=header, body=body, nonce="n", time_ms=0.0), wire.budget.of_judge())


@pytest.mark.parametrize("kind", ["reply", "job", "call", "zygote", ""])
def test_a_short_message_of_another_kind_is_refused(kind: str) -> None:
    header = json.dumps({"kind": kind, "tree": {"{": []}, "arrays": []}).encode()
    with pytest.raises(BadFrame):
        parse_replies.control(header, b"")


def test_no_key_of_a_message_stands_outside_of_the_messages() -> None:
    keys = {each.name for cls in CLASSES for each in fields(cls)}
    found = []
    for folder in ("inside", "sandbox"):
        for path in (JUDGE / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                key = None
                if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
                    key = node.slice.value
                elif (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Attribute)
                    and node.func.attr in ("get", "pop")
                ):
                    of_dict = not ast.unparse(node.func.value).endswith("StringAttr")
                    key = (
                        node.args[0].value if of_dict and node.args and isinstance(node.args[0], ast.Constant) else None
                    )
                elif isinstance(node, ast.Dict):
                    shared = {each.value for each in node.keys if isinstance(each, ast.Constant)} & keys
                    key = next(iter(shared), None) if len(shared) > 1 else None
                if key in keys:
                    found.append(f"{path.relative_to(JUDGE)}:{node.lineno} {key}")
    assert found == []
