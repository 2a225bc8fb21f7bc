"""The failed check that all blocks return: a sentence, and the mistake that its symptom stands for."""

from judge.checking.symptoms import VAGUE, Mistakes, Symptom
from judge.verdict import Check, Json


def failed(
    check_id: str,
    message: str,
    symptom: Symptom | None,
    mistakes: Mistakes,
    *,
    named: str | None = None,
    expected: Json = None,
    actual: Json = None,
    error: float | None = None,
) -> Check:
    """Return the failed check; its mistake is `named` if given (a lookalike's id), else the one of the symptom."""
    return Check(
        id=check_id,
        passed=False,
        message=message,
        expected=expected,
        actual=actual,
        error=error,
        symptom=Symptom.LOOKALIKE if named and symptom in VAGUE else symptom,
        mistake=named or (mistakes.get(symptom) if symptom else None),
    )
