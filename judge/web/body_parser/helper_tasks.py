"""The parsing of large bodies as tasks of a helper process (judge.web.offload), and the reading of their answers.

batch:    for each program two pieces, its fields as JSON and its source; a refused one has `refused` and no source
form:     for each field two pieces, its name and its value
refusal:  one piece, alone: a BadBody as JSON. An odd number of pieces is a refusal
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from judge import errors
from judge.errors import SubmissionRefused
from judge.web.body_parser.batch import parse_batch
from judge.web.body_parser.form import parse_form
from judge.web.body_parser.parsed import BadBody, FieldFault, Item, Parsed


@dataclass(frozen=True, kw_only=True)
class Order:
    """The facts that a task needs beside the body."""

    content_type: str
    only_problem: str | None


def read_batch(order: Order, body: bytes) -> Iterator[bytes]:
    """Task: yield the programs of a batch."""
    pieces: list[bytes] = []  # none is sent before all are known to be good
    try:
        for item in parse_batch(body, order.only_problem):
            pieces += _pieces_of(item)
    except BadBody as bad:
        yield _refusal(bad)
        return
    yield from pieces


def read_form(order: Order, body: bytes) -> Iterator[bytes]:
    """Task: yield the names and values of a form."""
    try:
        for name, value in parse_form(order.content_type, body).items():
            yield name.encode()
            yield value
    except BadBody as bad:
        yield _refusal(bad)


def batch_from(pieces: Sequence[bytes]) -> Iterator[Item]:
    """Yield the programs that `read_batch` sent. Raises BadBody."""
    _raise_refusal(pieces)
    for at in range(0, len(pieces), 2):
        fields = json.loads(pieces[at])
        if "refused" in fields:
            class_ = getattr(errors, fields["refused"])
            yield class_(fields["why"])
        else:
            webhook = fields.pop("webhook")
            source = pieces[at + 1].decode()
            yield Parsed(**{**fields, "source": source}, webhook=tuple(webhook) if webhook else None)


def form_from(pieces: Sequence[bytes]) -> dict[str, bytes]:
    """Return the fields that `read_form` sent. Raises BadBody."""
    _raise_refusal(pieces)
    return {name.decode(): value for name, value in zip(pieces[::2], pieces[1::2], strict=True)}


def _pieces_of(item: Item) -> tuple[bytes, bytes]:
    if isinstance(item, SubmissionRefused):
        return json.dumps({"refused": type(item).__name__, "why": str(item)}).encode(), b""
    return json.dumps({**asdict(item), "source": ""}).encode(), item.source.encode()


def _refusal(bad: BadBody) -> bytes:
    return json.dumps([bad.status, bad.kind, bad.detail, [asdict(fault) for fault in bad.faults]]).encode()


def _raise_refusal(pieces: Sequence[bytes]) -> None:
    if len(pieces) % 2:
        status, kind, detail, faults = json.loads(pieces[-1])
        raise BadBody(status, kind, detail, tuple(FieldFault(**fault) for fault in faults))
