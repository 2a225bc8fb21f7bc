"""`problem.toml`: the description of a package, read strictly, each fault with its line."""

import re
import tomllib
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, Field, ValidationError, model_validator

from judge.error_catalogue import Entry, entries_of
from judge.errors import PackageFault
from judge.limits import DEFAULT_CPU_SECONDS, DEFAULT_MEMORY_MIB, DEFAULT_OUTPUT_BYTES, DEFAULT_RESULT_BYTES
from judge.problems.course_tables import MOST_ALTERNATIVES, AlternativeTable, CourseTable
from judge.problems.manifest_types import Array, Name, Slug, Table, Text
from judge.problems.suggest import did_you_mean
from judge.submission import MAX_SEED

FILE = "problem.toml"
FORMAT = 1  # of the package; a change that old packages do not survive makes it 2
KIB = 1024  # bytes
MOST_CASES = 200
MOST_CPU_SECONDS = 600.0
LEAST_MEMORY_MIB = 256  # below it JAX's backend does not start


def _known_format(number: int) -> int:
    if number != FORMAT:
        raise ValueError(f"this judge reads format {FORMAT}, not {number}")
    return number


class CaseCounts(Table):
    """`[cases]`: the numbers of cases that are shown, and that are not."""

    samples: int = Field(default=3, ge=1, le=MOST_CASES)
    hidden: int = Field(default=9, ge=1, le=MOST_CASES)


