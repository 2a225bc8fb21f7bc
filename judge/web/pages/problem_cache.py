"""The parts of a problem's page that are the same for everybody: drawn once per package, on another thread."""

import asyncio
import re
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from judge.case import SAMPLE
from judge.problems.own_input import editable
from judge.problems.problem import Problem
from judge.web.pages.comparison import array_text
from judge.web.pages.headings import Section
from judge.web.pages.highlighting import highlight_python
from judge.web.pages.signature import Signature, signature_of
from judge.web.pages.statement import render_markdown, render_statement
from judge.web.pages.templating import python, shapes

MOST_PACKAGES = 256
_BLOCK = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class PreparedSample:
    """A sample case: its shapes in words, each input as coloured Python, and each as JSON to be edited.

    What has too many numbers to be edited is an empty text.
    """

    name: str
    shapes: str
    inputs: tuple[tuple[str, Markup], ...]
    editable: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class PreparedAlternative:
    """Another right solution: its key in addresses, what to know of it, and its program as coloured lines."""

    key: str
    title: str
    why: str
    lines: tuple[Markup, ...]
    source: str


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A problem's texts as HTML; `solution` is empty if the problem has none.

    `summary` is the statement's beginning; `program` is the solution's program as text, empty where there is none.
    """

    statement: Markup
    sections: tuple[Section, ...]
    summary: str
    signature: Signature
    solution: Markup
    program: str
    alternatives: tuple[PreparedAlternative, ...]
    samples: tuple[PreparedSample, ...]


class Preparations:
    """A cache of prepared problems, by the digest of their packages."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, Prepared] = OrderedDict()

    async def of(self, problem: Problem) -> Prepared:
        """Return the texts of a problem. Raises PackageFault."""
        prepared = self._known.get(problem.digest)
        if prepared is None:
            prepared = self._known[problem.digest] = await asyncio.to_thread(_prepare, problem)
            while len(self._known) > MOST_PACKAGES:
                self._known.popitem(last=False)
        return prepared


def program_in(solution: str, entry: str) -> str:
    """Return the first Python block of a solution's Markdown that defines the function `entry`; "" without one."""
    blocks = (match[1] for match in _BLOCK.finditer(solution))
    return next((block for block in blocks if re.search(rf"^def {re.escape(entry)}\(", block, re.MULTILINE)), "")


def _prepare(problem: Problem) -> Prepared:
    statement = render_statement(problem.statement)
    return Prepared(
        statement=statement.html,
        sections=statement.sections,
        summary=statement.summary,
        signature=signature_of(problem),
        solution=render_markdown(problem.solution) if problem.solution else Markup(""),
        program=program_in(problem.solution or "", problem.entry),
        alternatives=tuple(
            PreparedAlternative(
                key=f"alternative-{number}",
                title=each.title,
                why=each.why,
                lines=highlight_python(each.source),
                source=each.source,
            )
            for number, each in enumerate(problem.alternatives, 1)
        ),
        samples=tuple(
            PreparedSample(
                name=case.name,
                shapes=shapes(case.inputs),
                inputs=tuple((name, python(array_text(value))) for name, value in case.inputs.items()),
                editable={name: editable(value) for name, value in case.inputs.items()},
            )
            for case in problem.cases()
            if case.group == SAMPLE
        ),
    )
