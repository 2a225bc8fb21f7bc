"""Evidence as the calls that `judge.reproduction.compare` compares."""

from typing import Any

from judge.evidence import Evidence, Observed


def actual_call(evidence: Evidence) -> dict[str, Any]:
    """Return what a submission did in one case."""
    return {"value": evidence.value, "models": [_model(each) for each in evidence.observed]}


def expected_call(evidence: Evidence, *, with_model: bool = True) -> dict[str, Any]:
    """Return what the reference did in one case; without its model, only the value is compared."""
    model = _model(evidence.observed[-1]) if evidence.observed and with_model else None
    return {"value": evidence.value, "model": model}


def _model(observed: Observed) -> dict[str, Any]:
    state = dict(observed.state_after)
    return {"before": dict(observed.before), "after": dict(observed.after), "state": state}
