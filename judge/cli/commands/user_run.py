"""The work of `judge user`. Each change goes into the audit log, as done by `cli`."""

import asyncio
import json
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import typer

from judge.account import Role, User, is_name
from judge.accounts import passwords
from judge.accounts.tokens import hash_of, new_secret
from judge.settings import SQLITE_FILE, load_client_settings, load_settings
from judge.store.accounts.accounts import Accounts
from judge.store.accounts.beside import accounts_beside
from judge.store.accounts.faults import UnknownUser
from judge.store.accounts.resets import LASTS

Result = TypeVar("Result")
Work: TypeAlias = Callable[[Accounts], Coroutine[Any, Any, Result]]

ACTOR = "cli"
PAGE = 200  # accounts read at a time
MOST_LINE_CHARACTERS = 2_000  # of standard input


def add_user(
    name: str, *, admin: bool, password_stdin: bool, with_link: bool, url: str | None, data: Path | None
) -> None:
    """Make an account, and print a link for it if asked to."""
    if not is_name(name):
        raise typer.BadParameter("a name has 1 to 64 letters, digits and _.-, a letter or digit first")
    hashed = None if with_link else passwords.hash_password(_password(name, from_stdin=password_stdin))
    role = Role.OPERATOR if admin else Role.LEARNER

    async def work(accounts: Accounts) -> str:
        user = await accounts.users.add(name, role=role, password_hash=hashed)
        await accounts.audit.add(ACTOR, "user.add", user.submitter, {"role": str(role)})
        return await _link(accounts, user, url) if with_link else ""

    link = _run(work, data)
    typer.echo(f"made the {role} {name}")
    if link:
        typer.echo(link)


def list_users(*, as_json: bool, data: Path | None) -> None:
    """Print every account."""

    async def work(accounts: Accounts) -> list[User]:
        found: list[User] = []
        while page := await accounts.users.all(found[-1].name if found else "", PAGE):
            found += page
        return found

    users = _run(work, data)
    if as_json:
        names = ("id", "name", "display", "role", "disabled", "created")
        rows = [{name: getattr(user, name) for name in names} for user in users]
        typer.echo(json.dumps(rows, indent=1, default=str))
        return
    if not users:
        typer.echo("there are no accounts yet: `judge user add NAME --admin` makes the first", err=True)
    for user in users:
        typer.echo(f"{user.name:<32} {user.role:<9} {'disabled' if user.disabled else ''}".rstrip())


def set_disabled(name: str, *, disabled: bool, data: Path | None) -> None:
    """Disable or enable an account."""

    async def work(accounts: Accounts) -> None:
        user = await _user(accounts, name)
        await accounts.users.disable(user.id, disabled=disabled)
        await accounts.audit.add(ACTOR, "user.disable" if disabled else "user.enable", user.submitter)

    _run(work, data)
    typer.echo(f"{name} is {'disabled' if disabled else 'enabled'}")


def set_role(name: str, role: str, *, data: Path | None) -> None:
    """Change the role of an account."""
    if role not in set(Role):
        raise typer.BadParameter(f"the role is one of {', '.join(Role)}")

    async def work(accounts: Accounts) -> None:
        user = await _user(accounts, name)
        await accounts.users.set_role(user.id, Role(role))
        await accounts.audit.add(ACTOR, "user.role", user.submitter, {"before": str(user.role), "role": role})

    _run(work, data)
    typer.echo(f"{name} is {'an' if role[0] in 'aeiou' else 'a'} {role} now")


def set_password(name: str, *, password_stdin: bool, data: Path | None) -> None:
    """Set the password of an account, and end its sessions."""

    async def known(accounts: Accounts) -> User:
        return await _user(accounts, name)

    user = _run(known, data)  # before anybody types
    hashed = passwords.hash_password(_password(user.name, from_stdin=password_stdin))

    async def work(accounts: Accounts) -> None:
        await accounts.users.set_password(user.id, hashed)
        await accounts.sessions.end_all(user.id)
        await accounts.audit.add(ACTOR, "user.password", user.submitter)

    _run(work, data)
    typer.echo(f"{user.name} has a new password, and is signed out everywhere")


def print_link(name: str, *, url: str | None, data: Path | None) -> None:
    """Print a link that sets the password of an account."""

    async def work(accounts: Accounts) -> str:
        return await _link(accounts, await _user(accounts, name), url)

    typer.echo(_run(work, data))


async def _link(accounts: Accounts, user: User, url: str | None) -> str:
    secret = new_secret()
    await accounts.resets.put(user, hash_of(secret))
    await accounts.audit.add(ACTOR, "user.link", user.submitter, {"hours": int(LASTS.total_seconds() // 3600)})
    return f"{load_client_settings({'url': url}).url.rstrip('/')}/reset?token={secret}"


async def _user(accounts: Accounts, name: str) -> User:
    try:
        return await accounts.users.by_name(name)
    except UnknownUser as error:
        raise UnknownUser(f"there is no account `{name}`; `judge user list` prints them") from error


def _password(name: str, *, from_stdin: bool) -> str:
    if from_stdin:
        password = sys.stdin.readline(MOST_LINE_CHARACTERS).rstrip("\r\n")
    elif sys.stdin.isatty():
        password = typer.prompt(f"Password of {name}", hide_input=True, confirmation_prompt=True)
    else:
        raise typer.BadParameter("there is no terminal to ask on: use --password-stdin, or a link")
    if fault := passwords.fault_of(password, name):
        raise typer.BadParameter(fault)
    return password


def _run(work: Work[Result], data: Path | None) -> Result:
    settings = load_settings({"data": data})
    url, file = settings.url, settings.data / SQLITE_FILE
    if settings.embedded and not file.exists():
        typer.echo(f"there was no database at {file}: it is made now", err=True)

    async def inside() -> Result:
        async with accounts_beside(url) as accounts:
            return await work(accounts)

    return asyncio.run(inside())
