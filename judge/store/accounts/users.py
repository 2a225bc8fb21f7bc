"""Accounts: made, found by name or by identity, changed."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from judge.account import Role, User, is_name
from judge.store.accounts.faults import NameTaken, UnknownUser
from judge.store.accounts.tables import access_tokens, identities, sessions, users
from judge.store.ids import new_id
from judge.store.transactions import Transactions

USER_COLUMNS = tuple(users.c[name] for name in ("id", "name", "display", "role", "created", "disabled"))


class Users:
    """The accounts of a store. Every method raises StoreFault when the database can't be used."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    async def add(
        self, name: str, *, display: str = "", role: Role = Role.LEARNER, password_hash: str | None = None
    ) -> User:
        """Make an account. Raises NameTaken."""
        user = User(id=new_id(), name=name, display=display or name, role=role, created=datetime.now(UTC))
        try:
            async with self._transactions.writing() as tx:
                await tx.connection.execute(sa.insert(users).values(_row(user, password_hash)))
        except sa.exc.IntegrityError:
            raise NameTaken(f"there is an account `{name}` already") from None
        return user

    async def by_id(self, user_id: str) -> User:
        """Return an account. Raises UnknownUser."""
        return await self._one(users.c.id == user_id)

    async def by_name(self, name: str) -> User:
        """Return an account; upper and lower case are the same. Raises UnknownUser."""
        if not is_name(name):  # a database may not even take it
            raise UnknownUser
        return await self._one(users.c.name_key == name.lower())

    async def password_of(self, name: str) -> tuple[User | None, str | None]:
        """Return an account and its password's hash; None for an unknown name, or without a password."""
        query = sa.select(*USER_COLUMNS, users.c.password_hash).where(users.c.name_key == name.lower())
        async with self._transactions.reading() as connection:
            row = (await connection.execute(query)).one_or_none()
        return (_user(row), row.password_hash) if row is not None else (None, None)

    async def all(self, after: str = "", limit: int = 200) -> list[User]:
        """Return accounts sorted by name, from the one after the name `after`."""
        query = sa.select(*USER_COLUMNS).where(users.c.name_key > after.lower()).order_by(users.c.name_key).limit(limit)
        async with self._transactions.reading() as connection:
            return [_user(row) for row in (await connection.execute(query)).all()]

    async def has_operator(self) -> bool:
        """Return whether any account may run this judge."""
        query = sa.select(users.c.id).where(users.c.role == Role.OPERATOR, ~users.c.disabled).limit(1)
        async with self._transactions.reading() as connection:
            return (await connection.execute(query)).first() is not None

    async def set_password(self, user_id: str, password_hash: str | None) -> None:
        """Set or remove the password of an account."""
        await self._change(user_id, password_hash=password_hash)

    async def set_display(self, user_id: str, display: str) -> None:
        """Change the name that people see."""
        await self._change(user_id, display=display)

    async def set_role(self, user_id: str, role: Role) -> None:
        """Change the role of an account."""
        await self._change(user_id, role=role)

    async def disable(self, user_id: str, *, disabled: bool = True) -> None:
        """Disable an account, which ends its sessions and tokens; or enable it again."""
        async with self._transactions.writing() as tx:
            await tx.connection.execute(sa.update(users).where(users.c.id == user_id).values(disabled=disabled))
            if disabled:
                await tx.connection.execute(sa.delete(sessions).where(sessions.c.user_id == user_id))
                await tx.connection.execute(sa.delete(access_tokens).where(access_tokens.c.user_id == user_id))

    async def by_identity(self, issuer: str, subject: str) -> User | None:
        """Return the account that an identity provider's `subject` belongs to, or None."""
        query = sa.select(*USER_COLUMNS).select_from(users.join(identities, identities.c.user_id == users.c.id))
        query = query.where(identities.c.issuer == issuer, identities.c.subject == subject)
        async with self._transactions.reading() as connection:
            row = (await connection.execute(query)).one_or_none()
        return _user(row) if row is not None else None

    async def link(self, user_id: str, issuer: str, subject: str) -> bool:
        """Let an account sign in as `subject` of `issuer`. Return False if another account does already."""
        values = {"issuer": issuer, "subject": subject, "user_id": user_id, "created": datetime.now(UTC)}
        try:
            async with self._transactions.writing() as tx:
                await tx.connection.execute(sa.insert(identities).values(values))
        except sa.exc.IntegrityError:
            owner = await self.by_identity(issuer, subject)
            return owner is not None and owner.id == user_id
        return True

    async def _one(self, condition: sa.ColumnElement[bool]) -> User:
        async with self._transactions.reading() as connection:
            row = (await connection.execute(sa.select(*USER_COLUMNS).where(condition))).one_or_none()
        if row is None:
            raise UnknownUser
        return _user(row)

    async def _change(self, user_id: str, **values: Any) -> None:
        async with self._transactions.writing() as tx:
            await tx.connection.execute(sa.update(users).where(users.c.id == user_id).values(values))


def _row(user: User, password_hash: str | None) -> dict[str, Any]:
    return {
        "id": user.id,
        "name": user.name,
        "name_key": user.name.lower(),
        "display": user.display,
        "password_hash": password_hash,
        "role": str(user.role),
        "created": user.created,
    }


def _user(row: sa.Row[*tuple[Any, ...]]) -> User:
    return user_of(row._mapping)


def user_of(fields: Mapping[Any, Any]) -> User:
    """Return the account in a row that has the columns of USER_COLUMNS."""
    return User(
        id=fields["id"],
        name=fields["name"],
        display=fields["display"],
        role=Role(fields["role"]),
        created=fields["created"],
        disabled=bool(fields["disabled"]),
    )
