"""`judge doctor`: proves which layers of the sandbox are on here, by trying what each must deny."""

from typing import Annotated, Any

import typer

from judge.cli.exit_codes import EXIT_JUDGE_ERROR


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("doctor")(doctor)


def doctor(
    full: Annotated[bool, typer.Option("--full", help="Run the attacks as well; takes a minute or two.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Prove every layer of the sandbox by an action that it must deny.

    Exit code 0: submissions can be judged here; 3: they can't.
    """
    import json

    from judge.sandbox.doctor import examine

    examination = examine(full=full, on_attempt=None if as_json else _show_attempt)
    if as_json:
        print(json.dumps(_as_json(examination), indent=2))
    else:
        _show(examination)
    raise typer.Exit(0 if examination.sound else EXIT_JUDGE_ERROR)


def _as_json(examination: Any) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "sound": examination.sound,
        "fault": examination.fault,
        "host": examination.host,
        "layers": [asdict(finding) for finding in examination.findings],
        "smoke": examination.smoke,
        "idle_slot_mib": dict(zip(("pss", "own"), (round(each, 1) for each in examination.slot_mib), strict=True)),
        "waiting_service_mib": dict(
            zip(("pss", "own"), (round(each, 1) for each in examination.service_mib), strict=True)
        ),
        "attacks": len(examination.attempts),
        "through": [
            {"attack": f"{attempt.attack.family}/{attempt.attack.name}", "effects": list(attempt.effects)}
            for attempt in examination.through
        ],
    }


def _show_attempt(attempt: Any) -> None:
    if attempt.effects:
        print(f"GOT THROUGH  {attempt.attack.family}/{attempt.attack.name}: {'; '.join(attempt.effects)}", flush=True)


def _show(examination: Any) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False)
    table = Table(title=examination.host, title_justify="left", box=None, pad_edge=False)
    for column in ("layer", "", "denied action, or why it is off"):
        table.add_column(column, overflow="fold")
    for finding in examination.findings:
        mark = "on" if finding.on else "OFF" if finding.required else "--"
        table.add_row(finding.layer, mark, finding.detail)
        if not finding.on:
            table.add_row("", "", f"without it: {finding.missing}")
    if examination.smoke:
        table.add_row("smoke job", "", examination.smoke)
    if any(examination.slot_mib):
        share, own = examination.slot_mib
        table.add_row("idle slot", "", f"a waiting fork takes {share:.0f} MiB (PSS), {own:.0f} MiB of it unshared")
    if any(examination.service_mib):
        share, own = examination.service_mib
        text = f"one that waits takes {share:.0f} MiB (PSS), {own:.0f} MiB of it unshared"
        table.add_row("compile service", "", text)
    if examination.attempts:
        table.add_row("attacks", "", f"{len(examination.attempts)} run, {len(examination.through)} got through")
    console.print(table)
    verdict = "submissions can be judged here" if examination.sound else "NOTHING can be judged here"
    console.print(f"\n{verdict}" + (f": {examination.fault}" if examination.fault else ""), markup=False)
