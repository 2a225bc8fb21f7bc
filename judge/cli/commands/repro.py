"""`judge repro`: writes a program that repeats a failure on any machine with JAX and Flax."""

import os
from pathlib import Path
from typing import Annotated

import typer

from judge.cli.exit_codes import EXIT_JUDGE_ERROR, EXIT_NOT_ACCEPTED, EXIT_USAGE
from judge.cli.options import ProblemDirs, ProblemSlug
from judge.report import Report
from judge.submission import MAX_SEED
from judge.verdict import Verdict


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("repro")(repro)


def repro(
    what: Annotated[
        str, typer.Argument(metavar="ID|FILE", help="A submission on a judge, or a file to be graded here first.")
    ],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write the program there. Default: print it.")
    ] = None,
    problem: ProblemSlug = None,
    problems: ProblemDirs = None,
    seed: Annotated[
        int, typer.Option(min=0, max=MAX_SEED, help="Draws the hidden cases of a file; 0: the problem's own.")
    ] = 0,
    url: Annotated[
        str | None, typer.Option(help="Address of the judge. Default: $JUDGE_URL, else http://127.0.0.1:8000.")
    ] = None,
    token: Annotated[
        str | None, typer.Option(help="Token that the submission was sent with. Default: as in `judge submit`.")
    ] = None,
) -> None:
    """Write a program that repeats a failure: the solution, one public case, and what is expected of it.

    It needs JAX and Flax, not the judge. It ends with an error as long as the solution is wrong in this case, and with
    0 once it is right. Where the samples pass, the case is the smallest public one that fails like the hidden ones.

    Exit code 0: written; 1: there is nothing to repeat; 2: the submission, file or package can't be used; 3: the judge
    itself failed.
    """
    from judge.reproduction.program import program

    if Path(what).is_file():
        source, report = _graded(Path(what), problem, problems, seed)
    elif what.endswith(".py") or os.sep in what:
        raise _failure(f"there is no file {what}")
    else:
        source, report = _fetched(what, url, token)
    text = program(source, report)
    if text is None:
        _explain(report)
    elif out is None:
        typer.echo(text, nl=False)
    else:
        out.write_text(text, encoding="utf-8")
        typer.secho(f"{out}: run it with `python {out}`", err=True)


def _graded(file: Path, problem: str | None, problems: list[Path] | None, seed: int) -> tuple[str, Report]:
    from judge.cli.commands import grade_files
    from judge.cli.options import slug_of
    from judge.problems.catalog import default_problem_dirs, open_catalog
    from judge.settings import load_settings

    settings = load_settings()
    catalog = open_catalog(problems or default_problem_dirs(settings.problems))
    slug = problem or slug_of(file, [each.slug for each in catalog.problems()])
    submissions, unreadable = grade_files.read(catalog, [grade_files.Task(file=file, slug=slug)])
    if unreadable:
        raise _failure(f"{file}: {unreadable[0].reason}")
    ((_, report),) = grade_files.grade(catalog, settings.command_cache_dir, submissions, jobs=1, seed=seed)
    return submissions[0][1].source, report


def _fetched(submission_id: str, url: str | None, token: str | None) -> tuple[str, Report]:
    from judge.client import Judge, Refused, Unreachable
    from judge.settings import load_client_settings

    settings = load_client_settings({"url": url, "token": token})
    try:
        with Judge(settings.url, submitter=settings.submitter, token=settings.token) as judge:
            answer = judge.get(submission_id)
    except Refused as refused:
        raise _failure(f"there is no file {submission_id}, and {settings.url} answers: {refused}") from refused
    except Unreachable as unreachable:
        message = f"there is no file {submission_id}, and {unreachable}"
        raise _failure(message, EXIT_JUDGE_ERROR) from unreachable
    if answer.source is None:
        raise _failure("this submission is not yours: send the token that it was sent with")
    if answer.report is None:
        raise _failure(f"the submission is {answer.status}: there is no verdict yet", EXIT_NOT_ACCEPTED)
    return answer.source, answer.report


def _explain(report: Report) -> None:
    """Say why there is no program, and end the command."""
    if report.verdict is Verdict.JUDGE_ERROR:
        raise _failure(report.message, EXIT_JUDGE_ERROR)
    if report.verdict is Verdict.ACCEPTED:
        raise _failure("nothing to repeat: the solution is accepted", EXIT_NOT_ACCEPTED)
    text = f"no public case repeats this {report.verdict.replace('_', ' ')}: {report.message}"
    raise _failure(text, EXIT_NOT_ACCEPTED)


def _failure(message: str, code: int = EXIT_USAGE) -> typer.Exit:
    typer.secho(f"judge: {message}", err=True, fg="red")
    return typer.Exit(code)
