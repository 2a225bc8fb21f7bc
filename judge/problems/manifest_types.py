"""The types that the tables of `problem.toml` are made of."""

import keyword
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from judge.submission import SLUG, SLUG_CHARACTERS

LINE_CHARACTERS = 200  # of a text that is shown on one line of a list
Item = TypeVar("Item")


def _identifier(name: str) -> str:
    if not name.isidentifier() or keyword.iskeyword(name):
        raise ValueError(f"`{name}` is not a valid Python identifier")
    return name


Slug = Annotated[str, StringConstraints(pattern=SLUG, max_length=SLUG_CHARACTERS)]
Name = Annotated[str, AfterValidator(_identifier)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LINE_CHARACTERS)]
Array = Annotated[tuple[Item, ...], Field(strict=False)]  # TOML's arrays are lists; what they hold stays strict


class Table(BaseModel):
    """A table of `problem.toml`: read strictly, without unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
