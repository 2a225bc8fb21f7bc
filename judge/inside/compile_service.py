"""The compile service: a forked process that compiles and runs programs for a fork of a hot zygote, which can't.

It has the layers of any child and holds nothing of a submission until its first question. Then it is that job's alone.
"""

from collections.abc import Callable
from typing import NoReturn, Protocol

from .messages import Message
from .patches.served_programs import ServedPrograms
from .program_messages import CompileProgram, ProgramCompiled, ProgramResults, RunProgram, ServiceReady
from .protocol import M

MAX_FAILURE = 500  # characters
QUESTIONS: tuple[type[Message], ...] = (CompileProgram, RunProgram)


class Questions(Protocol):
    """The channel that questions come from; its end is the process's end."""

    def next(self, *choices: type[M]) -> M:
        """Return the next message, one of `choices`. Raises BadFrame for another one."""
        ...


def serve(questions: Questions, send: Callable[[Message], None]) -> NoReturn:
    """Answer one question after another. Never returns."""
    programs = ServedPrograms()
    send(ServiceReady())
    while True:
        question: Message = questions.next(*QUESTIONS)
        if isinstance(question, CompileProgram):
            send(_compile(programs, question))
        elif isinstance(question, RunProgram):
            send(_run(programs, question))


def _compile(programs: ServedPrograms, question: CompileProgram) -> ProgramCompiled:
    try:
        programs.compile(question.id, question.key, question.program, question.options)
    except Exception as error:
        return ProgramCompiled(id=question.id, failure=_described(error))
    return ProgramCompiled(id=question.id, failure="")


def _run(programs: ServedPrograms, question: RunProgram) -> ProgramResults:
    try:
        results = programs.run(question.program, question.arguments)
    except Exception as error:
        return ProgramResults(id=question.id, results=(), failure=_described(error))
    return ProgramResults(id=question.id, results=results, failure="")


def _described(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:MAX_FAILURE]
