"""The table of names: made of what is installed, small enough to travel, and complete in itself."""

import gzip
import json
import subprocess
import sys
from importlib.metadata import version

import pytest

from judge.web.completion import collect
from judge.web.completion.table import ENVIRONMENT, MOST_BYTES

SHOULD_BE = (
    "jax.grad", "jax.jit", "jax.vmap", "jax.numpy.linspace", "jax.numpy.float32", "jax.numpy.linalg.norm",
    "jax.random.split", "jax.lax.scan", "jax.nn.relu", "jax.tree.map", "jax.tree_util.tree_map_with_path",
    "flax.nnx.Linear", "flax.nnx.Optimizer", "flax.nnx.value_and_grad", "flax.nnx.initializers.zeros_init",
    "optax.adam", "optax.multi_transform", "optax.losses.l2_loss",
)  # fmt: skip


@pytest.fixture(scope="module")
def packed() -> bytes:
    """What the server's own process writes: nothing trusted imports JAX, and neither does this one."""
    command = [sys.executable, "-s", "-m", "judge.web.completion"]
    return subprocess.run(command, env=ENVIRONMENT, capture_output=True, timeout=120, check=True).stdout


@pytest.fixture(scope="module")
def table(packed: bytes) -> dict:
    return json.loads(gzip.decompress(packed))


def entries(table: dict) -> dict[str, tuple[str, str, str]]:
    """Every path with its kind, signature and summary."""
    return {
        f"{path}.{name}": row
        for path, module in table["modules"].items()
        for name, *row in zip(
            module["names"].split(), module["kinds"], module["signatures"], module["summaries"], strict=True
        )
    }


def test_it_travels_in_less_than_a_hundred_kilobytes(packed: bytes) -> None:
    assert len(packed) <= 45 * 1024  # the page as a whole has 250; the server sends at most:
    assert MOST_BYTES == 100 * 1024


def test_it_is_made_of_what_is_installed(table: dict) -> None:
    assert table["versions"] == {name: version(name) for name in ("jax", "flax", "optax")}
    assert set(table["modules"]) == set(collect.MODULES)


@pytest.mark.parametrize("path", SHOULD_BE)
def test_the_usual_names_are_there(table: dict, path: str) -> None:
    assert path in entries(table)


def test_a_function_has_its_signature_and_first_line(table: dict) -> None:
    kind, signature, summary = entries(table)["jax.numpy.linspace"]
    assert kind == "f"
    assert signature.startswith("(start, stop, num=50, endpoint=True")
    assert summary.startswith("Return evenly-spaced numbers")
    assert "rngs" in entries(table)["flax.nnx.Linear"][1]  # and a class that of its __init__


def test_every_other_name_of_the_same_leads_to_one_that_is_described(table: dict) -> None:
    known = entries(table)
    aliases = {path: signature[1:] for path, (_, signature, _) in known.items() if signature.startswith("=")}
    assert len(aliases) > 50
    assert known["flax.nnx.relu"][1] == "=jax.nn.relu"
    assert [path for path, other in aliases.items() if known[other][1].startswith("=")] == []


def test_what_is_not_for_users_is_left_out(table: dict) -> None:
    names = entries(table)
    assert not [path for path in names if path.rpartition(".")[2].startswith("_")]
    assert "jax.lax.add_p" not in names
    assert "flax.nnx.graphlib" not in names
    assert "jax.numpy.np" not in names
    nearly_all = sum(bool(row[1]) for row in names.values() if row[0] in "fc") / len(names)
    assert nearly_all > 0.9


@pytest.mark.parametrize(("value", "kind"), [(json, "m"), (dict, "c"), (len, "f"), (3.14, "v")])
def test_kinds(value: object, kind: str) -> None:
    assert collect.kind_of(value) == kind


def test_a_module_with_too_many_names_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collect, "MOST_NAMES", 3)
    table = collect.collect(modules=("json",), packages=())
    assert entries(table).keys() <= {
        "json.decoder",
        "json.dump",
        "json.dumps",
        "json.JSONDecodeError",
        "json.JSONDecoder",
    }
    assert len(entries(table)) == 3
