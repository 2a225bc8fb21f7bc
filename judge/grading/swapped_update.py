"""Recognises `optimizer.update(grads, model)`: it raises nothing, moves the gradients and leaves the model as it was.

What is seen of it is a model that never moved, which a problem's checks put down to gradients of zero. So it is looked
for in the program's text, and only where a sample's model did not move.
"""

import re

from judge.case import SAMPLE
from judge.submission import lines_of
from judge.verdict import CaseResult, Cause, CauseKind, Check

ID = "optimizer-update-swapped"
_MODEL = re.compile(r"\bOptimizer\(\s*(?:model\s*=\s*)?(\w{1,80})\s*,")
# The receiver, the first argument, which may be a call, and the second.
_UPDATE = re.compile(
    r"\b(\w{1,80})\.update\(\s*([\w.\[\]'\"]{1,80}(?:\([^()]{0,200}\))?)\s*,\s*(\w{1,80})\s*[,)]", re.ASCII
)
_OPTIMIZER = re.compile(r"\b(\w{1,80})(?:\s*:[^=\n]{0,80})?\s*=\s*[\w.]{0,80}\bOptimizer\(")
_TEXT = re.compile(
    r'''("""|\'\'\')(?:\\.|.)*?\1|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|#[^\n]*''', re.DOTALL
)  # strings and comments


def swapped_update(case: CaseResult, root: Check, source: str) -> Cause | None:
    """Return the cause of a failed case if it is this one; `root` is its first failed check."""
    if case.group != SAMPLE or any(leaf.change for leaf in case.leaves):
        return None
    line = line_of(source)
    if line is None:
        return None
    follow = [each for check in case.checks if not check.passed for each in (check.mistake, check.id) if each]
    return Cause(
        id=ID,
        kind=CauseKind.MISTAKE,
        message="`optimizer.update` got the gradients first and the model second, so the model never moved",
        proof=root.message,
        hint="The model comes first: `optimizer.update(model, grads)`.",
        link="https://flax.readthedocs.io/en/latest/api_reference/flax.nnx/training/optimizer.html",
        line=line,
        case=case.name,
        explains=tuple(dict.fromkeys(follow)),
    )


def line_of(source: str) -> int | None:
    """Return the first line that calls `update` with an optimizer's model second, and not first; None without one."""
    code = _TEXT.sub(_blank, "\n".join(lines_of(source)))
    models, optimizers = set(_MODEL.findall(code)), set(_OPTIMIZER.findall(code))
    for match in _UPDATE.finditer(code):
        receiver, first, second = match.groups()
        named = receiver in optimizers or "opt" in receiver.lower()  # the latter as a helper's parameter
        if named and second in models and first not in models:
            return code.count("\n", 0, match.start()) + 1
    return None


def _blank(text: re.Match[str]) -> str:
    return "" if text[0][0] == "#" else "''" + "\n" * text[0].count("\n")
