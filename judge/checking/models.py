"""Choice of the model to compare with the reference's, among the optimizers that were observed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from judge.checking.arrays import is_close, whole_number
from judge.checking.phrases import names
from judge.errors import PackageFault
from judge.evidence import Evidence, Leaves, Observed

START_RTOL, START_ATOL = 1e-5, 1e-6  # start values drawn from the same seed agree to the last bits
STEP_COUNTER = "step"  # nnx.Optimizer counts its updates under this path


@dataclass(frozen=True, kw_only=True)
class Seen:
    """The reference's observed model (`want`), and the submission's (`got`, None if none was seen)."""

    want: Observed
    got: Observed | None

    @property
    def steps(self) -> tuple[int | None, int | None]:
        """The updates that the reference's optimizer counted, and the submission's; None where it kept no count."""
        return _steps(self.want), _steps(self.got) if self.got else None


def seen_models(expected: Evidence, actual: Evidence, *, by_shape: bool = False) -> Seen:
    """Return the reference's last observed model, and the one of the submission's that corresponds to it.

    Of several optimizers, the last whose model starts like the reference's, else the last with the same leaves, else
    the last. Leaves are identified by their paths, so the names of a model's attributes count; with `by_shape` they
    don't: a leaf goes by the path of the reference's leaf of its shape. Raises PackageFault when the reference built no
    nnx.Optimizer, and with `by_shape` where two of its leaves have one shape.
    """
    if not expected.observed:
        raise PackageFault("reference.py builds no nnx.Optimizer, so there is no model for check.py to look at")
    want = expected.observed[-1]
    candidates = [_renamed(one, want) for one in actual.observed] if by_shape else actual.observed
    candidates = [_without_others(one, want) for one in candidates]
    like = [one for one in candidates if same_leaves(one.before, want.before)]
    started = [one for one in like if starts_like(one.before, want.before)]
    best = started or like or list(candidates)
    return Seen(want=want, got=best[-1] if best else None)


def same_leaves(got: Leaves, want: Leaves) -> bool:
    """Return True if both have the same paths with the same shapes."""
    return {path: leaf.shape for path, leaf in got.items()} == {path: leaf.shape for path, leaf in want.items()}


def starts_like(got: Leaves, want: Leaves) -> bool:
    """Return True if both have the same leaves with (almost) the same values."""
    return same_leaves(got, want) and all(
        is_close(got[path], want[path], rtol=START_RTOL, atol=START_ATOL).all() for path in want
    )


def _without_others(observed: Observed, want: Observed) -> Observed:
    """Return `observed` without variables that are not parameters and have no path in the reference's model.

    Counters and caches are such. One at a path of the reference counts: a frozen kernel may be any `nnx.Variable`.
    """
    others = {path for path in observed.aside if path not in want.before}
    if not others:
        return observed

    def kept(leaves: Leaves) -> Leaves:
        return {path: leaf for path, leaf in leaves.items() if path not in others}

    return replace(observed, before=kept(observed.before), after=kept(observed.after))


def _renamed(observed: Observed, want: Observed) -> Observed:
    """Return `observed` with the paths of `want`, shape by shape; unchanged if two of its leaves would get one path."""
    wanted = {leaf.shape: path for path, leaf in want.before.items()}
    if len(wanted) < len(want.before):
        doubled = names(path for path, leaf in want.before.items() if wanted[leaf.shape] != path)
        raise PackageFault(f"by_shape: the reference's {doubled} has the shape of another leaf; choose other sizes")
    path_of = {path: wanted.get(leaf.shape, path) for path, leaf in observed.before.items()}
    taken = {path_of[path] for path in path_of if path not in observed.aside}
    path_of |= {path: path for path in observed.aside if path_of.get(path) in taken}
    if len(set(path_of.values())) < len(path_of):
        return observed

    def moved(leaves: Leaves) -> Leaves:
        return {path_of.get(path, path): leaf for path, leaf in leaves.items()}

    def moved_state(state: Leaves) -> Leaves:
        return {_with_path(where, path_of): leaf for where, leaf in state.items()}

    return replace(
        observed,
        before=moved(observed.before),
        after=moved(observed.after),
        state_before=moved_state(observed.state_before),
        state_after=moved_state(observed.state_after),
    )


def _with_path(where: str, path_of: Mapping[str, str]) -> str:
    """Return the path of a leaf of an optimizer's state, `0.mu.first.kernel`, with its parameter's path exchanged."""
    start = where.find(".") + 1
    while start:  # from the longest ending on, each tried once
        if where[start:] in path_of:
            return where[:start] + path_of[where[start:]]
        start = where.find(".", start) + 1
    return where


def _steps(observed: Observed) -> int | None:
    before, after = observed.state_before.get(STEP_COUNTER), observed.state_after.get(STEP_COUNTER)
    first, last = whole_number(before), whole_number(after)
    return None if first is None or last is None else last - first
