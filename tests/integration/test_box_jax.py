"""JAX, Flax and Python in the box: everything that a solution may need works with every layer on."""

from collections.abc import Iterator

import numpy as np
import pytest

from judge.limits import Limits
from judge.sandbox import Ending, Job, Pool, PoolConfig

LIMITS = Limits(cpu_seconds=60, wall_seconds=180, memory_mib=1024)
HEAD = "import jax, jax.numpy as jnp, numpy as np, optax\nfrom flax import nnx, linen\n"


@pytest.fixture(scope="module", params=[True, False], ids=["namespaces", "plain"])
def pool(request: pytest.FixtureRequest) -> Iterator[Pool]:
    made = Pool(PoolConfig(namespaces=request.param, fast=False))
    yield made
    made.close()


WORKS = {
    "jit": "return jax.jit(lambda y: y * 2 + 1)(x).sum() == (x * 2 + 1).sum()",
    "grad": "return jnp.allclose(jax.grad(lambda y: (y**2).sum())(x), 2 * x)",
    "vmap": "return jax.vmap(lambda row: row @ row)(x).shape == (3,)",
    "scan": "return jax.lax.scan(lambda carry, row: (carry + row, carry), jnp.zeros(4), x)[1].shape == (3, 4)",
    "adam": """model = nnx.Linear(4, 2, rngs=nnx.Rngs(0))
optimizer = nnx.Optimizer(model, optax.adam(1e-2), wrt=nnx.Param)
loss = lambda model: (model(x) ** 2).mean()
before = loss(model)
@nnx.jit
def step(model, optimizer):
    optimizer.update(model, nnx.grad(loss)(model))
for _ in range(3):
    step(model, optimizer)
return loss(model) < before""",
    "conv, dropout, batch norm": """class Net(nnx.Module):
    def __init__(self, rngs):
        self.conv = nnx.Conv(1, 2, (3, 3), rngs=rngs)
        self.norm = nnx.BatchNorm(2, rngs=rngs)
        self.drop = nnx.Dropout(0.5, rngs=rngs)
    def __call__(self, y):
        return self.drop(self.norm(self.conv(y)))
return Net(nnx.Rngs(0))(jnp.ones((1, 8, 8, 1))).shape == (1, 8, 8, 2)""",
    "linen": "return linen.Dense(2).init(jax.random.key(0), x)['params']['kernel'].shape == (4, 2)",
    "svd": "u, s, v = jnp.linalg.svd(x, full_matrices=False); return jnp.allclose(u * s @ v, x, atol=1e-4)",
    "sort": "return bool((jnp.diff(jnp.sort(x.ravel())) >= 0).all())",
    "fft": "return jnp.allclose(jnp.fft.ifft(jnp.fft.fft(x)).real, x, atol=1e-5)",
    "a matrix product of 2000": "m = jnp.ones((2000, 2000)); return float((m @ m)[0, 0]) == 2000.0",
    "random": "return jax.random.normal(jax.random.key(0), (1000,)).std() > 0.9",
    "callback": "return jax.pure_callback(lambda y: np.sin(y), x, x).shape == x.shape",
    "threads": """from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor(4) as pool:
    return list(pool.map(lambda n: float(jnp.ones(n).sum()), range(1, 9))) == list(range(1, 9))""",
    "lazy imports": """import decimal, statistics, csv, html.parser, dataclasses, enum, uuid, datetime, zoneinfo
import scipy.stats, scipy.optimize, scipy.linalg, jax.experimental.sparse, jax.scipy.stats
berlin = zoneinfo.ZoneInfo('Europe/Berlin')
return bool(uuid.uuid4()) and datetime.datetime.now(berlin).year > 2000""",
    "references": """ref = jax.new_ref(x)
@jax.jit
def add(ref):
    ref[...] += 1
    return isinstance(ref, jax.Ref)
inside = add(ref)
return inside and isinstance(ref, jax.Ref) and not isinstance(x, jax.Ref) and jnp.array_equal(ref[...], x + 1)""",
    "a rule of differentiation of one's own": """@jax.custom_jvp
def twice(y):
    return 2 * y
@twice.defjvp
def rule(primals, tangents):
    return twice(*primals), 3 * tangents[0]
return jnp.allclose(jax.grad(lambda y: (twice(y) * jnp.sin(y)).sum())(x), 3 * jnp.sin(x) + 2 * x * jnp.cos(x))""",
    "inspect": "import inspect; return 'def relu' in inspect.getsource(jax.nn.relu.__wrapped__)",
    "asking for the devices": "return jax.devices()[0].platform == 'cpu' and jax.process_count() == 1",
}


# How often something is done for 100 differentiated operations, and to tell of 100 arrays that they are no references.
COUNTS = f"""{HEAD}
import builtins, inspect

def calls_of(module, name, work):
    count, function = 0, getattr(module, name)

    def counted(*arguments, **keywords):
        nonlocal count
        count += 1
        return function(*arguments, **keywords)

    setattr(module, name, counted)
    try:
        work()
    finally:
        setattr(module, name, function)
    return count

def many(y):
    for _ in range(50):
        y = jnp.sin(y) * y
    return y.sum()

def f(x):
    jax.grad(many)(x)
    return [
        calls_of(inspect, "signature", lambda: jax.grad(many)(x)),
        calls_of(builtins, "__import__", lambda: [isinstance(x, jax.Ref) for _ in range(100)]),
    ]
"""


@pytest.mark.parametrize("name", WORKS)
def test_a_solution_may_use(pool: Pool, name: str) -> None:
    body = "\n".join(f"    {line}" for line in WORKS[name].splitlines())
    x = np.linspace(-1, 1, 12, dtype=np.float32).reshape(3, 4) ** 3

    outcome = pool.box().run(
        Job(
            source=f"{HEAD}def f(x):\n{body}\n",
            entry="f",
            parameters=("x",),
            calls=((x,),),
            limits=LIMITS,
            visible_calls=1,
        )
    )

    assert outcome.ending is Ending.FINISHED, outcome
    assert outcome.evidence[0].raised is None, outcome.evidence[0].raised
    assert bool(outcome.evidence[0].value) is True
    assert outcome.stderr == ""


def test_debug_print_is_kept(pool: Pool) -> None:
    source = f"{HEAD}@jax.jit\ndef f(x):\n    jax.debug.print('x is {{}}', x)\n    return x\n"
    outcome = pool.box().run(
        Job(
            source=source,
            entry="f",
            parameters=("x",),
            calls=((np.array(2.0, np.float32),),),
            limits=LIMITS,
            visible_calls=1,
        )
    )
    assert "x is 2.0" in outcome.stdout


def test_no_signature_is_read_for_an_operation_and_nothing_imported_to_tell_a_reference(pool: Pool) -> None:
    calls = ((np.linspace(0, 1, 4, dtype=np.float32),),)
    [evidence] = pool.box().run(Job(source=COUNTS, entry="f", parameters=("x",), calls=calls, limits=LIMITS)).evidence
    assert evidence.raised is None, evidence.raised
    assert max(evidence.value) < 10, evidence.value
