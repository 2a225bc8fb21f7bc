"""`judge serve`: runs the API, the pages and judging slots in one process."""

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("serve")(serve)


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.", min=0, max=65535)] = None,
    data: Annotated[Path | None, typer.Option(help="Directory of the SQLite file and the caches.")] = None,
    workers: Annotated[
        int | None, typer.Option(help="Judging slots in this process; 0: none, `judge worker` judges.", min=0, max=256)
    ] = None,
    open_browser: Annotated[
        bool, typer.Option("--open", help="Open the pages in a browser once they are ready.")
    ] = False,
) -> None:
    """Serve the API and the pages, and judge. Every option is also a JUDGE_* variable; see `judge settings`."""
    import gc
    from functools import partial

    gc.disable()  # imports make no garbage, and the collector would walk through them; enabled again once they are done

    from judge.cli.render.serving import ServingDisplay
    from judge.prestart import discard
    from judge.settings import load_settings
    from judge.web.access_mode import refuse_exposed
    from judge.worker.file_descriptors import raise_limit
    from judge.worker.grader import installed_grader, start_pool
    from judge.worker.logs import set_up_logs

    settings = load_settings({"host": host, "port": port, "data": data, "workers": workers})
    refuse_exposed(settings)
    set_up_logs(settings, quiet=True)
    raise_limit()
    make_grader = installed_grader
    started = start_pool(settings) if settings.workers else None
    if started is None:
        discard()
    else:
        make_grader = partial(installed_grader, pool=started.pool)
    display = ServingDisplay(started.pool if started else None, open_browser=open_browser)
    display.start()
    try:
        from judge.web.server import serve as run  # takes as long as the boxes, beside them

        if started is not None:
            started.fit.result()
        run(settings, make_grader=make_grader, on_server=display.follow)
    finally:
        display.close()
