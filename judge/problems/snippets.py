"""The snippets of a statement that its readers can run: blocks of Python that stand alone, marked `python run`."""

import ast
import re

RUN = "python run"  # the info string of such a block
MOST_SNIPPETS = 8  # of one statement
_BLOCK = re.compile(rf"^```{RUN}[ \t]*\n(.*?)^```[ \t]*$", re.MULTILINE | re.DOTALL)


def runnable_snippets(statement: str) -> tuple[str, ...]:
    """Return the programs of a statement's runnable blocks, in order; at most MOST_SNIPPETS."""
    return tuple(match[1] for match in _BLOCK.finditer(statement))[:MOST_SNIPPETS]


def program_of(snippet: str, entry: str) -> str:
    """Return a submission that prints what the snippet prints while it is loaded, and answers no case."""
    return f"{snippet.rstrip()}\n\n\ndef {entry}(*_):\n    return None\n"


def faults_of_snippets(statement: str) -> list[str]:
    """Return the faults of a statement's runnable blocks, as `LINE: fault`."""
    found = list(_BLOCK.finditer(statement))
    faults = []
    for match in found:
        line = statement.count("\n", 0, match.start(1)) + 1
        try:
            ast.parse(match[1])
        except (SyntaxError, ValueError) as error:
            faults.append(
                f"{line + (getattr(error, 'lineno', None) or 1) - 1}: the snippet is not Python: {error.args[0]}"
            )
    if len(found) > MOST_SNIPPETS:
        line = statement.count("\n", 0, found[MOST_SNIPPETS].start()) + 1
        faults.append(f"{line}: a statement has at most {MOST_SNIPPETS} snippets that can be run")
    return faults
