"""Connections to the database: one way to open SQLite and PostgreSQL."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

SQLITE_BUSY_MS = 10_000
POOL_SIZE = 8  # connections kept open
POOL_OVERFLOW = 16  # and how many more may be opened in a rush
POOL_TIMEOUT_SECONDS = 20.0
CONNECT_TIMEOUT_SECONDS = 5
READING = {"reading": True}  # execution option: a transaction that writes nothing

# WAL with synchronous=NORMAL may lose the last commits at a power cut; an accepted submission must not be one of them.
_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={SQLITE_BUSY_MS}", "foreign_keys=ON")


def open_engine(url: str) -> AsyncEngine:
    """An engine for the SQLAlchemy `url`, `sqlite+aiosqlite:///...` or `postgresql+psycopg://...`."""
    if not url.startswith("sqlite"):
        return create_async_engine(
            url,
            pool_pre_ping=True,  # a connection that a restart of the database cut is replaced unseen
            pool_size=POOL_SIZE,
            max_overflow=POOL_OVERFLOW,
            pool_timeout=POOL_TIMEOUT_SECONDS,
            connect_args={"connect_timeout": CONNECT_TIMEOUT_SECONDS},
        )
    engine = create_async_engine(
        url, pool_size=POOL_SIZE, max_overflow=POOL_OVERFLOW, pool_timeout=POOL_TIMEOUT_SECONDS
    )
    tune_sqlite(engine.sync_engine)
    return engine


def tune_sqlite(engine: sa.Engine) -> None:
    """Make every connection of a SQLite engine durable, patient, and able to take its write lock up front."""

    @sa.event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver must not open transactions behind our back
        cursor = connection.cursor()
        for pragma in _PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @sa.event.listens_for(engine, "begin")
    def _on_begin(connection: sa.Connection) -> None:
        # A transaction that reads first and writes later would fail with "database is locked" at the upgrade.
        reading = connection.get_execution_options().get("reading")
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
