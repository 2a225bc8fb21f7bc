"""Migrations: a database gets the schema of this version of the judge."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from judge.store.database import CONNECT_TIMEOUT_SECONDS, tune_sqlite

MIGRATION_LOCK = 0x6A756469  # advisory lock: when several machines start at once, one migrates and the others wait


def migrate(url: str) -> tuple[str | None, str]:
    """Run every migration that the database at the SQLAlchemy `url` lacks; return its revisions before and after.

    Blocking: call it before an event loop runs, or in a thread.
    """
    with _connected(url) as connection:
        before = MigrationContext.configure(connection).get_current_revision()
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return before, newest()


def present(url: str) -> str | None:
    """Return the revision of the database at the SQLAlchemy `url`."""
    with _connected(url) as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest() -> str:
    """Return the revision that this version of the judge needs."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
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
