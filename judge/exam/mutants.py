"""Mutants: wrong programs made from the reference by rule. A package that accepts one does not check something.

Only what the entry point reaches is changed; `lookalikes` and what it alone needs are left out of the mutants.
"""

import ast
import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from judge.exam.mutation_rules import HELPER, RULES, SKIPPING
from judge.exam.sitting import Program
from judge.exam.wrapper_mutants import WRAPPERS
from judge.problems.load import Problem
from judge.problems.manifest import EquivalentMutant

LEAST_SHOWN, MOST_SHOWN = 12, 80  # characters of a changed piece of source


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """One wrong program: the rule that made it, the source before and after, and its line in reference.py.

    `line` is 0 where the reference is unchanged, but its inputs or its result are not; `before` then names the change.
    """

    rule: str
    line: int
    before: str
    after: str
    source: str

    @property
    def name(self) -> str:
        """The mutant in one line for people."""
        if self.line:
            return f"{self.rule}, line {self.line}: `{_short(self.before)}` → `{_short(self.after)}`"
        return f"{self.rule}: {self.before}"

    @property
    def program(self) -> Program:
        """The mutant as a program to grade."""
        return Program(name=self.name, source=self.source, wrong=True)

    def is_listed(self, listed: EquivalentMutant) -> bool:
        """Return True if an entry of [[equivalent_mutants]] matches this mutant."""
        shown = f"{self.before} → {self.after}"
        return self.rule == listed.rule and _flat(listed.at) in _flat(shown)


def mutants(problem: Problem) -> Iterator[Mutant]:
    """Yield the mutants of the problem's reference: each differs from it, and from the others, in its text."""
    tree = _reachable(ast.parse(problem.reference), problem.entry)
    for ordinal, node in enumerate(ast.walk(tree)):
        node.ordinal = ordinal  # type: ignore[attr-defined]  # survives the copies, to find the node again
    plain = ast.unparse(tree)
    seen = {plain}
    texts = _texts(tree)
    parents = {child: parent for parent in ast.walk(tree) for child in ast.iter_child_nodes(parent)}
    for node in ast.walk(tree):
        for rule, make in RULES.items():
            if id(node) in texts:
                continue
            for other in make(node):
                source = _replaced(tree, node, other)
                if source not in seen:
                    seen.add(source)
                    yield _mutant(rule, node, other, source, _place(node, parents))
    for name, wrapper in WRAPPERS.items():
        for what, source in wrapper(problem):
            yield Mutant(rule=name, line=0, before=what, after="", source=f"{plain}\n\n\n{source}")


def _mutant(rule: str, node: ast.AST, other: ast.AST | list[ast.stmt], source: str, place: ast.AST) -> Mutant:
    if isinstance(other, list):
        after = "; ".join(ast.unparse(ast.fix_missing_locations(copy.deepcopy(piece))) for piece in other)
    else:
        after = _replaced(place, node, other)
    if SKIPPING in source:
        source += f"\n\n{HELPER}"
    line = getattr(node, "lineno", 0) or getattr(getattr(node, "value", None), "lineno", 0)
    return Mutant(rule=rule, line=line, before=ast.unparse(place), after=after, source=source)


def _place(node: ast.AST, parents: Mapping[ast.AST, ast.AST]) -> ast.AST:
    """Return the node, or as much of the expression around it as distinguishes it from equal ones elsewhere."""
    place = node
    while len(ast.unparse(place)) < LEAST_SHOWN and isinstance(parents[place], ast.expr | ast.keyword):
        place = parents[place]
    return place


def _short(text: str) -> str:
    line = _flat(text)
    return line if len(line) <= MOST_SHOWN else line[: MOST_SHOWN - 1] + "…"


def _flat(text: str) -> str:
    return " ".join(text.split())


def _replaced(tree: ast.AST, node: ast.AST, other: ast.AST | list[ast.stmt]) -> str:
    changed: ast.AST = _Replace(node.ordinal, other).visit(copy.deepcopy(tree))  # type: ignore[attr-defined]
    return ast.unparse(ast.fix_missing_locations(changed))


class _Replace(ast.NodeTransformer):
    def __init__(self, ordinal: int, other: ast.AST | list[ast.stmt]) -> None:
        self._ordinal = ordinal
        self._other = other

    def visit(self, node: ast.AST) -> Any:
        """Return the node, or a copy of the other one in its place."""
        if getattr(node, "ordinal", None) == self._ordinal:
            return copy.deepcopy(self._other)
        return super().visit(node)


def _texts(tree: ast.Module) -> set[int]:
    """Return the ids of nodes of documentation, formatted texts and annotations: changing them makes nothing wrong."""
    found: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            found.add(id(node.value))
        elif isinstance(node, ast.JoinedStr):
            found.update(id(each) for each in ast.walk(node))
        elif isinstance(node, ast.arg) and node.annotation:
            found.update(id(each) for each in ast.walk(node.annotation))
        elif isinstance(node, ast.FunctionDef) and node.returns:
            found.update(id(each) for each in ast.walk(node.returns))
    return found


def _reachable(tree: ast.Module, entry: str) -> ast.Module:
    """Return the imports, and the top-level definitions that `entry` needs, directly or not, in their order."""
    owners: dict[str, list[ast.stmt]] = {}
    for statement in tree.body:
        for name in _defines(statement):
            owners.setdefault(name, []).append(statement)
    needed: set[int] = set()
    pending = [entry]
    seen = {entry}
    while pending:
        for statement in owners.get(pending.pop(), ()):
            needed.add(id(statement))
            names = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)} - seen
            seen |= names
            pending += names
    kept = [
        statement
        for statement in tree.body
        if id(statement) in needed or isinstance(statement, ast.Import | ast.ImportFrom) or not _defines(statement)
    ]
    return ast.Module(body=kept, type_ignores=[])


def _defines(statement: ast.stmt) -> list[str]:
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return [statement.name]
    if isinstance(statement, ast.Assign | ast.AnnAssign):
        return [
            node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        ]
    return []
