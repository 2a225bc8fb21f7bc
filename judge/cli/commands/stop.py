"""`judge stop`: stops a submission on a judge."""

from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("stop")(stop)


def stop(
    submission: Annotated[str, typer.Argument(metavar="ID", help="The submission, as `judge submit` prints it.")],
    url: Annotated[
        str | None, typer.Option(help="Address of the judge. Default: $JUDGE_URL, else http://127.0.0.1:8000.")
    ] = None,
    token: Annotated[
        str | None, typer.Option(help="Token that it was sent with. Default: as in `judge submit`.")
    ] = None,
) -> None:
    """Stop a submission of yours that waits or runs. It gets no verdict, and counts as no attempt.

    Exit code 0: stopped, now or before; 2: it has its verdict, or can't be stopped; 3: the judge can't be reached.
    """
    from judge.cli.exit_codes import EXIT_JUDGE_ERROR, EXIT_USAGE
    from judge.client import Judge, Refused, Unreachable
    from judge.settings import load_client_settings

    settings = load_client_settings({"url": url, "token": token})
    try:
        with Judge(settings.url, token=settings.token) as judge:
            stopped = judge.stop(submission)
    except (Refused, Unreachable) as error:
        typer.secho(f"judge: {error}", err=True, fg="red")
        raise typer.Exit(EXIT_USAGE if isinstance(error, Refused) else EXIT_JUDGE_ERROR) from error
    typer.echo(f"{stopped.id}: stopped")
