"""Prints reports for people. Everything that came out of a box is printed as text, never as markup."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Group
from rich.table import Table
from rich.text import Text

from judge.cli.render.console import say
from judge.reasons import HandoverId
from judge.report import Report
from judge.verdict import CaseResult, Cause, CauseKind, Json, Verdict

STYLES = {
    Verdict.ACCEPTED: "bold green",
    Verdict.WRONG_ANSWER: "bold red",
    Verdict.RUNTIME_ERROR: "bold magenta",
    Verdict.COMPILE_ERROR: "bold magenta",
    Verdict.TIME_LIMIT_EXCEEDED: "bold yellow",
    Verdict.MEMORY_LIMIT_EXCEEDED: "bold yellow",
    Verdict.OUTPUT_LIMIT_EXCEEDED: "bold yellow",
    Verdict.JUDGE_ERROR: "bold white on red",
}
PROCESSES = {"fast": "warm process", "full": "new process"}  # by lane, as pages call them
MAX_LINES = 20  # of a traceback or an output
MAX_VALUE = 200  # characters of an expected or actual value


def show(reports: Sequence[tuple[Path, Report]]) -> None:
    """Print one report in full, several as a table."""
    say(_whole(*reports[0]) if len(reports) == 1 else _table(reports))


def _table(reports: Sequence[tuple[Path, Report]]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("file", "verdict", "cases", "ms", "why"):
        table.add_column(name, overflow="fold", justify="right" if name in ("cases", "ms") else "left")
    for file, report in reports:
        passed = sum(case.verdict is Verdict.ACCEPTED for case in report.cases)
        table.add_row(
            Text(plain(file.name)),
            Text(report.verdict, STYLES[report.verdict]),
            f"{passed}/{report.cases_total}",
            f"{report.time_ms:.0f}",
            Text("" if report.verdict is Verdict.ACCEPTED else plain(report.message)),
        )
    return table


def _whole(file: Path, report: Report) -> Group:
    head = Text.assemble((report.verdict, STYLES[report.verdict]), "  ", plain(report.message))
    parts: list[Text | Table] = [Text(plain(f"{file}  ({report.problem})"), "dim"), head, *_cause(report.cause)]
    failing = next((case for case in report.cases if case.verdict is not Verdict.ACCEPTED), None)
    if report.cases:
        parts.append(_cases(report.cases))
    if failing is not None and any(not check.passed for check in failing.checks):
        parts.append(_detail(failing))
    if report.counterexample is not None:
        parts += [Text.assemble((title, "dim"), text) for title, text in _public_case(report.counterexample)]
    if report.reproduction is not None:
        parts.append(Text.assemble(("repeat   ", "dim"), "`judge repro` writes a program that fails in the same way"))
    for title, text in (("traceback", report.traceback), ("stdout", report.stdout), ("stderr", report.stderr)):
        if text:
            parts.append(Text.assemble((f"{title}\n", "dim"), _cut(plain(text, lines=True))))
    parts.append(_footer(report))
    return Group(*parts)


def _public_case(case: CaseResult) -> list[tuple[str, str]]:
    inputs = ", ".join(f"{name} = {_short(value)}" for name, value in (case.inputs or {}).items())
    return [("public   ", plain(f"{case.name} fails alike: {inputs}")), ("         ", plain(case.message))]


def _cause(cause: Cause | None) -> list[Text]:
    if cause is None:
        return []
    explained = cause.kind is CauseKind.EXCEPTION and cause.proof
    rows = {
        "means": cause.message if explained else "",
        "proof": "" if explained else cause.proof,
        "mistake": cause.id if cause.kind is CauseKind.MISTAKE else "",
        "hint": cause.hint,
        "see": cause.link,
        "explains": ", ".join(cause.explains),
    }
    return [Text.assemble((f"{name:<9}", "dim"), plain(text)) for name, text in rows.items() if text]


def _cases(cases: Sequence[CaseResult]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("case", "verdict", "ms", "why"):
        table.add_column(name, overflow="fold", justify="right" if name == "ms" else "left")
    for case in cases:
        failed = ", ".join(check.id for check in case.checks if not check.passed)
        why = Text(plain(failed or case.message))
        table.add_row(case.name, Text(case.verdict, STYLES[case.verdict]), f"{case.time_ms:.0f}", why)
    return table


def _detail(case: CaseResult) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for check in case.checks:
        if check.passed:
            continue
        table.add_row(f"{case.name}: {check.id}", Text(plain(check.message)))
        for label, value in (("expected", check.expected), ("actual", check.actual)):
            if value is not None:
                table.add_row(Text(f"  {label}", "dim"), Text(_short(value)))
    return table


def _footer(report: Report) -> Text:
    made, handover = report.provenance, report.handed_over
    process = PROCESSES.get(report.lane, "")
    if handover is not None and handover.id is HandoverId.STARTING:
        process += " (slower than usual: the judge was still warming up)"
    facts = [
        f"{report.time_ms:.0f} ms",
        f"{report.cpu_ms:.0f} ms CPU",
        f"{report.memory_mb:.0f} MiB",
        process,
        f"seed {made.seed}" + (" of the server's own" if made.hidden_seed == "server" else ""),
        f"jax {made.jax}, flax {made.flax}" if made.jax else "",
        f"sandbox: {len(made.sandbox)} layers" if made.sandbox else "",  # --json names them
    ]
    return Text(plain(" · ".join(fact for fact in facts if fact)), "dim")


def _short(value: Json) -> str:
    text = "" if value is None else plain(str(value))
    return text if len(text) <= MAX_VALUE else text[: MAX_VALUE - 1] + "…"


def _cut(text: str) -> str:
    lines = text.splitlines()
    more = len(lines) - MAX_LINES
    return "\n".join(lines[:MAX_LINES] + ([f"... {more} more lines"] if more > 0 else []))


def plain(text: str, lines: bool = False) -> str:
    """Return `text` with every character that could control a terminal escaped; `lines` keeps line ends and tabs."""
    kept = "\n\t" if lines else ""
    return "".join(
        character if character.isprintable() or character in kept else repr(character)[1:-1] for character in text
    )
