"""What the box measures beside a call, on functions that do it and functions that don't."""

import numpy as np
import pytest

from judge.limits import Limits
from judge.sandbox import Job, Pool, PoolConfig


@pytest.fixture(scope="module")
def box():
    pool = Pool(PoolConfig())
    yield pool.box()
    pool.close()


def facts(box, source: str, *names: str) -> dict:
    call = (np.arange(6, dtype=np.float32).reshape(2, 3), 2.0)
    job = Job(source=source, entry="f", parameters=("x", "k"), calls=(call,), limits=Limits(), facts=names)
    (evidence,) = box.run(job).evidence
    assert evidence.raised is None, evidence.raised
    return dict(evidence.facts)


@pytest.mark.parametrize(
    ("body", "changed"),
    [("x[0, 0] = 7; return k", ["x"]), ("y = x.copy(); y[0] = 7; return k", []), ("return x * k", [])],
)
def test_a_written_input_is_named(box, body: str, changed: list[str]) -> None:
    assert facts(box, f"def f(x, k):\n    {body}\n", "inputs_changed") == {"inputs_changed": changed}


def test_keys_are_counted_by_stream(box) -> None:
    source = (
        "from flax import nnx\ndef f(x, k):\n    rngs = nnx.Rngs(params=0, dropout=1)\n"
        "    rngs.params(); rngs.dropout(); rngs.dropout()\n    return k\n"
    )
    assert facts(box, source, "rng_streams") == {"rng_streams": {"params": 1, "dropout": 2}}


def test_a_jit_that_is_built_in_every_call_is_traced_again_and_one_outside_is_not(box) -> None:
    once = "import jax\ng = jax.jit(lambda x: x * 2 + 1)\ndef f(x, k): return g(x)\n"
    each = "import jax\ndef f(x, k): return jax.jit(lambda x: x * 2 + 1)(x)\n"
    assert facts(box, once, "traces")["traces"] == 0
    assert facts(box, each, "traces")["traces"] > 0


def test_what_can_be_jitted_and_what_can_not(box) -> None:
    assert facts(box, "def f(x, k): return x.sum() * k\n", "jit") == {"jit": True}
    assert "ConcretizationTypeError" in facts(box, "def f(x, k): return float(x.sum())\n", "jit")["jit"]


def test_nothing_is_measured_that_was_not_asked_for(box) -> None:
    assert facts(box, "def f(x, k): return k\n") == {}


TRAINS = """\
import optax
from flax import nnx


def train(width):
    model = nnx.Linear(3, width, rngs=nnx.Rngs(params=0))
    nnx.Optimizer(model, optax.sgd(0.1), wrt=nnx.Param)
    return 0.0


def f(x, k):
    return train(1)


def likes(x, k):
    x[...] = 7
    return {"wide": {"loss": train(2)}}
"""


def test_what_is_seen_and_measured_is_the_entry_points_alone(box) -> None:
    call = (np.zeros((2, 3), np.float32), 2.0)
    job = Job(
        source=TRAINS,
        entry="f",
        parameters=("x", "k"),
        calls=(call,),
        limits=Limits(),
        facts=("inputs_changed", "rng_streams"),
        extra_functions=("likes",),
    )
    (evidence,) = box.run(job).evidence
    assert evidence.raised is None, evidence.raised
    assert evidence.also == {"likes": {"wide": {"loss": 0.0}}}
    assert [seen.before["kernel"].shape for seen in evidence.observed] == [(3, 1)]
    assert evidence.facts["inputs_changed"] == []
    assert evidence.facts["rng_streams"] == {"params": 2}  # kernel and bias
