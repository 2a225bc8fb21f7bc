"""`judge login`, `judge logout`, `judge whoami`: this machine's sign-in at a judge with accounts."""

from typing import Annotated

import typer

Url = Annotated[str | None, typer.Option(help="Address of the judge. Default: $JUDGE_URL, else http://127.0.0.1:8000.")]


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.command("login")(login)
    app.command("logout")(logout)
    app.command("whoami")(whoami)


def login(
    url: Url = None,
    name: Annotated[
        str | None, typer.Option(help="Name of the token in your list. Default: this machine's name.")
    ] = None,
    scopes: Annotated[
        str, typer.Option(help="Rights that it asks for, separated by commas: read, submit, author, operate.")
    ] = "read,submit",
) -> None:
    """Sign this machine in: open the address that is printed in any browser, and type the code there.

    The token is kept in your configuration folder, readable for you alone, and `judge submit` uses it. What this
    machine sent to the judge before joins your account.
    """
    from judge.cli.commands.login_run import sign_in
    from judge.settings import load_client_settings

    sign_in(load_client_settings({"url": url}).url, name, scopes)


def logout(url: Url = None) -> None:
    """Sign this machine out: revoke its token on the judge, and delete it here."""
    from judge.cli.commands.login_run import sign_out
    from judge.settings import load_client_settings

    sign_out(load_client_settings({"url": url}).url)


def whoami(url: Url = None) -> None:
    """Print the account that this machine is signed in with. Exit code 1 if it is not signed in."""
    from judge.cli.commands.login_run import print_me
    from judge.settings import load_client_settings

    print_me(load_client_settings({"url": url}))
