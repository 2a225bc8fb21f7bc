"""`judge migrate`: upgrades the database to this version's schema."""

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("migrate")(migrate)


def migrate(data: Annotated[Path | None, typer.Option(help="Directory of the SQLite file.")] = None) -> None:
    """Upgrade the database to this version's schema; `judge serve` and `judge worker` do it too when they start."""
    from sqlalchemy.exc import SQLAlchemyError

    from judge.errors import StoreFault
    from judge.settings import load_settings
    from judge.store.migrate import migrate as run

    settings = load_settings({"data": data})
    try:
        before, now = run(settings.url)
    except SQLAlchemyError as error:
        raise StoreFault(f"the database can't be migrated: {error}") from error
    typer.echo(f"the schema is already {now}" if before == now else f"the schema is {now}; it was {before or 'empty'}")
