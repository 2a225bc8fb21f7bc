"""Writes a small, sound problem package, with any of its files replaced (None: left out)."""

from pathlib import Path

MANIFEST = """\
format = 1
title = "Twice"
entry = "twice"
parameters = ["x", "scale"]
tags = ["first"]
seed = 7

[cases]
samples = 2
hidden = 3

[limits]
cpu_seconds = 4

[[hints]]
text = "Add x to itself."

[mistakes.not-scaled]
message = "scale was not used"
hint = "Multiply by scale."
"""

CASES = """\
import numpy as np


def cases(rng):
    for _ in range(5):
        yield {"x": rng.normal(size=(2, 3)).astype(np.float32), "scale": rng.choice([1.0, 0.5])}
"""

CHECK = """\
import numpy as np

from judge.verdict import Check


def check(case, expected, actual):
    yield Check(id="value", passed=bool(np.array_equal(expected.value, actual.value)), mistake="not-scaled")
"""

FILES = {
    "problem.toml": MANIFEST,
    "statement.md": "# Twice\n\nWrite `twice(x, scale)`.\n",
    "starter.py": "def twice(x, scale):\n    ...\n",
    "reference.py": "import jax.numpy as jnp\n\n\ndef twice(x, scale):\n    return 2 * scale * jnp.asarray(x)\n",
    "cases.py": CASES,
    "check.py": CHECK,
    "warmup.py": "import jax.numpy as jnp\n\n\ndef warmup(x, scale):\n    return scale * jnp.asarray(x)\n",
    "solution.md": "Add.\n",
}


def write_package(parent: Path, slug: str = "twice", **replaced: str | None) -> Path:
    """The folder of a new package; `problem_toml="..."` replaces the file `problem.toml`, and so on."""
    folder = parent / slug
    folder.mkdir(parents=True)
    given = {name.replace("_", ".", 1): text for name, text in replaced.items()}
    for name, text in (FILES | given).items():
        if text is not None:
            (folder / name).write_text(text)
    return folder