class LimitsTable(Table):
    """`[limits]`: resources of one submission, over all of its cases."""

    cpu_seconds: float = Field(default=DEFAULT_CPU_SECONDS, gt=0, le=MOST_CPU_SECONDS)
    memory_mib: int = Field(default=DEFAULT_MEMORY_MIB, ge=LEAST_MEMORY_MIB)
    output_kib: int = Field(default=DEFAULT_OUTPUT_BYTES // KIB, ge=1)
    result_kib: int = Field(default=DEFAULT_RESULT_BYTES // KIB, ge=1)


class Runtime(Table):
    """`[runtime]`: `light` is XLA's cheap compilation; `facts` names what the checks want measured in the box."""

    light: bool = True
    facts: Array[Text] = ()


class Track(Table):
    """`[track]`: the sequence of exercises that this one belongs to, its order, and what it builds on."""

    name: Text
    order: int = Field(ge=0)
    after: Array[Slug] = ()


class Hint(Table):
    """`[[hints]]`: one step of help, given on request; `mistakes` are those after which it is offered."""

    text: Text
    mistakes: Array[Slug] = ()


class MistakeTable(Table):
    """`[mistakes.<id>]`: a known mistake, how to fix it, and which others are seen because of it."""

    message: Text
    hint: str = ""
    explains: Array[Slug] = ()


class ErrorTable(Table):
    """`[errors.<id>]`: an exception that the exercise leads to, and what to say of it; see judge.error_catalogue."""

    types: Array[Text]
    pattern: Text | None = None
    source: Text | None = None
    message: Text
    hint: Text
    link: Text | None = None


class SolutionPolicy(Table):
    """`[solution]`: when `solution.md` is shown."""

    show: Literal["after_accepted", "never"] = "after_accepted"


class EquivalentMutant(Table):
    """`[[equivalent_mutants]]`: a mutant of the reference that is right as well, and why.

    `rule` and `at` are taken from the line that `judge check` prints for it; `at` is a part of the text after the rule,
    enough to match no other mutant. Without `at` all mutants of the rule are meant.
    """

    rule: Text
    at: str = ""
    reason: Text


class Manifest(Table):
    """All of `problem.toml`."""

    format: Annotated[int, AfterValidator(_known_format)]
    title: Text
    entry: Name
    parameters: Array[Name]
    seed: int = Field(ge=1, le=MAX_SEED)
    tags: Array[Text] = ()
    cases: CaseCounts = CaseCounts()
    limits: LimitsTable = LimitsTable()
    runtime: Runtime = Runtime()
    track: Track | None = None
    course: CourseTable = CourseTable()
    hints: Array[Hint] = ()
    mistakes: dict[Slug, MistakeTable] = Field(default={})
    errors: dict[Slug, ErrorTable] = Field(default={})
    solution: SolutionPolicy = SolutionPolicy()
    alternatives: Array[AlternativeTable] = ()
    equivalent_mutants: Array[EquivalentMutant] = ()

    @property
    def signature(self) -> str:
        """The signature `entry(parameters)`, as a solution writes it."""
        return f"{self.entry}({', '.join(self.parameters)})"

    @model_validator(mode="after")
    def _errors_are_entries(self) -> "Manifest":
        self.error_entries()
        return self

    def error_entries(self) -> tuple[Entry, ...]:
        """Return the package's own entries of the catalogue of errors. Raises ValueError, naming a faulty one."""
        return entries_of({name: table.model_dump(exclude_none=True) for name, table in self.errors.items()})

    @model_validator(mode="after")
    def _explained_mistakes_are_known(self) -> "Manifest":
        for name, mistake in self.mistakes.items():
            for other in mistake.explains:
                if other not in self.mistakes:
                    raise ValueError(
                        f"[mistakes.{name}] explains `{other}`, which is missing{did_you_mean(other, self.mistakes)}"
                    )
        for other in (other for hint in self.hints for other in hint.mistakes):
            if other not in self.mistakes:
                raise ValueError(
                    f"[[hints]] names the mistake `{other}`, which is missing{did_you_mean(other, self.mistakes)}"
                )
        return self

    @model_validator(mode="after")
    def _few_different_alternatives(self) -> "Manifest":
        files = [alternative.file for alternative in self.alternatives]
        if len(files) > MOST_ALTERNATIVES:
            raise ValueError(f"{len(files)} [[alternatives]]; {MOST_ALTERNATIVES} are the most")
        if len(set(files)) != len(files):
            raise ValueError("[[alternatives]] names one file twice")
        return self

    @model_validator(mode="after")
    def _parameters_of_a_function(self) -> "Manifest":
        if not self.parameters:
            raise ValueError("`parameters` is empty: without inputs every case is the same")
        if len(set(self.parameters)) != len(self.parameters):
            raise ValueError("`parameters` names one parameter twice")
        return self


def read_manifest(text: str) -> Manifest:
    """Return the manifest that `text` holds. Raises PackageFault with every fault, as `problem.toml:line: fault`."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PackageFault(faults=(f"{FILE}:{_line_of_syntax(text, str(error))}: {error}",)) from error
    try:
        return Manifest.model_validate(table)
    except ValidationError as error:
        faults = tuple(_fault(text, dict(each)) for each in error.errors(include_url=False, include_context=True))
        raise PackageFault(faults=faults) from error


def line_of(text: str, path: Sequence[str | int]) -> int | None:
    """Return the line of TOML `text` on which the key at `path` begins, or else its nearest parent's, or None.

    tomllib reports no positions, but each prefix of whole lines that it can read shows which keys are there by then.
    """
    lines = text.split("\n")
    for end in range(len(path), 0, -1):
        begin = 1
        for count in range(1, len(lines) + 1):
            try:
                table = tomllib.loads("\n".join(lines[:count]))
            except tomllib.TOMLDecodeError:
                continue  # inside a value of several lines
            if _holds(table, path[:end]):
                return begin
            begin = count + 1
    return None


def _holds(table: Any, path: Sequence[str | int]) -> bool:
    for key in path:
        try:
            table = table[key]
        except (KeyError, IndexError, TypeError):
            return False
    return True


def _line_of_syntax(text: str, message: str) -> int:
    found = re.search(r"at line (\d+)", message)
    return int(found[1]) if found else text.rstrip("\n").count("\n") + 1


def _fault(text: str, error: dict[str, Any]) -> str:
    path = [key for key in error["loc"] if key != "[key]"]
    line = line_of(text, path)
    return f"{FILE}:{line}: {_sentence(path, error)}" if line else f"{FILE}: {_sentence(path, error)}"


def _sentence(path: Sequence[str | int], error: dict[str, Any]) -> str:
    key = ".".join(str(part) for part in path)
    match error["type"]:
        case "extra_forbidden":
            return f"unknown key `{key}`{did_you_mean(str(path[-1]), _known_keys(path[:-1]))}"
        case "missing":
            return f"the key `{key}` is missing"
        case "string_pattern_mismatch":  # SLUG is the only pattern
            return f"`{key}`: use lower-case letters, digits and single hyphens{_as_in(str(error['input']))}"
    what = str(error["msg"]).removeprefix("Value error, ")
    return f"`{key}`: {what}" if key else what


def _as_in(name: str) -> str:
    words = re.findall(r"[a-z0-9]+", name.lower())
    return f", such as `{'-'.join(words)}`" if words else ""


def _known_keys(path: Sequence[str | int]) -> list[str]:
    tables: dict[str, type[BaseModel]] = {
        "cases": CaseCounts,
        "limits": LimitsTable,
        "runtime": Runtime,
        "track": Track,
        "course": CourseTable,
        "alternatives": AlternativeTable,
        "hints": Hint,
        "mistakes": MistakeTable,
        "errors": ErrorTable,
        "solution": SolutionPolicy,
        "equivalent_mutants": EquivalentMutant,
    }
    table = tables.get(str(path[0]), Manifest) if path else Manifest
    return list(table.model_fields)
