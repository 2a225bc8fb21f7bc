"""`judge lti`: registers learning platforms (LMS), in the database itself: beside a server that runs, or before it."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from judge.lti_platform import NAME_CHARACTERS, Platform, is_safe_url

Data = Annotated[Path | None, typer.Option(help="Directory of the SQLite file.")]
MOST_DEPLOYMENTS = 100  # of one registration

commands = typer.Typer(no_args_is_help=True, help="Register learning platforms, which launch the judge by LTI 1.3.")


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.add_typer(commands, name="lti")


@commands.command("add")
def add(
    issuer: Annotated[str, typer.Option(help="The platform's issuer, as it writes it.")],
    client_id: Annotated[str, typer.Option(help="The id that the platform gave this judge.")],
    deployment: Annotated[list[str], typer.Option(help="An id of a deployment; may be repeated.")],
    auth_url: Annotated[str, typer.Option(help="Where the platform signs people in (OIDC).")],
    token_url: Annotated[str, typer.Option(help="Where the platform gives tokens for scores (OAuth 2).")],
    jwks_url: Annotated[str, typer.Option(help="Where the platform publishes its keys.")],
    data: Data = None,
) -> None:
    """Register a platform; print its id. The platform gets this judge's /lti/config.json."""
    for option, url in (("--auth-url", auth_url), ("--token-url", token_url), ("--jwks-url", jwks_url)):
        if not is_safe_url(url):
            raise typer.BadParameter(f"{option} takes an https URL without a password (http on this machine only)")
    for option, name in (
        ("--issuer", issuer),
        ("--client-id", client_id),
        *(("--deployment", each) for each in deployment),
    ):
        if not 1 <= len(name) <= NAME_CHARACTERS or not name.isprintable():
            raise typer.BadParameter(f"{option} takes 1 to {NAME_CHARACTERS} characters")
    if len(deployment) > MOST_DEPLOYMENTS:
        raise typer.BadParameter(f"at most {MOST_DEPLOYMENTS} deployments")
    urls = {"auth_url": auth_url, "token_url": token_url, "jwks_url": jwks_url}
    platform = asyncio.run(_add(_url(data), issuer, client_id, deployment, urls))
    typer.echo(platform.id)


@commands.command("list")
def list_platforms(data: Data = None) -> None:
    """List the registered platforms, and the scores that they have not accepted yet."""
    asyncio.run(_list(_url(data)))


@commands.command("remove")
def remove(
    platform_id: Annotated[str, typer.Argument(help="As `judge lti list` prints it.")], data: Data = None
) -> None:
    """Remove a platform, its courses and the scores to send; the people who came by it keep their accounts."""
    asyncio.run(_remove(_url(data), platform_id))
    typer.echo("removed")


def _url(data: Path | None) -> str:
    """Return the database's URL, after the migrations that it lacks."""
    from sqlalchemy.exc import SQLAlchemyError

    from judge.errors import StoreFault
    from judge.settings import load_settings
    from judge.store.migrate import migrate

    settings = load_settings({"data": data})
    try:
        migrate(settings.url)
    except SQLAlchemyError as error:
        raise StoreFault(f"the database can't be used: {error}") from error
    return settings.url


async def _add(url: str, issuer: str, client_id: str, deployments: list[str], urls: dict[str, str]) -> Platform:
    from judge.store.accounts.accounts import open_accounts
    from judge.store.lti.lti import open_lti

    async with open_lti(url) as lti, open_accounts(url) as accounts:
        platform = await lti.platforms.add(issuer=issuer, client_id=client_id, deployments=deployments, **urls)
        await accounts.audit.add("operator", "lti.add", f"lti:{platform.id}", {"issuer": issuer, "client": client_id})
    return platform


async def _list(url: str) -> None:
    from judge.store.lti.lti import open_lti

    async with open_lti(url) as lti:
        platforms, waiting = await lti.platforms.all(), await lti.scores.waiting()
    if not platforms:
        typer.echo("no learning platform is registered: `judge lti add` does it")
    for each in platforms:
        typer.echo(
            f"{each.id}  {each.issuer}  client {each.client_id}  deployments {', '.join(sorted(each.deployments))}"
        )
        if found := waiting.get(each.id):
            scores = "1 score is" if found.number == 1 else f"{found.number} scores are"
            typer.echo(f"    {scores} not accepted yet: {found.last_error}")


async def _remove(url: str, platform_id: str) -> None:
    from judge.store.accounts.accounts import open_accounts
    from judge.store.lti.lti import open_lti

    async with open_lti(url) as lti, open_accounts(url) as accounts:
        platform = await lti.platforms.get(platform_id)
        await lti.platforms.remove(platform_id)
        await accounts.audit.add("operator", "lti.remove", f"lti:{platform_id}", {"issuer": platform.issuer})
