"""The parts of a problem's page that are the same for everybody: drawn once per package, on another thread."""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from judge.case import SAMPLE
from judge.problems.own_input import editable
from judge.problems.problem import Problem
from judge.web.pages.comparison import array_text
from judge.web.pages.headings import Section
from judge.web.pages.signature import Signature, signature_of
from judge.web.pages.statement import render_markdown, render_statement
from judge.web.pages.templating import python, shapes

MOST_PACKAGES = 256


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
class Prepared:
    """A problem's texts as HTML; `solution` is empty if it has none, `summary` is the statement's beginning."""

    statement: Markup
    sections: tuple[Section, ...]
    summary: str
    signature: Signature
    solution: Markup
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


def _prepare(problem: Problem) -> Prepared:
    statement = render_statement(problem.statement)
    return Prepared(
        statement=statement.html,
        sections=statement.sections,
        summary=statement.summary,
        signature=signature_of(problem),
        solution=render_markdown(problem.solution) if problem.solution else Markup(""),
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
