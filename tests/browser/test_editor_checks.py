"""The check of a program as it is typed: what Python refuses is found at its place, what Python takes is not."""

import ast
import builtins
import random
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PAPERS, await_verdict, open_problem, write
from tests.browser.server import Server

ROOT = Path(__file__).parents[2]
EDITOR = ROOT / "judge" / "web" / "editor"
PROGRAMS = sorted(
    {*ROOT.glob("submissions/*/*/*.py"), *ROOT.glob("problems/*/*.py"), *ROOT.glob("tests/errors/programs/*.py")}
)
RIGHT = (PAPERS / "accepted" / "eager.py").read_text()
MUTANTS = 600
LINES, LINES_MS = 300, 10.0  # the check of so many lines has to take less
LARGEST = 64 * 1024

CHECK = """async (programs) => {
  const found = performance.getEntriesByType("resource").find((entry) => entry.name.includes("/assist-"));
  const { check } = await import(found.name);
  return programs.map((program) => {
    const start = performance.now();
    const faults = check(program).map(({ from, to, severity, message }) => ({ from, to, severity, message }));
    return { faults, ms: performance.now() - start };
  });
}"""


@pytest.fixture(scope="module")
def checked(browser: Browser, server: Server) -> Iterator[Any]:
    """checked(programs) -> what the editor's check finds in each, and how long it took."""
    context = browser.new_context(base_url=server.url)
    page = context.new_page()
    open_problem(page)
    expect(page.locator(".cm-editor[data-assisted]")).to_be_visible()
    yield lambda programs: page.evaluate(CHECK, programs)
    context.close()


def read(path: Path) -> str:
    return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")


def fault_of(program: str) -> SyntaxError | None:
    """What Python says of a program: None if it compiles."""
    try:
        compile(program, "solution.py", "exec", dont_inherit=True)
    except SyntaxError as error:
        return error
    return None


def undefined(program: str) -> set[str]:
    """Names that a program loads and that nothing in it binds, in whatever scope."""
    tree = ast.parse(program)
    bound = {*dir(builtins), "__file__", "__annotations__"}
    loaded = set()
    for node in ast.walk(tree):
        match node:
            case ast.Name(ctx=ast.Load()):
                loaded.add(node.id)
            case ast.Name():
                bound.add(node.id)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                bound.add(node.name)
            case ast.arg():
                bound.add(node.arg)
            case ast.alias():
                bound.add((node.asname or node.name).split(".")[0])
            case ast.ExceptHandler(name=str()):
                bound.add(str(node.name))
            case ast.MatchAs(name=str()) | ast.MatchStar(name=str()):
                bound.add(str(node.name))
    return loaded - bound


def line_of(program: str, place: int) -> int:
    return program.count("\n", 0, place) + 1


def test_no_program_that_python_takes_is_found_fault_with(checked: Any) -> None:
    programs = [read(path) for path in PROGRAMS]
    assert len(programs) > 300
    wrong = {}
    for path, program, result in zip(PROGRAMS, programs, checked(programs), strict=True):
        messages = [fault["message"] for fault in result["faults"]]
        errors = [fault for fault in result["faults"] if fault["severity"] == "error"]
        if bool(errors) != (fault_of(program) is not None) and "\0" not in program:
            wrong[str(path)] = messages
        elif not errors:
            missing = {program[fault["from"] : fault["to"]] for fault in result["faults"]}
            if missing - undefined(program):
                wrong[str(path)] = messages
    assert wrong == {}


def mutants() -> Iterator[str]:
    """Programs with one character, line or indentation changed."""
    chance = random.Random(18)
    papers = [text for path in PROGRAMS if fault_of(text := read(path)) is None]
    pieces = [
        "(",
        ")",
        "[",
        "]",
        "}",
        ":",
        ",",
        "=",
        "'",
        '"',
        "+",
        "*",
        ".",
        " ",
        "\n",
        "    ",
        "if ",
        "def ",
        "lambda ",
        "not ",
        "#",
    ]
    for _ in range(MUTANTS):
        text = chance.choice(papers)
        at = chance.randrange(len(text))
        lines = text.split("\n")
        number = chance.randrange(len(lines))
        match chance.randrange(4):
            case 0:
                yield text[:at] + text[at + 1 :]
            case 1:
                yield text[:at] + chance.choice(pieces) + text[at:]
            case 2:
                lines[number] = " " * chance.choice([1, 2, 4]) + lines[number]
                yield "\n".join(lines)
            case _:
                del lines[number]
                yield "\n".join(lines)


