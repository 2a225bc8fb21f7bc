"""The words of a file that a reader meets, line by line: names, texts, comments; and which of them are banned."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

Block = tuple[int, str]  # the number of a text's first line, and the text

# The standard terms of the field say the same, and "there is no x" is plain English.
BANNED = re.compile(
    r"\b(?:told|tells?|hears?|heard|news|noughts|worn|clothes|curtain|stands\s+twice|to\s+be\s+had|by\s+itself"
    r"|sends?\s+home|sent\s+home|(?<!there )is\s+(?-i:none)|(?<!there )is\s+no\s+(?!longer\b|more\b|place\b)\w+"
    r"|has\s+not\s+(?:an?|the|any|one|enough|its)\b)(?!\w)",
    re.IGNORECASE,
)
BANNED_OF_HEALTH = re.compile(r"\b(?:lives|lived|died|dies)\b", re.IGNORECASE)  # of a check that answers or not
HEALTH = ("health.py", "doctor")  # files and folders that are about such checks


def banned(path: Path) -> list[tuple[int, str]]:
    """Return the banned words of a file, each with its line."""
    health = any(part in HEALTH for part in path.parts)
    return sorted(
        (first + text.count("\n", 0, match.start()), " ".join(match[0].split()))
        for first, raw in blocks_of(path)
        for text in [split(raw)]
        for pattern in (BANNED, *([BANNED_OF_HEALTH] if health else []))
        for match in pattern.finditer(text)
    )


def blocks_of(path: Path) -> Iterator[Block]:
    """Yield what people read in a file: all of a page or script, a document's prose, a program without its syntax."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        yield from _names_and_constants(text)
        yield from _comments(text)
    else:
        yield 1, prose(text) if path.suffix == ".md" else text


def split(text: str) -> str:
    """Return a text with its names taken apart: `toldTwice` and `told_twice` are two words each."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", text.replace("_", " "))


def prose(text: str) -> str:
    """Return a document without its code, every line in its place."""

    def blank(match: re.Match[str]) -> str:
        return "\n" * match[0].count("\n")

    return re.sub(r"```.*?```|`[^`\n]*`", blank, text, flags=re.DOTALL)


def _comments(text: str) -> Iterator[Block]:
    """Yield comments; those on lines that follow one another are one text."""
    first, rows = 0, list[str]()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type != tokenize.COMMENT:
            continue
        if rows and token.start[0] != first + len(rows):
            yield first, "\n".join(rows)
            rows.clear()
        first = token.start[0] if not rows else first
        rows.append(token.string.lstrip("# "))
    yield first, "\n".join(rows)


def _names_and_constants(text: str) -> Iterator[Block]:
    """Yield the names that a program gives to what it defines, sets, passes or imports, and its texts."""
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.lineno, node.name
            case ast.Name(ctx=ast.Store()):
                yield node.lineno, node.id
            case ast.Attribute(ctx=ast.Store()):
                yield node.lineno, node.attr
            case ast.arg() | ast.keyword(arg=str()):
                yield node.lineno, node.arg or ""
            case ast.alias(asname=str()):
                yield node.lineno, node.asname or ""
            case ast.Constant(value=str()):
                yield node.lineno, node.value
