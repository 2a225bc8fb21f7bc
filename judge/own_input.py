"""The input that a learner tries a program on: arguments of their own, or a seed for the package's own cases."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from judge.verdict import Json

OWN = "own"  # begins the names of such cases: `own-1`
OWN_CASES = 4  # of one seed
SEED_DIGITS = 9
MAX_OWN_SEED = 10**SEED_DIGITS - 1


@dataclass(frozen=True, kw_only=True)
class OwnInput:
    """Either the value of each parameter as JSON, or a seed."""

    inputs: Mapping[str, Json] | None = None
    seed: int | None = None

    @property
    def count(self) -> int:
        """Return the most cases that it stands for."""
        return 1 if self.inputs is not None else OWN_CASES

    def to_text(self) -> str:
        """Return it as JSON, for the store."""
        return json.dumps({"seed": self.seed} if self.inputs is None else {"inputs": self.inputs})

    @classmethod
    def from_text(cls, text: str) -> "OwnInput":
        """Return what `to_text` wrote."""
        return cls(**json.loads(text))
