"""Reads the right solutions that a package shows beside its own, from the files that `[[alternatives]]` names."""

from pathlib import Path

from judge.errors import SubmissionRefused
from judge.problems import static_checks
from judge.problems.manifest import FILE, Manifest, line_of
from judge.problems.problem import Alternative
from judge.submission import read_source


def read(folder: Path, manifest: Manifest, faults: list[str]) -> tuple[Alternative, ...]:
    """Return the alternatives of the package in `folder`, after adding what is wrong with them to `faults`."""
    found = []
    for index, table in enumerate(manifest.alternatives):
        source = _source(folder, table.file, index, faults)
        if source is None:
            continue
        tree = static_checks.parse(table.file, source, faults)
        if tree:
            static_checks.require_function(table.file, tree, manifest.entry, manifest.parameters, faults)
        found.append(Alternative(file=table.file, title=table.title, why=table.why, source=source))
    if manifest.alternatives and manifest.solution.show == "never":
        faults.append(f"{FILE}: [[alternatives]] are shown with the solution, but [solution] never shows it")
    return tuple(found)


def _source(folder: Path, file: str, index: int, faults: list[str]) -> str | None:
    try:
        return read_source((folder / file).read_bytes())
    except FileNotFoundError:
        line = line_of((folder / FILE).read_text(encoding="utf-8"), ("alternatives", index, "file"))
        faults.append(f"{FILE}:{line}: the file `{file}` is missing")
    except (OSError, SubmissionRefused) as error:
        faults.append(f"{file}: {error}")
    return None
