"""Migrations: a database gets the schema of this version of the judge.

Alembic is imported only where something has to be migrated: most starts find the schema that they need.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from judge.store.database import CONNECT_TIMEOUT_SECONDS, tune_sqlite

VERSIONS = Path(__file__).with_name("migrations") / "versions"
MIGRATION_LOCK = 0x6A756469  # advisory lock: when several machines start at once, one migrates and the others wait


def migrate(url: str) -> tuple[str | None, str]:
    """Run every migration that the database at the SQLAlchemy `url` lacks; return its revisions before and after.

    Blocking: call it before an event loop runs, or in a thread.
    """
    with _connected(url) as connection:
        before = _revision(connection)
        if before != newest():
            _upgrade(connection)
    return before, newest()


def present(url: str) -> str | None:
    """Return the revision of the database at the SQLAlchemy `url`."""
    with _connected(url) as connection:
        return _revision(connection)


@cache
def newest() -> str:
    """Return the revision that this version of the judge needs: that of the last file, which is named after it."""
    return max(path.stem for path in VERSIONS.glob("v*.py")).removeprefix("v")


def _revision(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()


def _upgrade(connection: sa.Connection) -> None:
    from alembic import command

    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _config() -> Any:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(VERSIONS.parent))
    return config


@contextmanager
def _connected(url: str) -> Iterator[sa.Connection]:
    parsed = sa.make_url(url)
    if parsed.get_backend_name() == "sqlite":
        Path(parsed.database or "").parent.mkdir(parents=True, exist_ok=True)
        engine = sa.create_engine(parsed.set(drivername="sqlite"))
        tune_sqlite(engine)
    else:
        engine = sa.create_engine(parsed, connect_args={"connect_timeout": CONNECT_TIMEOUT_SECONDS})
    try:
        with engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(MIGRATION_LOCK)))
            yield connection
    finally:
        engine.dispose()
