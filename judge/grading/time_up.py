"""Says where a program was when its time was up: each word is the judge's own or stands in the program's source."""

from judge.inside.exceptions import stack_lines
from judge.sandbox.box import LastStack
from judge.submission import lines_of

CODE_CHARACTERS = 120  # of the line that a sentence quotes


def sentence(stack: LastStack, source: str) -> str:
    """Return where it was, as the proof of a cause: a line's number and text, which a hidden case may show too."""
    line = stack.frames[-1].line
    code = "".join(lines_of(source)[line - 1 : line]).strip()
    quoted = f": `{code[:CODE_CHARACTERS]}`" if code else ""
    return f"{'it was waiting' if stack.waiting else 'when its time was up, it was'} in line {line}{quoted}"


def traceback_of(stack: LastStack, source: str, message: str) -> str:
    """Return the whole stack in the form of an exception's traceback, with `message` as its last line: for samples."""
    lines = lines_of(source)
    return "\n".join([*stack_lines(stack.frames, lambda line: "".join(lines[line - 1 : line])), message])
