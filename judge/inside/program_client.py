"""A fork's way to its compile service: one question, one answer, through the judge, which passes both on unread."""

import threading
from collections.abc import Callable, Sequence
from typing import NoReturn, TypeVar

import numpy as np

from .compile_service import Questions
from .messages import Message
from .program_messages import CompileProgram, ProgramCompiled, ProgramResults, RunProgram
from .wire import DTYPES, BadFrame

MAX_PROGRAM_BYTES = 2 * 1024 * 1024
A = TypeVar("A", ProgramCompiled, ProgramResults)


class ProgramClient:
    """Compiles programs and runs them. Whatever fails leaves the fast lane: the full lane knows how it ends there."""

    def __init__(self, answers: Questions, send: Callable[[Message], None], leave: Callable[[str], NoReturn]) -> None:
        self._answers, self._send, self._leave = answers, send, leave
        self._next = 0
        self._names: dict[int, str] = {}
        self._busy = False

    def compile(self, name: str, key: str, program: bytes, options: bytes) -> int:
        """Have a program compiled; return its number."""
        number = self._count()
        self._names[number] = name
        if len(program) > MAX_PROGRAM_BYTES:
            self._leave(name)
        question = CompileProgram(id=number, key=key, program=program, options=options)
        if self._ask(name, question, number, ProgramCompiled).failure:
            self._leave(name)
        return number

    def run(self, program: int, arguments: Sequence[np.ndarray]) -> tuple[np.ndarray, ...]:
        """Return the results of a compiled program."""
        name, number = self._names[program], self._count()
        if any(each.dtype.name not in DTYPES for each in arguments):
            self._leave(name)
        question = RunProgram(id=number, program=program, arguments=tuple(arguments))
        answer = self._ask(name, question, number, ProgramResults)
        if answer.failure:
            self._leave(name)
        return answer.results

    def _count(self) -> int:
        self._next += 1
        return self._next

    def _ask(self, name: str, question: Message, number: int, kind: type[A]) -> A:
        # Answers come the way that calls come, to the one thread that waits for those; and a signal handler may find
        # another question open.
        if self._busy or threading.current_thread() is not threading.main_thread():
            self._leave(name)
        self._busy = True
        try:
            self._send(question)
            answer = self._answers.next(kind)
        except BadFrame:
            self._leave(name)
        if answer.id != number:
            self._leave(name)
        self._busy = False
        return answer
