"""Writes the parts of the documents that come from the judge itself: `uv run python -m tests.helpers.write_examples`.

README.md            verdict       what `judge grade` prints for one wrong answer
docs/api.md          submission    an answer of a real server, cut short
docs/cli.md          commands      the options of every command
docs/operating.md    settings      every JUDGE_* setting

Each lies between `<!-- generated: NAME -->` and `<!-- end -->`. Times, ids, versions and names of a machine are masked,
so that a second run changes nothing. tests/unit/docs and tests/integration/test_documented_examples.py compare them.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
from typer.main import get_command

from judge.cli import app
from judge.settings import ClientSettings, Settings, list_settings
from judge.web.report_schema import FILE, report_schema
from tests.helpers.processes import Process, free_port

ROOT = Path(__file__).parents[2]
SLUG = "nnx-surgery-freeze"
GRADED = f"submissions/{SLUG}/wrong_answer/bias-trains.py"
SENT = f"submissions/{SLUG}/wrong_answer/two-steps.py"
WAIT_SECONDS = 60

MASKS: dict[str, Any] = {
    "id": "01a210d7-093a-780c-b8a1-f23038f8b287",
    "created": "2026-11-25T03:54:17.786749Z",
    "started": "2026-11-25T03:54:17.803357Z",
    "finished": "2026-11-25T03:54:18.012742Z",
    "worker": "host-19403-c26b04",
    "processor": "AMD EPYC (806a97fa)",
    "token": "...",
    "source": "...",
    "lane": "fast",
    "handed_over": None,
}
NUMBERS = {"time_ms": 196.0, "cpu_ms": 193.0, "memory_mb": 38.0}
CASE_MS = 18.2
LONG_INPUTS = ("x", "y")
PART = re.compile(r"<!-- generated: (.+?) -->\n(.*?)<!-- end -->", re.DOTALL)
DEFAULTS = {"JUDGE_DATA": "~/.local/share/judge", "JUDGE_WORKERS": "one a processor"}


def generated(text: str) -> dict[str, str]:
    """Return the generated parts of a document by their names, without the markers."""
    return {found[1]: found[2].strip("\n") for found in PART.finditer(text)}


def replaced(text: str, name: str, content: str) -> str:
    """Return a document with another part of that name."""
    pattern = re.compile(rf"(<!-- generated: {re.escape(name)} -->\n).*?(<!-- end -->)", re.DOTALL)
    assert len(pattern.findall(text)) == 1, name
    return pattern.sub(lambda found: f"{found[1]}\n{content}\n\n{found[2]}", text)


def settings_table() -> str:
    """Return every setting with its default, as Markdown."""
    rows = ["| variable | default | meaning |", "|---|---|---|"]
    defaults = Settings.model_construct(), ClientSettings.model_construct()  # whatever is set here
    for row in list_settings(*defaults, {}):
        default = DEFAULTS.get(row["variable"], "" if row["value"] in ("", "None") else row["value"])
        rows.append(f"| `{row['variable']}` | {f'`{default}`' if default else 'empty'} | {_cell(row['meaning'])} |")
    return "\n".join(rows)


def commands_section(names: list[str]) -> str:
    """Return the help of these commands, as Markdown."""
    return "\n\n".join(_command(name, commands()[name]) for name in names)


def commands() -> dict[str, Any]:
    """Return every command of `judge` by its name; those of a group as `group:command`."""
    group: Any = get_command(app)
    found: dict[str, Any] = {}
    for name, command in group.commands.items():
        inner = getattr(command, "commands", None)
        found |= {name: command} if inner is None else {f"{name}:{each}": inner[each] for each in inner}
    return found


def _command(name: str, command: Any) -> str:
    arguments = [each for each in command.params if each.param_type_name == "argument"]
    title = f"judge {name.replace(':', ' ')}"
    usage = " ".join([title, *(_argument(each) for each in arguments)])
    paragraphs = [" ".join(each.split()) for each in (command.help or "").split("\n\n")]
    rows = [f"| `{', '.join(each.opts)}{_value(each)}` | {_cell(each.help or '')} |" for each in options(command)]
    table = ["| option | meaning |", "|---|---|", *rows] if rows else []
    return "\n\n".join([f"### {title}", f"`{usage}`", *paragraphs, "\n".join(table)]).rstrip()


def options(command: Any) -> Iterator[Any]:
    """Yield the options of a command, without --help."""
    for each in command.params:
        if each.param_type_name == "option" and each.name != "help":
            yield each


def _argument(argument: Any) -> str:
    name = (argument.metavar or argument.name or "").upper().strip("[].")
    name = f"{name}..." if argument.nargs == -1 else name
    return name if argument.required else f"[{name}]"


def _value(option: Any) -> str:
    if option.is_flag:
        return ""
    is_number = option.min is not None
    return f" {option.metavar or ('N' if is_number else option.name.upper())}"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def shortened(answer: dict[str, Any]) -> dict[str, Any]:
    """Return a submission as the document shows it: one case, short values, nothing of this machine."""
    report = dict(answer["report"])
    case = dict(report["cases"][0], time_ms=CASE_MS)
    case["inputs"] = {name: "..." if name in LONG_INPUTS else value for name, value in case["inputs"].items()}
    case["checks"] = [check for check in case["checks"] if not check["passed"]][:1]
    case["leaves"] = case["leaves"][:1]
    report = _masked({**report, "cases": [case], "provenance": _masked(report["provenance"])}) | NUMBERS
    return _masked({**answer, "report": report}) | {name: NUMBERS[name] for name in ("time_ms", "memory_mb")}


def _masked(members: dict[str, Any]) -> dict[str, Any]:
    return {name: MASKS.get(name, value) for name, value in members.items()}


def verdict_of_a_run() -> str:
    """Return what `judge grade` prints for a wrong answer, with the command that does it."""
    run = subprocess.run(
        [sys.executable, "-m", "judge", "grade", GRADED], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 1, run.stderr
    return f"```\n{run.stdout.strip()}\n```"


def submission_of_a_server() -> str:
    """Return the answer of a server to one wrong answer, as JSON."""
    with tempfile.TemporaryDirectory() as folder:
        place = {"problems": ROOT / "problems" / SLUG, "cache": os.environ.get("JUDGE_CACHE") or Path(folder) / "cache"}
        with Process("serve", Path(folder), port=free_port(), workers=1, **place) as server:
            server.wait_until("/readyz")
            answer = httpx.post(
                f"{server.url}/api/submissions",
                params={"wait": WAIT_SECONDS},
                json={"problem": SLUG, "source": (ROOT / SENT).read_text()},
                timeout=WAIT_SECONDS + 30,
            )
    assert answer.status_code == 201, answer.text
    return f"```json\n{json.dumps(shortened(answer.json()), indent=1)}\n```"


def verdict_lines(printed: str) -> list[str]:
    """Return what `judge grade` printed without what differs from run to run: numbers, and the last line."""
    return [re.sub(r" +", " ", re.sub(r"\d+(\.\d+)*", "0", line)) for line in printed.strip("`\n").splitlines()[:-1]]


def main() -> None:
    """Write every part anew, and today's JSON Schema."""
    (ROOT / "judge" / "schemas" / FILE).write_text(json.dumps(report_schema(), indent=2) + "\n", encoding="utf-8")
    printed = generated((ROOT / "README.md").read_text(encoding="utf-8"))["verdict"]
    fresh = verdict_of_a_run()
    _write(ROOT / "README.md", "verdict", printed if verdict_lines(printed) == verdict_lines(fresh) else fresh)
    _write(ROOT / "docs/api.md", "submission", submission_of_a_server())
    _write(ROOT / "docs/operating.md", "settings", settings_table())
    for name in generated((ROOT / "docs/cli.md").read_text(encoding="utf-8")):
        _write(ROOT / "docs/cli.md", name, commands_section(name.split()[1:]))


def _write(path: Path, name: str, content: str) -> None:
    before = path.read_text(encoding="utf-8")
    after = replaced(before, name, content)
    path.write_text(after, encoding="utf-8")
    print(f"{path.relative_to(ROOT)}: {name} {'unchanged' if before == after else 'written'}")


if __name__ == "__main__":
    main()
