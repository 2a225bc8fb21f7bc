"""The state that routes work with: one object in `app.state`, made when the application starts."""

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request

from judge.problems.catalog import Catalog
from judge.settings import Settings
from judge.store.store import Store
from judge.web import limits
from judge.web.completion.table import CompletionTable
from judge.web.offload.pool import HelperPool
from judge.web.progress import Progress
from judge.web.rate_limit import Rates
from judge.web.waiting import Waits
from judge.worker.lti.tool import LtiTool
from judge.worker.worker import Worker


@dataclass(kw_only=True)
class Service:
    """The running judge. `worker` is the embedded one, None where other processes judge.

    `readers` read large bodies, `drawers` draw pages: helper processes.
    """

    settings: Settings
    store: Store
    catalog: Catalog
    progress: Progress
    waits: Waits
    rates: Rates
    completion: CompletionTable
    readers: HelperPool = field(default_factory=lambda: HelperPool(limits.READERS, limits.READ_SECONDS))
    drawers: HelperPool = field(default_factory=lambda: HelperPool(limits.DRAWERS, limits.DRAW_SECONDS))
    worker: Worker | None = None
    lti: LtiTool | None = None  # where there are accounts
    faults: list[str] = field(default_factory=list)  # background tasks that stopped and should not have


def service_of(request: Request) -> Service:
    """Return the service that handles a request."""
    service: Service = request.app.state.service
    return service


TheService = Annotated[Service, Depends(service_of)]
