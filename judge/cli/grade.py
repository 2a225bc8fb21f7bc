"""`judge grade`: grades files here, without a server or a database."""

import typer


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("grade")(grade)


def grade() -> None:
    """Grade files here: no server, no database."""
    raise NotImplementedError
