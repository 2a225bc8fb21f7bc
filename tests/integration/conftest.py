"""Fixtures with databases: each test has an empty SQLite file or PostgreSQL database."""

import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import jinja2
import psycopg
import pytest
import structlog
from psycopg import sql

from judge.grading.grader import Grader
from judge.problems.catalog import Catalog
from judge.settings import Settings
from judge.store.migrate import migrate
from judge.store.schema import metadata
from judge.store.store import open_store
from tests.conftest import ROOT, SLUG
from tests.helpers.tiny_package import write_package

structlog.configure(
    processors=[structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)]
)

WARM_SECONDS = 240.0
POSTGRES = os.environ.get("JUDGE_TEST_POSTGRES_URL", "postgresql://127.0.0.1:5432/postgres")
PROCRASTINATE = [f"procrastinate_{each}" for each in ("periodic_defers", "events", "jobs", "workers")]
BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave PostgreSQL to the long run where a file of tests asks pages: the store's tests have both databases."""
    for item in items:
        variant = item.callspec.params.get("database") if hasattr(item, "callspec") else None
        if variant == "postgres" and item.get_closest_marker("pages"):
            item.add_marker(pytest.mark.long)


@pytest.fixture(scope="session", autouse=True)
def templates_compiled_once() -> Iterator[None]:
    """Let the applications of one test process share compiled templates: each compiles all when it starts."""
    inner, compiled = jinja2.Environment.compile, {}

    def compile_once(self, source, name=None, filename=None, **more):
        key = (source, name, filename, *more.items())
        if key not in compiled:
            compiled[key] = inner(self, source, name, filename, **more)
        return compiled[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jinja2.Environment, "compile", compile_once)
        yield


@pytest.fixture(scope="session")
def hot(grader: Grader) -> Grader:
    """Return the grader of all tests, once the first problem's zygote is hot."""
    warming = grader.warm(SLUG)
    assert warming is not None
    assert warming.ready(WARM_SECONDS), warming.failure
    return grader


@pytest.fixture(scope="session")
def full(cache_dir: Path) -> Iterator[Grader]:
    """Return a grader without a fast lane."""
    grader = Grader(Catalog([ROOT / "problems"]), cache_dir, 2, fast=False)  # as many slots as `hot`: the same layers
    yield grader
    grader.close()


@pytest.fixture(scope="session")
def postgres_database() -> Iterator[str]:
    """Return the URL of a migrated database for this session; skip the test if no server runs."""
    name = f"judge_test_{uuid.uuid4().hex[:10]}"
    try:
        create_database(name)
    except psycopg.OperationalError as error:
        pytest.skip(f"NO POSTGRESQL at {POSTGRES} (set JUDGE_TEST_POSTGRES_URL): {error}")
    try:
        migrate(database_url(name).replace("postgresql://", "postgresql+psycopg://"))
        yield database_url(name)
    finally:
        drop_database(name)


@pytest.fixture
def postgres_url(postgres_database: str) -> str:
    """Return the URL of the same database, emptied: making one takes seconds on a busy disk."""
    return emptied(postgres_database)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a migrated, empty SQLite file."""
    file = tmp_path_factory.mktemp("template") / "judge.sqlite3"
    migrate(f"sqlite:///{file}")
    return file


@pytest.fixture(params=BOTH)
def database(request: pytest.FixtureRequest) -> str:
    """Return a value for JUDGE_DATABASE_URL: empty for SQLite, else a PostgreSQL database."""
    return "" if request.param == "sqlite" else request.getfixturevalue("postgres_url")


@pytest.fixture
def settings_of(tmp_path: Path):
    """Return a function: settings_of(database) is settings with short times, for that JUDGE_DATABASE_URL."""

    def make(database: str, **more) -> Settings:
        return Settings(
            **{
                "data": tmp_path / "data",
                "cache": tmp_path / "data" / "cache",
                "database_url": database,
                "workers": 2,
                "heartbeat_seconds": 0.5,
                "stall_seconds": 2.0,
                "stop_seconds": 5.0,
                "admin_token": "the-admins-token",
                "webhook_private": True,
                "allowed_hosts": "judge",
                **more,
            }
        )

    return make


@pytest.fixture
def settings(database: str, settings_of) -> Settings:
    return settings_of(database)


@pytest.fixture
async def store(settings: Settings, sqlite_template: Path):
    settings.data.mkdir(exist_ok=True)
    if settings.embedded:
        shutil.copy(sqlite_template, settings.data)
    async with opened(settings) as store:
        yield store


@pytest.fixture
def problems(tmp_path: Path) -> Path:
    """Return a folder with two small problems."""
    write_package(tmp_path / "problems", "twice")
    write_package(tmp_path / "problems", "thrice")
    return tmp_path / "problems"


@pytest.fixture
def catalog(problems: Path) -> Catalog:
    return Catalog([problems])


def opened(settings: Settings):
    """Return the settings' store, as an async context manager."""
    return open_store(
        settings.url,
        queue_limit=settings.queue_limit,
        submitter_limit=settings.submitter_limit,
        network_limit=settings.network_limit,
        heartbeat_seconds=settings.heartbeat_seconds,
        stall_seconds=settings.stall_seconds,
    )


def emptied(url: str) -> str:
    """Delete every row of a PostgreSQL database of tests."""
    tables = [*reversed([table.name for table in metadata.sorted_tables]), *PROCRASTINATE]
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("; ".join(f"DELETE FROM {table}" for table in tables))
    return url


def database_url(name: str) -> str:
    return f"{POSTGRES.rpartition('/')[0]}/{name}"


def create_database(name: str) -> None:
    with psycopg.connect(POSTGRES, autocommit=True, connect_timeout=5) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def drop_database(name: str) -> None:
    with psycopg.connect(POSTGRES, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
