"""Routes of accounts where there are none: each answers that, and none of their code is imported."""

from fastapi import FastAPI, Request
from starlette.responses import Response

from judge.web.access_table import NEEDS, ONLY_WITH_ACCOUNTS
from judge.web.pages.page_route import refused
from judge.web.problem_details import Refusal, response_to

REFUSAL = Refusal(404, "no-accounts", "this judge has no accounts: JUDGE_ACCESS is not `accounts`")


def add_absent_routes(app: FastAPI) -> None:
    """Let every route that needs accounts answer 404: a page to people, problem details to programs."""
    for route, need in NEEDS.items():
        if need in ONLY_WITH_ACCOUNTS:
            method, _, path = route.partition(" ")
            app.router.add_route(path, _absent, methods=[method], include_in_schema=False)


async def _absent(request: Request) -> Response:
    if request.url.path.startswith("/api/"):
        return response_to(REFUSAL)
    return await refused(request, REFUSAL)
