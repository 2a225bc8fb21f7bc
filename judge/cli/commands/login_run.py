"""The work of `judge login`, `judge logout` and `judge whoami`."""

import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer

from judge.account import Scope
from judge.cli.exit_codes import EXIT_JUDGE_ERROR, EXIT_NOT_ACCEPTED, EXIT_USAGE
from judge.client.faults import Refused, Unreachable
from judge.client.signing_in import SignIn
from judge.client.token import derived_token, store_token, stored_token
from judge.settings import ClientSettings

NAME_CHARACTERS = 64


def sign_in(url: str, name: str | None, scopes: str) -> None:
    """Sign this machine in at the judge at `url`, and keep the token."""
    asked_scopes = _scopes(scopes)
    with _faults_printed():
        asking = SignIn(url)
        asked = asking.begin((name or f"judge login on {socket.gethostname()}")[:NAME_CHARACTERS], asked_scopes)
        typer.echo(f"Open {asked.address} in a browser, and type the code {asked.user_code}")
        with _waiting(f"waiting for the code, for at most {asked.seconds / 60:.0f} minutes"):
            token = asking.wait(asked)
        asking.close()
        store_token(url, token)
        signed_in = SignIn(url, token)
        me = signed_in.me()
        joined = signed_in.adopt(derived_token(url))
        signed_in.close()
    typer.echo(f"signed in as {me['name']}, scopes: {', '.join(me['scopes']) or 'none'}")
    if joined:
        typer.echo(f"{joined} earlier submissions of this machine joined the account")


def sign_out(url: str) -> None:
    """Revoke this machine's token at the judge at `url`, and delete it here."""
    token = stored_token(url)
    if token is None:
        typer.echo(f"this machine is not signed in at {url}")
        return
    signed_in = SignIn(url, token)
    try:
        signed_in.revoke()
    except Refused as refused:
        if refused.status != 401:  # it was revoked or has expired
            _fail(f"{refused}", EXIT_USAGE)
    except Unreachable as unreachable:
        _fail(f"{unreachable}; the token is kept, so that it can be revoked later", EXIT_JUDGE_ERROR)
    finally:
        signed_in.close()
    store_token(url, None)
    typer.echo(f"signed out at {url}")


def print_me(settings: ClientSettings) -> None:
    """Print the account that this machine's token belongs to."""
    token = settings.token or stored_token(settings.url)
    with _faults_printed():
        try:
            me = SignIn(settings.url, token).me()
        except Refused as refused:
            if refused.kind in {"no-accounts", "no-such-route"}:
                typer.echo(f"{settings.url} has no accounts: a token of this machine shows which submissions are yours")
                return
            if refused.status == 401:
                why = "this machine is not signed in" if token is None else str(refused)
                _fail(f"{why}: run `judge login`", EXIT_NOT_ACCEPTED)
            raise
    typer.echo(f"{me['name']} ({me['role']}) at {settings.url}, scopes: {', '.join(me['scopes']) or 'none'}")


def _scopes(text: str) -> list[str]:
    found = [each.strip() for each in text.split(",") if each.strip()]
    wrong = [each for each in found if each not in set(Scope)]
    if wrong or not found:
        raise typer.BadParameter(f"--scopes takes some of {', '.join(Scope)}, separated by commas")
    return sorted(set(found))


@contextmanager
def _waiting(text: str) -> Iterator[None]:
    from rich.console import Console

    with Console(stderr=True, quiet=not sys.stderr.isatty()).status(text):
        yield


@contextmanager
def _faults_printed() -> Iterator[None]:
    try:
        yield
    except Refused as refused:
        _fail(str(refused), EXIT_USAGE)
    except Unreachable as unreachable:
        _fail(str(unreachable), EXIT_JUDGE_ERROR)


def _fail(text: str, code: int) -> NoReturn:
    typer.secho(f"judge: {text}", err=True, fg="red")
    raise typer.Exit(code)
