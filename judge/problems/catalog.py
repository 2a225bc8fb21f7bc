"""All the problems that are installed, in the order of their tracks."""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import replace
from pathlib import Path

import judge
from judge.errors import PackageFault, UnknownProblem
from judge.problems.hidden_seed import HiddenSeed
from judge.problems.load import Problem, load_problem
from judge.problems.manifest import FILE, line_of
from judge.problems.suggest import did_you_mean
from judge.settings import load_settings


def default_problem_dirs(setting: str | None = None) -> tuple[Path, ...]:
    """Return the folders of problems: $JUDGE_PROBLEMS, else the checkout's, else the installation's."""
    setting = load_settings().problems if setting is None else setting
    named = [Path(each) for each in setting.split(os.pathsep) if each]
    if named:
        return tuple(named)
    checkout = Path(judge.__file__).parents[1]
    if (checkout / "pyproject.toml").is_file() and (checkout / "problems").is_dir():
        return (checkout / "problems",)
    return (Path(sys.prefix) / "share" / "judge" / "problems",)


class Catalog:
    """The problems of some folders; a folder that is itself a package counts as one.

    A faulty package harms no other: `problems` leaves it out, `get` raises its PackageFault, `faults` lists it. One
    whose track alone is faulty (it builds on a problem that isn't here) is listed by `faults` and judged all the same.
    """

    def __init__(self, dirs: Sequence[Path]) -> None:
        self.dirs = tuple(dirs)
        self._problems: dict[str, Problem] = {}
        self._broken: dict[str, PackageFault] = {}
        self._misplaced: dict[str, PackageFault] = {}
        self._load()

    def problems(self) -> list[Problem]:
        """Return the sound problems: track by track, each in its own order; then those without a track."""
        return sorted(self._problems.values(), key=_place)

    def faults(self) -> dict[str, PackageFault]:
        """Return the faults of the faulty packages, by slug."""
        return self._broken | self._misplaced

    def get(self, slug: str) -> Problem:
        """Return the problem `slug`. Raises UnknownProblem, or PackageFault where the package is there but faulty."""
        if slug in self._broken:
            raise self._broken[slug]
        try:
            return self._problems[slug]
        except KeyError:
            known = [problem.slug for problem in self.problems()]
            suggestion = did_you_mean(slug, known) or f"; installed: {', '.join(known) or 'none'}"
            raise UnknownProblem(f"there is no problem `{slug}`{suggestion}") from None

    def with_hidden_seed(self, hidden_seed: HiddenSeed | None) -> "Catalog":
        """Return the same problems, their hidden cases drawn from `hidden_seed` (None: from each package's own)."""
        other = copy(self)
        other._problems = {slug: replace(problem, hidden_seed=hidden_seed) for slug, problem in self._problems.items()}
        return other

    def _load(self) -> None:
        folders: dict[str, Path] = {}
        for folder in _package_folders(self.dirs):
            first = folders.setdefault(folder.name, folder)
            if first != folder:
                fault = f"two packages have this slug: {first} and {folder}; rename one"
                self._problems.pop(folder.name, None)
                self._broken[folder.name] = PackageFault(faults=(fault,), package=folder.name)
                continue
            try:
                self._problems[folder.name] = load_problem(folder)
            except PackageFault as error:
                self._broken[folder.name] = error
        self._misplaced = _track_faults(self._problems, set(folders))


def open_catalog(dirs: Sequence[Path] | None = None) -> Catalog:
    """Return the catalog of `dirs`; of `default_problem_dirs()` where none is given."""
    return Catalog(dirs or default_problem_dirs())


def _package_folders(dirs: Sequence[Path]) -> Iterator[Path]:
    seen = set()
    for place in dirs:
        place = place.resolve()
        inside = sorted(place.iterdir()) if place.is_dir() else []
        for folder in [place] if (place / FILE).is_file() else inside:
            if folder.is_dir() and not folder.name.startswith((".", "_")) and folder not in seen:
                seen.add(folder)
                yield folder


def _place(problem: Problem) -> tuple[bool, str, int, str]:
    track = problem.manifest.track
    return (False, track.name, track.order, problem.slug) if track else (True, "", 0, problem.slug)


def _track_faults(problems: Mapping[str, Problem], known: set[str]) -> dict[str, PackageFault]:
    """Return the faults between packages: `after` an unknown problem, after itself, or out of order in its track."""
    faults = {}
    for slug, problem in problems.items():
        track = problem.manifest.track
        links = [_fault_of_link(problems, known, slug, earlier) for earlier in (track.after if track else ())]
        if any(links):
            line = line_of((problem.folder / FILE).read_text(encoding="utf-8"), ("track", "after"))
            lines = tuple(f"{FILE}:{line}: `track.after`: {fault}" for fault in links if fault)
            faults[slug] = PackageFault(faults=lines, package=slug)
    return faults


def _fault_of_link(problems: Mapping[str, Problem], known: set[str], slug: str, earlier: str) -> str | None:
    if earlier not in known:
        return f"there is no problem `{earlier}`"
    path = _path(problems, earlier, slug)
    if path:
        return "circular `after`: " + " -> ".join([slug, *path])
    track = problems[slug].manifest.track
    before = problems[earlier].manifest.track if earlier in problems else None
    if track and before and track.name == before.name and track.order <= before.order:
        return f"`{earlier}` has order {before.order}, this has {track.order}: it should be greater"
    return None


def _path(problems: Mapping[str, Problem], start: str, goal: str) -> list[str] | None:
    """Return the slugs from `start` to `goal` along `after`, both included, or None."""
    pending, seen = [[start]], {start}
    while pending:
        path = pending.pop()
        if path[-1] == goal:
            return path
        problem = problems.get(path[-1])
        track = problem.manifest.track if problem else None
        for slug in track.after if track else ():
            if slug not in seen:
                seen.add(slug)
                pending.append([*path, slug])
    return None
