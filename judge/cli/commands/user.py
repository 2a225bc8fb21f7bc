"""`judge user`: accounts, in the database itself, also while a judge runs on it."""

from pathlib import Path
from typing import Annotated

import typer

Data = Annotated[Path | None, typer.Option(help="Directory of the SQLite file.")]
Name = Annotated[str, typer.Argument(help="The name that the account signs in with.")]
PasswordStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from the first line of standard input.")
]
Url = Annotated[
    str | None,
    typer.Option(help="Address of the judge, for the link. Default: $JUDGE_URL, else http://127.0.0.1:8000."),
]


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    group = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Manage accounts, also beside a server.")
    for name, command in (
        ("add", add), ("list", list_), ("disable", disable), ("enable", enable),
        ("role", role), ("password", password), ("link", link),
    ):  # fmt: skip
        group.command(name)(command)
    app.add_typer(group, name="user")


def add(
    name: Name,
    admin: Annotated[bool, typer.Option("--admin", help="Make an operator, who may do everything.")] = False,
    password_stdin: PasswordStdin = False,
    with_link: Annotated[
        bool, typer.Option("--link", help="Print a link by which its person sets the password, in place of one.")
    ] = False,
    url: Url = None,
    data: Data = None,
) -> None:
    """Make an account. Asks for its password twice, unless it comes from standard input or by a link."""
    from judge.cli.commands.user_run import add_user

    add_user(name, admin=admin, password_stdin=password_stdin, with_link=with_link, url=url, data=data)


def list_(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON array.")] = False, data: Data = None
) -> None:
    """List the accounts, by name."""
    from judge.cli.commands.user_run import list_users

    list_users(as_json=as_json, data=data)


def disable(name: Name, data: Data = None) -> None:
    """Disable an account: its sessions and tokens end at once, and it can't sign in."""
    from judge.cli.commands.user_run import set_disabled

    set_disabled(name, disabled=True, data=data)


def enable(name: Name, data: Data = None) -> None:
    """Let a disabled account sign in again."""
    from judge.cli.commands.user_run import set_disabled

    set_disabled(name, disabled=False, data=data)


def role(name: Name, role: Annotated[str, typer.Argument(help="learner or operator.")], data: Data = None) -> None:
    """Change the role of an account."""
    from judge.cli.commands.user_run import set_role

    set_role(name, role, data=data)


def password(name: Name, password_stdin: PasswordStdin = False, data: Data = None) -> None:
    """Set the password of an account, which ends its sessions."""
    from judge.cli.commands.user_run import set_password

    set_password(name, password_stdin=password_stdin, data=data)


def link(name: Name, url: Url = None, data: Data = None) -> None:
    """Print a link by which its person sets a new password: usable once, within 24 hours."""
    from judge.cli.commands.user_run import print_link

    print_link(name, url=url, data=data)
