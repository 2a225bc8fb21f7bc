"""Opens a database. The libraries of PostgreSQL take a tenth of a start: they are imported only where they are used."""

from judge.store.database import Database, SqliteDatabase


def open_database(url: str) -> Database:
    """Open the database at a SQLAlchemy `url`: `sqlite:///...` or `postgresql+psycopg://...`."""
    if url.startswith("sqlite"):
        return SqliteDatabase(url)
    from judge.store.postgres_database import PostgresDatabase

    return PostgresDatabase(url)
