"""One callable as a short text: its parameters without annotations, and the first line of its documentation."""

import inspect
import re
from collections.abc import Iterator

MOST_SIGNATURE = 400  # characters
MOST_DEFAULT = 18  # characters of one default value
MOST_SUMMARY = 88  # characters

_ROLE = re.compile(r":[a-z:]+:`~?([^`<]+?)(?:\s*<[^`>]*>)?`")  # :func:`~jax.grad`, :doc:`text <link>`
_QUOTES = re.compile(r"``([^`]+)``")
_OBJECT = re.compile(r"<|\w\(")  # not a literal: a constructor's call, or <object at 0x...>
_STARS: dict[object, str] = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}
_ANYTHING = "(*args, **kwargs)"  # what a metaclass or a wrapper shows


def signature_of(value: object) -> str:
    """Return `(x, axis=None)`, or an empty text for what gives no signature."""
    inputs = getattr(value, "nin", None)  # of a universal function, which takes anything and checks the count later
    if isinstance(inputs, int):
        return "(x, /)" if inputs == 1 else "(" + ", ".join(f"x{number}" for number in range(1, inputs + 1)) + ", /)"
    text = _signature(value)
    if text == _ANYTHING and isinstance(value, type):  # its metaclass hides what is passed to __init__
        text = re.sub(r"^\(self(, )?", "(", _signature(value.__init__)) or text  # type: ignore[misc] # read only
    return text if len(text) <= MOST_SIGNATURE else text[: text.rindex(",", 0, MOST_SIGNATURE - 5)] + ", ...)"


def summary_of(value: object) -> str:
    """Return the first line of a docstring as plain text, or an empty one if it has none of its own."""
    text = inspect.getdoc(value) or ""
    if not isinstance(value, type) and text == inspect.getdoc(type(value)):
        return ""
    first = " ".join(text.split("\n\n", 1)[0].split())
    if isinstance(value, type) and first.startswith(f"{value.__name__}("):  # what dataclasses and tuples write
        return ""
    plain = _QUOTES.sub(r"`\1`", _ROLE.sub(r"`\1`", first))
    sentence = re.split(r"\.(?=\s+[A-Z]|$)", plain, maxsplit=1)[0]
    return sentence if len(sentence) <= MOST_SUMMARY else sentence[: MOST_SUMMARY - 1].rsplit(" ", 1)[0] + "…"


def _signature(value: object) -> str:
    try:
        found = inspect.signature(value)  # type: ignore[arg-type] # whatever a module holds
    except (TypeError, ValueError):
        return ""
    return "(" + ", ".join(_parameters(found)) + ")"


def _parameters(signature: inspect.Signature) -> Iterator[str]:
    last = None
    for parameter in signature.parameters.values():
        if parameter.name.startswith("_"):
            continue  # not for users
        if last == parameter.POSITIONAL_ONLY != parameter.kind:
            yield "/"
        if parameter.kind == parameter.KEYWORD_ONLY and last not in (parameter.KEYWORD_ONLY, parameter.VAR_POSITIONAL):
            yield "*"
        last = parameter.kind
        stars = _STARS.get(parameter.kind, "")
        yield f"{stars}{parameter.name}{_default(parameter)}"
    if last == inspect.Parameter.POSITIONAL_ONLY:
        yield "/"


def _default(parameter: inspect.Parameter) -> str:
    value = parameter.default
    if value is parameter.empty:
        return ""
    named = isinstance(value, type) or inspect.isroutine(value)
    text = getattr(value, "__name__", "...") if named else repr(value)
    return f"={text}" if len(text) <= MOST_DEFAULT and not _OBJECT.search(text) else "=..."