@pytest.mark.filterwarnings("ignore::SyntaxWarning", "ignore::DeprecationWarning")
def test_of_changed_programs_it_finds_what_python_finds_in_the_same_line(checked: Any) -> None:
    programs = list(mutants())
    false, found, missed, same = [], 0, [], 0
    for program, result in zip(programs, checked(programs), strict=True):
        error = fault_of(program)
        errors = [fault for fault in result["faults"] if fault["severity"] == "error"]
        if errors and error is None:
            false.append((errors, program))
        elif errors and error is not None:
            found += 1
            same += line_of(program, errors[0]["from"]) == error.lineno
        elif error is not None:
            missed.append((error.msg, program))
    assert false == []
    assert found > MUTANTS / 4
    assert len(missed) <= 0.05 * (found + len(missed)), missed
    assert same >= 0.95 * found


VALID = """
    from __future__ import annotations
    x = 1. + 2.e-3 + 3.j
    y = (yield_ := [*range(3)])
    lam = lambda a, /, b, *, c=1: a + b + c
    def f(a: Later, /, *rest, key: int = 3, **more) -> Later: return [a, rest, key, more]
    class A[T]:
        size = 3
        def __init__(self): self.n = __class__
        rows = [size for _ in range(size)]
    with open("a") as (first, second): print(first, second)
    with (open("a") as left, open("b") as right): print(left, right)
    match y:
        case {}: pass
        case A(): pass
        case {"k": v, **others} | [v, *others]: print(v, others)
    for head, *tail in []: print(head, tail)
    try: old
    except NameError: old = None
    def outer():
        global made
        made = 1
        def inner():
            nonlocal late
            late = 2
        late = inner
    print(made, x[*y], f"{x!r:>{y}} {x=}", [a for a in y if (b := a)], b)
    async def g(): return [i async for i in g()]
    def h(): y = yield
    t: int
    del t
    type Z = list[Z]
"""


def test_rare_forms_that_python_takes_are_taken(checked: Any) -> None:
    program = textwrap.dedent(VALID)
    assert [checked([program])[0]["faults"], checked([program + "print(late_)\n"])[0]["faults"]] == [[], []]


@pytest.mark.parametrize(
    ("program", "marked", "message"),
    [
        ("def f(x)\n    return x\n", ")", "Expected `:` at the end of this `def` line"),
        ("def f(x):\nreturn x\n", "return x", "Expected an indented block below `def` on line 1"),
        ("x = 1\n    y = 2\n", "y = 2", "This line is indented, but nothing before it opens a block"),
        ("if 1:\n        x = 1\n    y = 2\n", "y = 2", "This indentation fits no block above"),
        ("x = (1, 2\ny = 3\n", "(", "This `(` is never closed"),
        ("x = [1, 2)\n", ")", "`)` doesn't close `[` on line 1"),
        ("x = 1)\n", ")", "Nothing was opened for this `)`"),
        ("x = 'abc\n", "'abc", "This text has no closing `'`"),
        ('x = """abc\n\n', '"""abc', 'This text has no closing `"""`'),
        ("print 'x'\n", "print 'x'", "`print` is a function: write `print(...)`"),
        ("if x = 1:\n    pass\n", "=", "`=` assigns: write `==` to compare"),
        ("if 1:\n    pass\nelse if 2:\n    pass\n", "else if", "Python spells `else if` as `elif`"),
        ("x = 1\nx++\n", "++", "Python has no `++`: write `x += 1`"),
        ("x = 1 && 2\n", "&&", "Python has no `&&`: write `and`"),
        ("print(1 2)\n", "2", "Is a comma missing before `2`? These are arguments of one list"),
        ("x = 1 +\n", "+", "This line ends before it is complete"),
        ("return 1\n", "return 1", "`return` is outside of a function"),
        ("for i in []:\n    pass\nelse:\n    break\n", "break", "`break` is outside of a loop"),
        ("f(a=1, 2)\n", "2", "Arguments by position come before those by name"),
        ("def f(a=1, b): pass\n", "b", "A parameter without a default can't follow one that has a default"),
        ("def f(a, a): pass\n", "a", "Two parameters are named `a`"),
        ("1 = x\n", "1", "A number can't be assigned to"),
        ("x = 007\n", "007", "A whole number doesn't begin with 0"),
    ],
)
def test_an_error_is_said_in_plain_english_at_its_place(checked: Any, program: str, marked: str, message: str) -> None:
    assert fault_of(program) is not None
    ((fault,),) = [result["faults"] for result in checked([program])]
    assert fault["message"] == message
    assert program[fault["from"] : fault["to"]] == marked


