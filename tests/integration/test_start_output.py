"""What `judge serve` and `judge grade` show while they start: stages in a terminal, JSON elsewhere."""

import json
import os
from pathlib import Path

import pytest

from tests.helpers.processes import Process, free_port
from tests.helpers.terminal import in_terminal, texts
from tests.helpers.waiting import until_sync

ROOT = Path(__file__).parents[2]
PROBLEM = ROOT / "problems" / "nnx-surgery-freeze"
PAPER = ROOT / "submissions" / "nnx-surgery-freeze" / "accepted" / "eager.py"
SECONDS = 150.0


def serve_in_terminal(tmp_path, cache_dir, port: int, *options: str, **variables: str) -> list[str]:
    variables = {f"JUDGE_{name.upper()}": value for name, value in variables.items()}
    variables |= {"JUDGE_CACHE": str(cache_dir), "JUDGE_PROBLEMS": str(PROBLEM)}
    arguments = ["serve", "--port", str(port), "--data", str(tmp_path), "--workers", "1", *options]
    output, status = in_terminal(arguments, variables, lambda text: "Ctrl+C" in text, SECONDS)
    assert status in {0, 1, -2, 130}
    return [output, *texts(output)]


def test_a_server_in_a_terminal_shows_its_stages_and_where_to_open_it_and_nothing_else(
    tmp_path, cache_dir, compiled
) -> None:
    port = free_port()
    output, *shown = serve_in_terminal(tmp_path, cache_dir, port)
    url = f"http://127.0.0.1:{port}"
    assert f";{url}\x1b\\" in output, "no link"
    assert shown[0].startswith("Importing JAX")
    assert shown[-1].startswith("Ready: " + url) or shown[-2].startswith("Ready: " + url)
    stages = ("Importing JAX", "Starting the server", "Loading compiled programs", "Self-test", "Ready", "Compiling")
    assert [line for line in shown if not line.startswith((*stages, "^C"))] == []


def test_whoever_asks_for_lines_in_a_terminal_gets_plain_ones(tmp_path, cache_dir, compiled) -> None:
    output, *shown = serve_in_terminal(tmp_path, cache_dir, free_port(), log_format="text")
    assert any("worker starts" in line for line in shown)
    assert "color_message" not in output


def test_a_data_directory_in_use_is_one_sentence_in_a_terminal(tmp_path, cache_dir, compiled) -> None:
    port = free_port()
    with Process("serve", tmp_path, port=port, workers=0, problems=PROBLEM) as first:
        first.wait_until("/livez")
        variables = {"JUDGE_CACHE": str(cache_dir), "JUDGE_PROBLEMS": str(PROBLEM)}
        arguments = ["serve", "--port", str(free_port()), "--data", str(tmp_path), "--workers", "1"]
        output, status = in_terminal(arguments, variables, lambda _: False, SECONDS)
    assert status in {2, 3}
    assert "belongs to another judge process" in " ".join(texts(output))
    assert "Traceback" not in output


def test_elsewhere_every_line_is_json_without_colours(tmp_path, cache_dir, compiled) -> None:
    with Process(
        "serve", tmp_path, port=free_port(), workers=1, cache=cache_dir, problems=PROBLEM, log_format="auto"
    ) as judge:
        judge.wait_until("/readyz")
    lines = [json.loads(line) for line in judge.log.read_text().splitlines()]
    events = [line["event"] for line in lines]
    assert "self-test passed, accepting jobs" in events
    assert not any("color_message" in line for line in lines)


def test_the_browser_is_opened_once_submissions_are_judged(tmp_path, cache_dir, compiled) -> None:
    browser, opened, port = tmp_path / "browser", tmp_path / "opened", free_port()
    browser.write_text(f'#!/bin/sh\necho "$1" >> {opened}\n')
    browser.chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BROWSER", str(browser))
        _, *shown = serve_in_terminal(tmp_path / "data", cache_dir, port, "--open")
        until_sync(opened.exists, seconds=10)
    assert opened.read_text() == f"http://127.0.0.1:{port}\n", shown


def test_grading_in_a_terminal_shows_the_import_and_then_the_files(tmp_path, cache_dir, compiled) -> None:
    output, status = in_terminal(["grade", str(PAPER)], {"JUDGE_CACHE": str(cache_dir)}, lambda _: False, SECONDS)
    shown = " ".join(texts(output))
    assert status == 0, output
    assert "Importing JAX" in shown
    assert "accepted" in shown


def test_grading_shows_how_many_steps_are_compiled(tmp_path) -> None:
    variables = {"JUDGE_CACHE": str(tmp_path / "cache"), "HOME": os.environ.get("HOME", "/")}
    output, _ = in_terminal(["grade", str(PAPER)], variables, lambda text: " 2/" in text or "3/" in text, SECONDS)
    assert "Compiling programs, once on this machine" in " ".join(texts(output))
