"""The messages between a fork of a hot zygote, which can't compile, and its compile service, which can.

    fork ──CompileProgram, RunProgram──> judge, unread ──> compile service
         <──ProgramCompiled, ProgramResults──            <──

Both ends run on the same submission's account and trust each other with nothing else: the judge passes the frames on.
"""

from dataclasses import dataclass

import numpy as np

from .messages import Message


@dataclass(frozen=True, kw_only=True)
class ServiceReady(Message):
    """The compile service has its layers on and a backend, and waits."""

    kind = "ready"


@dataclass(frozen=True, kw_only=True)
class CompileProgram(Message):
    """Compile a program: MLIR bytecode, and XLA's options for it, serialized.

    `key` is its name in the packs, empty for none; `id` is repeated in the answer, and names the program from then on.
    """

    kind = "compile"
    id: int
    key: str
    program: bytes
    options: bytes


@dataclass(frozen=True, kw_only=True)
class ProgramCompiled(Message):
    """The answer to a CompileProgram: XLA's error in `failure`, empty where there was none."""

    kind = "compiled"
    id: int
    failure: str


@dataclass(frozen=True, kw_only=True)
class RunProgram(Message):
    """Run the program that was compiled under the id `program`; `id` is repeated in the answer."""

    kind = "run"
    id: int
    program: int
    arguments: tuple[np.ndarray, ...]


@dataclass(frozen=True, kw_only=True)
class ProgramResults(Message):
    """The answer to a RunProgram: its results, or XLA's error in `failure`."""

    kind = "results"
    id: int
    results: tuple[np.ndarray, ...]
    failure: str


QUESTIONS = frozenset({CompileProgram.kind, RunProgram.kind})
ANSWERS = frozenset({ProgramCompiled.kind, ProgramResults.kind})