@pytest.mark.parametrize(
    ("program", "names"),
    [
        ("import jax\njnp.zeros(3)\n", ["jnp"]),
        ("def f(x):\n    return xx\n", ["xx"]),
        ("class A:\n    n = 1\n    def f(self): return n\n", ["n"]),
        ("[a for a in [1]]\nprint(a)\n", ["a"]),
        ("def f():\n    inside = 1\nprint(inside)\n", ["inside"]),
        ("from os import *\nprint(whatever)\n", []),
        ("exec('a = 1')\nprint(a)\n", []),
        ("def f(:\n    return xx\n", ["syntax"]),  # one thing after the other
    ],
)
def test_names_that_nothing_binds(checked: Any, program: str, names: list[str]) -> None:
    (result,) = checked([program])
    found = [program[f["from"] : f["to"]] if f["severity"] == "warning" else "syntax" for f in result["faults"]]
    assert found == names


def test_its_list_of_builtins_is_that_of_this_python() -> None:
    text = (EDITOR / "builtins.js").read_text()
    listed = set(re.findall(r"[A-Za-z_]\w*", text))
    assert {name for name in dir(builtins) if name != "_"} <= listed


def test_it_is_quick_and_bounded(checked: Any) -> None:
    lines = "\n".join((RIGHT * 20).split("\n")[:LINES])
    at_the_edge = (RIGHT * 100)[:LARGEST]
    runs = [result["ms"] for result in checked([lines] * 30)]
    assert min(runs) < LINES_MS, sorted(runs)
    edge, beyond, deep, nested = checked([at_the_edge, at_the_edge + "1 = (", "(" * LARGEST, "[" * 500 + "]" * 500])
    assert edge["ms"] < 3_000
    assert beyond == {"faults": [], "ms": beyond["ms"]}  # it can't be submitted anyway
    assert beyond["ms"] < 100
    assert deep["ms"] < 6_000
    assert nested["faults"] == []  # deeper than is looked


def test_an_error_is_marked_while_typing_without_a_request(page: Page) -> None:
    open_problem(page)
    expect(page.locator(".cm-editor[data-assisted]")).to_be_visible()
    page.wait_for_load_state("networkidle")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    write(page, "def f(x)\n    return x\n")
    mark = page.locator(".cm-lintRange-error")
    expect(mark).to_have_text(")")
    mark.hover()
    expect(page.locator(".cm-diagnostic")).to_have_text("Expected : at the end of this def line")
    page.keyboard.press("Control+Home")
    page.keyboard.press("End")
    page.keyboard.type(":")
    expect(mark).to_have_count(0)
    assert sent == []


def test_what_the_judge_found_is_marked_at_its_column_until_the_line_is_edited(page: Page) -> None:
    open_problem(page)
    write(page, "import jax\n\n\ndef freeze_first_dense(seed, x, y, lr):\n    return [jax.nump.mean(x), 0.0, 0.0]\n")
    page.keyboard.press("Control+Enter")
    await_verdict(page, "runtime_error")
    mark = page.locator(".cm-lintRange-error")
    expect(mark).to_have_text("nump")
    page.keyboard.press("Control+Home")
    page.keyboard.type("# ")
    page.wait_for_timeout(800)
    expect(mark).to_have_text("nump")  # another line
    page.locator(".cm-line").filter(has_text="nump").click()
    page.keyboard.press("End")
    page.keyboard.type(" ")
    expect(mark).to_have_count(0)
