"""`judge worker`: judges for a PostgreSQL judge, on any machine."""

from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("worker")(worker)


def worker(
    concurrency: Annotated[int | None, typer.Option(help="Judging slots in this process.", min=1, max=256)] = None,
) -> None:
    """Judge the submissions in JUDGE_DATABASE_URL until a signal; then finish or release those that are running."""
    import asyncio

    from judge.sandbox.doctor import refuse_unfit_host
    from judge.settings import load_settings
    from judge.worker.file_descriptors import raise_limit
    from judge.worker.logs import set_up_logs
    from judge.worker.standalone import run_worker

    settings = load_settings({"workers": concurrency})
    set_up_logs(settings)
    raise_limit()
    refuse_unfit_host()
    asyncio.run(run_worker(settings))
