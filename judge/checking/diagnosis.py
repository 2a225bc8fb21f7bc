"""Diagnosis of a wrong training: the change that it made to a model's leaves, compared with the reference's."""

from dataclasses import dataclass

import numpy as np

from judge.checking.arrays import difference, same_bits
from judge.checking.models import Seen, starts_like
from judge.checking.paths import leaves_under
from judge.checking.phrases import names, number
from judge.checking.symptoms import Symptom
from judge.evidence import Leaves

SAME_DIRECTION = 0.9999  # cosine from which two changes count as parallel
SAME_SIZE = 0.02  # relative spread of |change| below which every entry moved by the same amount


@dataclass(frozen=True, kw_only=True)
class Diagnosis:
    """A symptom, and the sentence that reports it with its numbers."""

    symptom: Symptom
    message: str


def diagnose(seen: Seen, *under: str) -> Diagnosis:
    """Return a diagnosis of the change that was made to the leaves under the prefixes instead of the reference's.

    `seen.got` must be there, with the reference's leaves under these prefixes; it is assumed to be wrong.
    """
    assert seen.got is not None
    got, want = _pair(seen, *under)
    if not any(np.any(change) for change in got.values()):
        return _unmoved(seen, names(want))
    if not starts_like({path: seen.got.before[path] for path in want}, leaves_under(seen.want.before, *under)):
        return Diagnosis(
            symptom=Symptom.OTHER_START,
            message=f"{names(want)} started from other values than the reference's: another seed, width or order",
        )
    wanted, counted = seen.steps
    if wanted is not None and counted is not None and wanted != counted:
        symptom = Symptom.MORE_STEPS if counted > wanted else Symptom.FEWER_STEPS
        return Diagnosis(symptom=symptom, message=f"the optimizer took {counted} steps, expected {wanted}")
    still = [path for path in want if np.any(want[path]) and not np.any(got[path])]
    if still:
        return Diagnosis(symptom=Symptom.PARTLY_MOVED, message=f"{names(still)} did not move, but should have")
    return _compare(_flat(got), _flat(want), names(want))


def moved_paths(before: Leaves, after: Leaves) -> list[str]:
    """Return the paths whose leaves changed at all, sorted; one that is missing afterwards or holds a NaN counts."""
    return [path for path in sorted(before) if path not in after or not same_bits(before[path], after[path])]


def _unmoved(seen: Seen, which: str) -> Diagnosis:
    assert seen.got is not None
    if moved_paths(seen.got.before, seen.got.after):
        return Diagnosis(symptom=Symptom.PARTLY_MOVED, message=f"{which} did not move, but should have")
    if seen.steps[1] == 0:
        return Diagnosis(
            symptom=Symptom.NO_STEP,
            message="nothing moved and the optimizer never stepped: was optimizer.update(model, grads) called?",
        )
    return Diagnosis(
        symptom=Symptom.NOTHING_MOVED, message="the optimizer stepped, but no parameter of the model moved"
    )


def _compare(got: np.ndarray, want: np.ndarray, which: str) -> Diagnosis:
    if not np.isfinite(got).all():
        return Diagnosis(symptom=Symptom.NOT_FINITE, message=f"{which} became NaN or infinite")
    size, wanted_size = float(np.linalg.norm(got)), float(np.linalg.norm(want))
    cosine = float(got @ want) / (size * wanted_size) if size and wanted_size else 0.0
    ratio = size / wanted_size if wanted_size else float("inf")
    length = f"{number(ratio)} times as far as the reference's"
    if cosine > SAME_DIRECTION:
        return Diagnosis(symptom=Symptom.SCALED, message=f"{which} moved in the right direction, but {length}")
    if cosine < -SAME_DIRECTION:
        return Diagnosis(
            symptom=Symptom.REVERSED, message=f"{which} moved in the opposite direction (uphill), {length}"
        )
    moving = np.abs(got[got != 0])
    if len(moving) > 1 and float(moving.std() / moving.mean()) < SAME_SIZE and cosine > 0:
        return Diagnosis(
            symptom=Symptom.SIGN_LIKE,
            message=f"every entry of {which} moved by {number(float(moving.mean()))}, whatever its gradient's size",
        )
    return Diagnosis(
        symptom=Symptom.OTHER_CHANGE,
        message=f"{which} changed, but not along the expected update: {length}, cosine {number(cosine)}",
    )


def _pair(seen: Seen, *under: str) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    assert seen.got is not None
    want = {
        path: difference(seen.want.after[path], leaf) for path, leaf in leaves_under(seen.want.before, *under).items()
    }
    got = {path: difference(seen.got.after[path], seen.got.before[path]) for path in want}
    return got, want


def _flat(changes: dict[str, np.ndarray]) -> np.ndarray:
    return np.concatenate([change.ravel() for change in changes.values()])
