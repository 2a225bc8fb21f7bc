"""One exercise as the judge uses it: its text, its cases, its checks, its policy."""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TypeAlias

import numpy as np

from judge.case import Case
from judge.error_catalogue import Entry
from judge.errors import PackageFault
from judge.evidence import Evidence, Value
from judge.limits import WALL_PER_CPU, Limits
from judge.problems import static_checks
from judge.problems.author_code import where_raised
from judge.problems.cases import PUBLIC, PUBLIC_DRAWS, BadCase, Draw, draw_cases, draw_inputs, public_cases
from judge.problems.hidden_seed import HiddenSeed, SeedKind
from judge.problems.manifest import FILE, KIB, Manifest
from judge.verdict import Check, Json, Mistake, Verdict

KEPT_DRAWS = 8  # seeds of one problem whose cases stay in memory

Checker: TypeAlias = Callable[[Case, Evidence, Evidence], Iterable[Check]]


@dataclass(frozen=True, kw_only=True)
class Alternative:
    """Another right solution that its author shows: `file` is its path in the package."""

    file: str
    title: str
    why: str
    source: str


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One problem package without faults.

    `reference`, `starter` and `warmup` are source text, never run here; `digest` is `sha256:<hex>` over the package's
    files, and changes with any of them. `aspects` are those of lookalikes that check.py asks for, None where
    they can't be read from its text. `hidden_seed` is the server's secret, None where the package's own seed draws the
    hidden cases.
    """

    slug: str
    folder: Path
    manifest: Manifest
    statement: str
    starter: str
    reference: str
    warmup: str = ""
    solution: str | None = None
    alternatives: tuple[Alternative, ...] = ()
    digest: str
    aspects: frozenset[str] | None = None
    draw: Draw = field(repr=False)
    checker: Checker = field(repr=False)
    hidden_seed: HiddenSeed | None = None

    @property
    def title(self) -> str:
        """The problem's name for people."""
        return self.manifest.title

    @property
    def entry(self) -> str:
        """The function that a submission defines."""
        return self.manifest.entry

    @property
    def parameters(self) -> tuple[str, ...]:
        """The entry point's parameters, in order."""
        return self.manifest.parameters

    @property
    def signature(self) -> str:
        """The signature `entry(parameters)`, as a solution writes it."""
        return self.manifest.signature

    @property
    def limits(self) -> Limits:
        """The resources that one submission may use."""
        table = self.manifest.limits
        return Limits(
            cpu_seconds=table.cpu_seconds,
            wall_seconds=table.cpu_seconds * WALL_PER_CPU,
            memory_mib=table.memory_mib,
            output_bytes=table.output_kib * KIB,
            result_bytes=table.result_kib * KIB,
        )

    @cached_property
    def has_lookalikes(self) -> bool:
        """True if the reference defines `lookalikes`."""
        tree = static_checks.parse("reference.py", self.reference, [])
        return tree is not None and static_checks.find_function(tree, static_checks.LOOKALIKES) is not None

    @property
    def hints(self) -> tuple[str, ...]:
        """Hints, to be given one by one."""
        return tuple(hint.text for hint in self.manifest.hints)

    @property
    def array_parameters(self) -> tuple[str, ...]:
        """The parameters that are arrays in the first sample."""
        inputs = self.cases()[0].inputs
        return tuple(name for name, value in inputs.items() if isinstance(value, np.ndarray))

    def shows_solution_after(self, verdict: Verdict | None) -> bool:
        """Return True if a visitor with the best verdict `verdict` may read the solution and its alternatives."""
        return self.manifest.solution.show == "after_accepted" and verdict is Verdict.ACCEPTED

    def summary(self) -> dict[str, Json]:
        """Return the entry of this problem in a list of problems."""
        track = self.manifest.track
        return {
            "slug": self.slug,
            "title": self.title,
            "signature": self.signature,
            "tags": list(self.manifest.tags),
            "track": track.model_dump(mode="json") if track else None,
            "samples": self.manifest.cases.samples,
            "hidden": self.manifest.cases.hidden,
            "hints": len(self.hints),
            "package": self.digest,
            **self.manifest.course.model_dump(mode="json"),
        }

    def cases(self, seed: int = 0) -> tuple[Case, ...]:
        """Return samples, always from the manifest's seed; then hidden cases drawn from `seed` (0: the manifest's).

        With a hidden seed, hidden cases are drawn from that secret mixed with `seed`. For the seed PUBLIC, return
        the public cases instead, which depend on the package alone, the smallest first. Raises PackageFault where
        `cases(rng)` fails for this seed.
        """
        try:
            return self._draws(self.canonical_seed(seed))
        except Exception as error:
            raise PackageFault(faults=(fault_of_cases(error, self.folder),), package=self.slug) from error

    def case_count(self, seed: int = 0) -> int:
        """Return the number of `cases(seed)`, without drawing them."""
        counts = self.manifest.cases
        return (counts.samples + counts.hidden) * (PUBLIC_DRAWS if seed == PUBLIC else 1)

    def canonical_seed(self, seed: int) -> int:
        """Return `seed`, or 0 where it is the manifest's own: both mean the same cases."""
        return 0 if seed == self.manifest.seed else seed

    def seed_kind(self, seed: int) -> SeedKind:
        """Return the origin of the hidden cases of `cases(seed)`."""
        if self.hidden_seed is not None:
            return SeedKind.SERVER
        return SeedKind.REQUEST if self.canonical_seed(seed) else SeedKind.PACKAGE

    def warm_up_inputs(self) -> list[Mapping[str, Value]]:
        """Return inputs like those of the cases, for a warm-up, from a seed that draws no case, in an order of its own.

        So they reveal nothing that `cases.py` draws for a case; its constants are there, but not which case has which.
        Raises PackageFault where `cases(rng)` fails for this seed.
        """
        return self._shuffled("warm-up")

    def learner_inputs(self, seed: int) -> list[Mapping[str, Value]]:
        """Return inputs like those of the cases for a seed that a learner names, in an order of their own.

        No seed draws a hidden case, whatever draws those: the package, a secret, or a number. Raises PackageFault where
        `cases(rng)` fails for this seed.
        """
        return self._shuffled(f"learner's seed {seed}")

    def _shuffled(self, purpose: str) -> list[Mapping[str, Value]]:
        generator = self._own_generator(purpose)
        try:
            inputs = list(draw_inputs(self.draw, self.manifest, generator))
        except Exception as error:
            raise PackageFault(faults=(fault_of_cases(error, self.folder),), package=self.slug) from error
        return [inputs[index] for index in generator.permutation(len(inputs))]

    @cached_property
    def _draws(self) -> Callable[[int], tuple[Case, ...]]:
        @lru_cache(KEPT_DRAWS)
        def drawn(seed: int) -> tuple[Case, ...]:
            if seed == PUBLIC:
                return public_cases(self.draw, self.manifest, self._own_generator("public"))
            generator = self.hidden_seed.generator(self.slug, seed) if self.hidden_seed else None
            return draw_cases(self.draw, self.manifest, seed, generator)

        return drawn

    def _own_generator(self, purpose: str) -> np.random.Generator:
        """Return random numbers that follow from the package and a purpose, and that no seed of cases gives."""
        entropy = int.from_bytes(hashlib.sha256(f"{purpose}\n{self.digest}".encode()).digest(), "big")
        return np.random.Generator(np.random.PCG64(entropy))

    def check(self, case: Case, expected: Evidence, actual: Evidence) -> Iterator[Check]:
        """Yield the checks of one case, in the author's order. Raises PackageFault where check.py itself fails."""
        try:
            for check in self.checker(case, expected, actual):
                if not isinstance(check, Check):
                    raise TypeError(f"check() yields a {type(check).__name__}; it should yield judge.verdict.Check")
                yield check
        except Exception as error:
            where = where_raised(error, self.folder / "check.py")
            kind = "" if isinstance(error, PackageFault) else f"{type(error).__name__}: "
            raise PackageFault(faults=(f"{where}: {case.name}: {kind}{error}",), package=self.slug) from error

    @cached_property
    def error_entries(self) -> tuple[Entry, ...]:
        """The package's own entries of the catalogue of errors, tried before the judge's."""
        return self.manifest.error_entries()

    def mistake(self, name: str) -> Mistake:
        """Return the mistake `[mistakes.<name>]`. Raises PackageFault if problem.toml names no such mistake."""
        try:
            table = self.manifest.mistakes[name]
        except KeyError:
            fault = f"{FILE}: [mistakes.{name}] is missing, but a check names it"
            raise PackageFault(faults=(fault,), package=self.slug) from None
        return Mistake(id=name, message=table.message, hint=table.hint)


def fault_of_statement(statement: str, signature: str) -> str:
    """Return the fault of a statement that lacks the signature, white space aside; "" if it has none."""
    found = re.sub(r"\s", "", signature) in re.sub(r"\s", "", statement)
    return "" if found else f"does not contain `{signature}`, the signature that problem.toml gives"


def fault_of_cases(error: Exception, folder: Path) -> str:
    """Return the fault of a package's cases, as `cases.py:line: fault`."""
    where = where_raised(error, folder / "cases.py")
    return f"{where}: {error}" if isinstance(error, BadCase) else f"{where}: {type(error).__name__}: {error}"
