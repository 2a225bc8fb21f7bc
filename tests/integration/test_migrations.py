"""A database of any earlier version comes to the present schema with all that it holds."""

import sqlite3
import threading
import uuid

import psycopg
import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from judge.store import migrate as module
from judge.store.migrate import migrate, newest
from judge.store.schema import UtcTime, metadata
from tests.integration.conftest import create_database, database_url, drop_database, opened

ID = "0192f000-0000-7000-8000-00000000000"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty(request, tmp_path, postgres_name):
    """The SQLAlchemy URL of an empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'judge.sqlite3'}"
        return
    try:
        create_database(postgres_name)
    except psycopg.OperationalError as error:
        pytest.skip(f"NO POSTGRESQL: {error}")
    yield database_url(postgres_name).replace("postgresql://", "postgresql+psycopg://")
    drop_database(postgres_name)


@pytest.fixture
def postgres_name() -> str:
    return f"judge_test_{uuid.uuid4().hex[:10]}"


def upgrade_to(url: str, revision: str) -> None:
    with module._connected(url) as connection:
        config = module._config()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def test_an_empty_database_gets_the_schema_and_a_second_time_nothing(empty) -> None:
    assert migrate(empty) == (None, newest())
    assert migrate(empty) == (newest(), newest())


def test_the_migrations_lead_to_the_tables_that_the_code_uses(empty) -> None:
    migrate(empty)

    def same_type(context, inspected, described, inspected_type, described_type):
        return False if isinstance(described_type, UtcTime) else None

    with module._connected(empty) as connection:
        options = {"compare_type": same_type, "include_name": lambda name, kind, _: not str(name).startswith("procr")}
        context = MigrationContext.configure(connection, opts=options)
        found = [each for each in compare_metadata(context, metadata) if "procrastinate" not in str(each)]
    # An index over a descending column is read back as an expression, which can't be compared.
    assert [each for each in found if getattr(each[1], "name", "") != "judgings_live"] == []


@pytest.mark.postgres
def test_five_processes_that_start_at_once_migrate_once(postgres_name) -> None:
    try:
        create_database(postgres_name)
    except psycopg.OperationalError as error:
        pytest.skip(f"NO POSTGRESQL: {error}")
    url = database_url(postgres_name).replace("postgresql://", "postgresql+psycopg://")
    results: list[object] = []

    def run() -> None:
        try:
            results.append(migrate(url))
        except Exception as error:
            results.append(error)

    threads = [threading.Thread(target=run) for _ in range(5)]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        drop_database(postgres_name)
    assert sorted(results, key=str) == [(newest(), newest())] * 4 + [(None, newest())]


async def test_the_first_versions_sqlite_file_keeps_its_submissions(settings_of) -> None:
    settings = settings_of("")
    settings.data.mkdir()
    upgrade_to(settings.url, "0001")
    file = sqlite3.connect(settings.data / "judge.sqlite3")
    with file:
        rows = [("done", "accepted", '{"verdict": "accepted"}'), ("running", None, None)]
        for number, (status, verdict, report) in enumerate(rows):
            file.execute(
                "INSERT INTO submissions (id, problem, source, source_sha256, submitter, judging_id, created,"
                " request_sha256) VALUES (?, 'twice', 'x = 1', 'aa', 'ann', ?, '2026-01-02 03:04:05', 'bb')",
                (f"{ID}{number}", f"{ID}{number + 5}"),
            )
            file.execute(
                "INSERT INTO judgings (id, submission_id, problem, source_sha256, package, seed, samples_only,"
                " submitter, priority, tag, status, created, verdict, report)"
                " VALUES (?, ?, 'twice', 'aa', 'sha256:1', 0, 0, 'ann', 1, 0, ?, '2026-01-02 03:04:05', ?, ?)",
                (f"{ID}{number + 5}", f"{ID}{number}", status, verdict, report),
            )
    file.close()
    # What a page sent belongs to its browser; what came by the API belongs to nobody.
    with sqlite3.connect(settings.data / "judge.sqlite3") as file:
        file.execute("UPDATE submissions SET submitter = 'browser:0123' WHERE id = ?", (f"{ID}1",))
    file.close()
    async with opened(settings) as store:
        done, interrupted = await store.submissions.get(f"{ID}0"), await store.submissions.get(f"{ID}1")
        assert (done.verdict, done.report, done.created.year) == ("accepted", {"verdict": "accepted"}, 2026)
        assert (interrupted.status, interrupted.attempts, interrupted.faults) == ("queued", 0, 1)
        assert interrupted.status == "queued"
        assert (done.owner, interrupted.owner) == ("", "browser:0123")
        assert await store.is_migrated()


def test_a_verdict_from_before_causes_were_kept_gets_that_of_its_summary(empty) -> None:
    upgrade_to(empty, "0007_accounts")
    summaries = {f"{ID}1": '{"cause": "off-by-one"}', f"{ID}2": '{"cause": null}', f"{ID}3": None}
    with module._connected(empty) as connection:
        for number, (judging, summary) in enumerate(summaries.items()):
            values = {"id": f"{ID}{number + 5}", "judging": judging, "summary": summary}
            connection.execute(
                sa.text(
                    "INSERT INTO submissions (id, problem, source, source_sha256, submitter, judging_id, created,"
                    " request_sha256) VALUES (:id, 'twice', 'x', 'aa', 'ann', :judging, '2026-01-02 03:04:05', 'bb')"
                ),
                values,
            )
            connection.execute(
                sa.text(
                    "INSERT INTO judgings (id, submission_id, problem, source_sha256, package, seed, samples_only,"
                    " submitter, priority, tag, status, created, summary) VALUES (:judging, :id, 'twice', 'aa', 'p', 0,"
                    " false, 'ann', 1, 0, 'done', '2026-01-02 03:04:05', :summary)"
                ),
                values,
            )
        connection.commit()
    migrate(empty)
    with module._connected(empty) as connection:
        found = dict(connection.execute(sa.text("SELECT id, cause FROM judgings")).all())
    assert found == {f"{ID}1": "off-by-one", f"{ID}2": None, f"{ID}3": None}
