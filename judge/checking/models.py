"""The model that a submission trained, beside the reference's: which of the observed optimizers is meant."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from judge.checking.values import is_close
from judge.errors import PackageFault
from judge.evidence import Evidence, Leaves, Observed, Value

START_RTOL, START_ATOL = 1e-5, 1e-6  # start values drawn from the same seed agree to the last bits
STEP_COUNTER = "step"  # nnx.Optimizer counts its updates under this path


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What the reference did to its model (`want`) and what the submission did to its own (`got`, None if unseen)."""

    want: Observed
    got: Observed | None

    @property
    def steps(self) -> tuple[int | None, int | None]:
        """How many updates the reference's optimizer counted, and the submission's; None where it kept no count."""
        return _steps(self.want), _steps(self.got) if self.got else None


def seen_models(expected: Evidence, actual: Evidence) -> Seen:
    """The reference's last observed model, and the one of the submission's that is meant to be like it.

    Of several optimizers, the last whose model starts like the reference's, else the last with the same leaves, else
    the last. Raises PackageFault when the reference built no nnx.Optimizer.
    """
    if not expected.observed:
        raise PackageFault("reference.py builds no nnx.Optimizer, so there is no model for check.py to look at")
    want = expected.observed[-1]
    candidates = actual.observed
    like = [one for one in candidates if same_leaves(one.before, want.before)]
    started = [one for one in like if starts_like(one.before, want.before)]
    best = started or like or list(candidates)
    return Seen(want=want, got=best[-1] if best else None)


def lookalikes(expected: Evidence, aspect: str) -> dict[str, Value]:
    """What each of the reference's lookalikes says about one `aspect` ("loss", "leaves" ...), by mistake id.

    `lookalikes()` of a reference returns {mistake id: {aspect: value}}; mistakes that leave the aspect out are skipped.
    """
    named = expected.also.get("lookalikes") or {}
    return {name: says[aspect] for name, says in named.items() if isinstance(says, Mapping) and aspect in says}


def same_leaves(got: Leaves, want: Leaves) -> bool:
    """Whether both have the same paths with the same shapes."""
    return {path: leaf.shape for path, leaf in got.items()} == {path: leaf.shape for path, leaf in want.items()}


def starts_like(got: Leaves, want: Leaves) -> bool:
    """Whether both have the same leaves with (almost) the same values."""
    return same_leaves(got, want) and all(
        is_close(got[path], want[path], rtol=START_RTOL, atol=START_ATOL).all() for path in want
    )


def _steps(observed: Observed) -> int | None:
    before, after = observed.state_before.get(STEP_COUNTER), observed.state_after.get(STEP_COUNTER)
    if before is None or after is None or np.size(before) != 1 or np.size(after) != 1:
        return None
    return int(np.asarray(after).item()) - int(np.asarray(before).item())
