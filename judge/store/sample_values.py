"""What each package's reference gives for the samples, written by whichever worker has run it first."""

from collections.abc import Mapping
from datetime import UTC, datetime

import sqlalchemy as sa

from judge.store.database import Connection
from judge.store.schema import answers
from judge.verdict import Json


async def known(connection: Connection, package: str) -> dict[str, Json] | None:
    """By the name of each sample of `package`, a digest, its value; None while no worker has told."""
    row = (await connection.execute(sa.select(answers.c.samples).where(answers.c.package == package))).one_or_none()
    return None if row is None else dict(row.samples)


async def keep(connection: Connection, package: str, samples: Mapping[str, Json]) -> None:
    """Write them, unless another worker has. Raises IntegrityError where both write at once."""
    if await known(connection, package) is None:
        values = {"package": package, "samples": dict(samples), "created": datetime.now(UTC)}
        await connection.execute(sa.insert(answers).values(values))
