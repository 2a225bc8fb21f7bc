"""The table is made once, by another process, and kept; a failure is said once and tried again later."""

import asyncio
import gzip
import json
import os
from pathlib import Path

import pytest

from judge.web.completion import table as tables
from judge.web.completion.table import CompletionTable, NotMade

SMALL = gzip.compress(json.dumps({"versions": {}, "modules": {}}).encode())


async def made(table: CompletionTable) -> bytes:
    async with asyncio.timeout(120):
        packed = await table.get()
        while packed is None:
            if table._making is not None:
                await asyncio.wait([table._making])
            packed = await table.get()
    return packed


async def test_the_first_call_starts_a_process_and_later_starts_read_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = CompletionTable(tmp_path)
    assert await first.get() is None
    packed = await made(first)
    assert "jax.numpy" in json.loads(gzip.decompress(packed))["modules"]
    monkeypatch.setattr(tables, "_made", lambda: pytest.fail("made again"))
    assert await CompletionTable(tmp_path).get() == packed
    assert os.listdir(tmp_path) == [f"{first.key}.json.gz"]


async def test_many_editors_start_one_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    starts = 0

    async def slow() -> bytes:
        nonlocal starts
        starts += 1
        await asyncio.sleep(0.1)
        return SMALL

    monkeypatch.setattr(tables, "_made", slow)
    table = CompletionTable(tmp_path)
    assert {*await asyncio.gather(*(table.get() for _ in range(50)))} == {None}
    assert await made(table) == SMALL
    assert starts == 1


async def test_where_the_cache_cannot_be_written_memory_keeps_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def quick() -> bytes:
        return SMALL

    monkeypatch.setattr(tables, "_made", quick)
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    assert await made(CompletionTable(blocked / "completion")) == SMALL


async def test_a_failure_is_not_tried_again_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fails() -> bytes:
        raise RuntimeError("no module named jax")

    monkeypatch.setattr(tables, "_made", fails)
    table = CompletionTable(tmp_path)
    assert await table.get() is None
    await asyncio.sleep(0.01)
    with pytest.raises(NotMade):
        await table.get()
    monkeypatch.setattr(tables, "RETRY_SECONDS", 0.0)
    assert await table.get() is None


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("import sys; sys.exit('it does not work here')", "it does not work here"),
        ("print('x' * 200_000)", "bytes"),
    ],
)
async def test_a_process_that_fails_or_writes_too_much_gives_no_table(
    monkeypatch: pytest.MonkeyPatch, program: str, reason: str
) -> None:
    monkeypatch.setattr(tables, "COMMAND", ("-c", program))
    with pytest.raises(RuntimeError, match=reason):
        await tables._made()


async def test_a_process_that_does_not_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "COMMAND", ("-c", "import time; time.sleep(600)"))
    monkeypatch.setattr(tables, "MAKE_SECONDS", 0.5)
    with pytest.raises(TimeoutError):
        await tables._made()


async def test_closing_ends_the_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "COMMAND", ("-c", "import time; time.sleep(600)"))
    table = CompletionTable(tmp_path)
    assert await table.get() is None
    await asyncio.sleep(0.2)
    async with asyncio.timeout(20):
        await table.close()


def test_the_key_changes_with_the_libraries(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    before = CompletionTable(tmp_path).key
    assert CompletionTable(tmp_path).key == before
    monkeypatch.setattr(tables, "version", lambda name: "99")
    assert CompletionTable(tmp_path).key != before
