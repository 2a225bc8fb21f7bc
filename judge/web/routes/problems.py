"""The routes of problems: the list, one problem, and its statistics."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response

from judge.case import SAMPLE
from judge.classes.rules import hints_shown
from judge.jsonable import to_json
from judge.problems.problem import Problem
from judge.verdict import Json
from judge.web.class_rules import assigned_to, rules_of
from judge.web.params import TheViewer
from judge.web.problem_details import documented
from judge.web.problem_schemas import FiguresOut, FullProblemOut, ProblemOut
from judge.web.state import TheService

TIMES = 5_000  # newest accepted submissions in a problem's distribution of times

router = APIRouter(prefix="/api/problems", tags=["problems"])

Slug = Annotated[str, Path(max_length=100, description="of the problem")]


@router.get("", response_model=list[ProblemOut])
async def list_problems(service: TheService) -> Any:
    """List the installed problems, track by track."""
    return [problem.summary() for problem in service.catalog.problems()]


@router.get(
    "/{slug}",
    response_model=FullProblemOut,
    responses={**documented(404), 304: {"description": "As the ETag in If-None-Match says"}},
)
async def get_problem(slug: Slug, request: Request, response: Response, service: TheService, viewer: TheViewer) -> Any:
    """Read a problem: statement, starter, limits, and sample cases with values once a worker has run the reference."""
    problem = service.catalog.get(slug)
    answers = await service.store.sample_values.get(problem.digest)
    shown = hints_shown(rules_of(await assigned_to(service, viewer, slug)), datetime.now(UTC))
    etag = f'"{problem.digest}{"" if answers is None else "-answered"}{"" if shown else "-without-hints"}"'
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers={"ETag": etag})
    response.headers["ETag"] = etag
    if service.settings.has_accounts:
        response.headers.update({"Cache-Control": "private, no-cache", "Vary": "Authorization, Cookie"})
    return await asyncio.to_thread(_full, problem, answers or {}, problem.hints if shown else ())


@router.get("/{slug}/figures", response_model=FiguresOut, responses=documented(404))
async def get_figures(slug: Slug, service: TheService) -> Any:
    """Count a problem's submissions by verdict, and list the times of the newest accepted ones."""
    problem = service.catalog.get(slug)
    verdicts = await service.store.stats.verdict_counts(problem.slug)
    times = await service.store.stats.accepted_times(problem.slug, TIMES)
    return {"verdicts": verdicts, "accepted_times_ms": times}


def _full(problem: Problem, answers: Mapping[str, Json], hints: Sequence[str]) -> dict[str, Any]:
    limits = problem.limits
    return {
        **problem.summary(),
        "entry": problem.entry,
        "parameters": problem.parameters,
        "statement": problem.statement,
        "starter": problem.starter,
        "limits": {name: getattr(limits, name) for name in limits.__dataclass_fields__},
        "sample_cases": [{**case, "expected": answers.get(case["name"])} for case in _drawn(_Keyed(problem))],
        "hint_texts": hints,
        "solution": problem.manifest.solution.show,
    }


class _Keyed:
    """A problem as a key of a cache: equal if its package is."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Keyed) and other.problem.digest == self.problem.digest

    def __hash__(self) -> int:
        return hash(self.problem.digest)


@lru_cache(maxsize=256)
def _drawn(keyed: _Keyed) -> list[dict[str, Any]]:
    """Return the sample cases as JSON. Cached, because the author's code may take long."""
    cases = keyed.problem.cases()
    return [
        {"name": case.name, "inputs": {name: to_json(value) for name, value in case.inputs.items()}}
        for case in cases
        if case.group == SAMPLE
    ]
