"""Prints the exam of one package for people."""

from collections import defaultdict

from rich.markup import escape
from rich.table import Table

from judge.cli.render.console import say
from judge.cli.render.report import plain
from judge.exam import ExamReport, Graded, Part, Tolerance
from judge.verdict import Verdict


def show(report: ExamReport) -> None:
    """Print the exam: papers by folder, tolerances, mutants, and all failures."""
    say(f"\n[bold]{escape(report.problem)}[/]  [dim]{report.package[:19]}[/]")
    if report.marks:
        say(_papers(report.marks))
    if report.tolerances:
        say(_tolerances(report.tolerances))
    for line in _sums(report):
        say(escape(line))
    for note in report.notes:
        say(f"[yellow]note[/]  {escape(note)}")
    failures = list(report.failures())
    for finding in failures:
        say(f"[red]FAILED[/]  {finding.part}: {escape(finding.subject)}: {escape(plain(finding.message))}")
    total = len(report.findings)
    say(f"[red]failed: {len(failures)} of {total} requirements[/]" if failures else f"[green]passed: {_all(total)}[/]")


def _all(count: int) -> str:
    return f"all {count} requirements hold"


def _papers(marks: tuple[Graded, ...]) -> Table:
    folders: dict[str, list[Graded]] = defaultdict(list)
    for mark in marks:
        folders[mark.name.partition("/")[0]].append(mark)
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("papers", no_wrap=True)
    for name in ("as expected", "slowest, CPU ms"):
        table.add_column(name, justify="right", no_wrap=True)
    for folder in sorted(folders, key=_order):
        group = folders[folder]
        right = sum(mark.passed for mark in group)
        colour = "green" if right == len(group) else "red"
        slowest = max(mark.report.cpu_ms for mark in group)
        table.add_row(folder, f"[{colour}]{right} of {len(group)}[/]", f"{slowest:.0f}")
    return table


def _order(folder: str) -> int:
    known = [verdict.value for verdict in Verdict]
    return known.index(folder) if folder in known else len(known)


def _tolerances(found: tuple[Tolerance, ...]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("tolerance of", no_wrap=True)
    for name in ("noise", "accepted", "derived", "slack", "half precision"):
        table.add_column(name, justify="right", no_wrap=True)
    for each in found:
        accepted = f"{each.accepted:.1e}" if each.accepted else "exact"
        slack = f"{each.slack:.0f}x" if each.slack is not None else "no noise"
        half = "refused" if each.half_refused else "accepted"
        if each.checked:
            table.add_row(each.target, f"{each.noise:.1e}", accepted, f"{each.derived:.0e}", slack, half)
        else:
            table.add_row(each.target, f"{each.noise:.1e}", "not checked", "", "", "")
    return table


def _sums(report: ExamReport) -> list[str]:
    lines = []
    if report.mutants:
        ends = ", ".join(f"{count} {name}" for name, count in sorted(report.mutants.items()))
        lines.append(f"mutants: {sum(report.mutants.values())} made; {ends}")
    trivial = [finding for finding in report.findings if finding.part is Part.TRIVIAL]
    if trivial:
        lines.append(f"trivial programs: {sum(each.passed for each in trivial)} of {len(trivial)} refused")
    hits, accepted = report.warm_up
    if accepted:
        lines.append(f"warm-up: {hits} of {accepted} accepted papers on the fast lane")
    return lines
