"""Input of a learner's own, refused before it is queued."""

import asyncio

from judge.own_input import OwnInput
from judge.problems.own_input import InputRefused, read_inputs
from judge.problems.problem import Problem
from judge.web.problem_details import Refusal


async def require_usable(problem: Problem, own: OwnInput | None) -> None:
    """Raise Refusal for arguments that the problem's function does not take. Raises PackageFault."""
    if own is None or own.inputs is None:
        return
    try:
        await asyncio.to_thread(read_inputs, problem, own.inputs)  # it may draw the samples: the author's code
    except InputRefused as refused:
        detail = f"argument {refused}"
        errors = [{"where": f"body.inputs.{refused.where}", "message": str(refused)}]
        raise Refusal(422, "input-not-usable", detail, errors=errors) from refused
