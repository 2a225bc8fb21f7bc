"""The messages between the judge and a checker process.

judge ──> Load, Begin, Take, Verify    wire frames: trees and arrays
      <── Checked, Faulty              JSON of at most MAX_ANSWER_BYTES
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from judge.case import Case
from judge.evidence import Evidence, Raised
from judge.inside import wire
from judge.sandbox.box import Ending, Reply
from judge.verdict import CaseResult

MAX_ANSWER_BYTES = 256 * 1024
EXIT_SHORTAGE = 75  # of a checker process that the host gives no memory


@dataclass(frozen=True, kw_only=True)
class Load:
    """Load a problem's cases and the reference's evidence under `key`; the oldest of KEPT is dropped."""

    key: str
    folder: Path
    digest: str
    cases: Sequence[Case]
    expected: Sequence[Evidence]

    def encode(self) -> bytes:
        """Return the message as one wire frame."""
        cases = [{**vars(case), "inputs": dict(case.inputs)} for case in self.cases]
        expected = [evidence.to_tree() for evidence in self.expected]
        head = {"key": self.key, "folder": str(self.folder), "digest": self.digest}
        return wire.encode("load", {**head, "cases": cases, "expected": expected})


@dataclass(frozen=True, kw_only=True)
class Begin:
    """Begin a job: the next replies answer to the cases under `key`, of a source of `lines` lines."""

    key: str
    lines: int

    def encode(self) -> bytes:
        """Return the message as one wire frame."""
        return wire.encode("begin", {"key": self.key, "lines": self.lines})


@dataclass(frozen=True, kw_only=True)
class Take:
    """Read and check the reply to case `index`."""

    index: int
    reply: Reply

    def encode(self) -> bytes:
        """Return the message as one wire frame."""
        reply = self.reply
        header, body = (np.frombuffer(part, np.uint8) for part in (reply.header, reply.body))
        head = {"index": self.index, "nonce": reply.nonce, "time_ms": reply.time_ms}
        return wire.encode("take", {**head, "header": header, "body": body})

    @classmethod
    def decode(cls, tree: Mapping[str, Any]) -> "Take":
        """Return the message that `encode` wrote."""
        header, body = tree["header"].tobytes(), tree["body"].tobytes()
        reply = Reply(header=header, body=body, nonce=tree["nonce"], time_ms=tree["time_ms"])
        return cls(index=tree["index"], reply=reply)


@dataclass(frozen=True, kw_only=True)
class Verify:
    """Check the reference's own evidence for case `index`, to see if the checks are sound and quick enough."""

    index: int

    def encode(self) -> bytes:
        """Return the message as one wire frame."""
        return wire.encode("verify", {"index": self.index})


@dataclass(frozen=True, kw_only=True)
class Checked:
    """The answer to one reply: the case's result or, if the reply was rejected, the ending of the job and its detail.

    `raised` is the exception that left the submission's code, if there was one. `differs` names the aspects in which a
    failed case that is shown differs from the expected one; see `judge.reproduction.compare`.
    """

    result: CaseResult | None = None
    differs: tuple[str, ...] = ()
    raised: Raised | None = None
    rejected: tuple[Ending, str] | None = None


@dataclass(frozen=True, kw_only=True)
class Faulty:
    """The package's checks are wrong, or the checker is: the judge's fault. `faults` are those of a PackageFault."""

    message: str
    faults: tuple[str, ...] = ()


Answer: TypeAlias = Checked | Faulty


def encode_answer(answer: Answer) -> bytes:
    """Return an answer as JSON."""
    if isinstance(answer, Faulty):
        return json.dumps({"faulty": asdict(answer)}).encode()
    return json.dumps(
        {
            "result": answer.result.to_json() if answer.result else None,
            "raised": asdict(answer.raised) if answer.raised else None,
            "rejected": answer.rejected,
            "differs": answer.differs,
        }
    ).encode()


def decode_answer(data: bytes) -> Answer:
    """Return the answer that `encode_answer` wrote. Raises ValueError, KeyError or TypeError for anything else."""
    tree = json.loads(data)
    if "faulty" in tree:
        return Faulty(message=tree["faulty"]["message"], faults=tuple(tree["faulty"]["faults"]))
    ending, detail = tree["rejected"] or (None, "")
    return Checked(
        result=CaseResult.from_json(tree["result"]) if tree["result"] else None,
        raised=Raised(**tree["raised"]) if tree["raised"] else None,
        rejected=(Ending(ending), detail) if ending else None,
        differs=tuple(tree["differs"]),
    )
