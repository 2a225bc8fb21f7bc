"""One seeded case of a problem: the inputs of one call of the entry point."""

from collections.abc import Mapping
from dataclasses import dataclass

from judge.evidence import Value

SAMPLE = "sample"  # shown to everyone, with inputs, expected and actual values
HIDDEN = "hidden"  # only the check, the size of the error and the group are shown


@dataclass(frozen=True, kw_only=True)
class Case:
    """One case, `name` being `sample-1`, `hidden-4` ...

    `inputs` maps each parameter of the entry point, in order, to its value. If it is `whole`, which needs a sample, its
    result is shown whole, with the reference's.
    """

    name: str
    group: str
    inputs: Mapping[str, Value]
    whole: bool = False
