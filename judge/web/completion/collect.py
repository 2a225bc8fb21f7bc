"""Collects the public names of libraries into one table.

    {"versions": {"jax": "0.10.2"}, "modules": {"jax.random": {"names": "key split", "kinds": "ff",
                                                               "signatures": [...], "summaries": [...]}}}

Lists of a module go side by side, because that compresses better. A signature `=jax.nn.relu` stands for what that name
has, which is listed once.
"""

import importlib
import inspect
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib.metadata import version
from types import ModuleType
from typing import TypeAlias

from judge.web.completion.signatures import signature_of, summary_of

PACKAGES = ("jax", "flax", "optax")
# The first module that has an object describes it; the others refer to it.
MODULES = (
    "jax.numpy",
    "jax.numpy.linalg",
    "jax.random",
    "jax.tree",
    "jax.tree_util",
    "jax.nn.initializers",
    "jax.nn",
    "jax.lax",
    "jax.debug",
    "jax",
    "flax.nnx.initializers",
    "flax.nnx",
    "optax.losses",
    "optax.schedules",
    "optax.tree_utils",
    "optax",
)
MOST_NAMES = 1_000  # of one module
LEFT_OUT = re.compile(r"_|.+_p$")  # private names, and primitives of jax.lax
WITH_OTHER_MODULES = "jax"  # jax.scipy and its like are named; other packages' inner modules are not

_ALIAS = re.compile(r"Alias of `([\w.]+)`$")

Table: TypeAlias = dict[str, dict[str, object]]


@dataclass(kw_only=True)
class _Module:
    names: list[str] = field(default_factory=list)
    kinds: str = ""
    signatures: list[str] = field(default_factory=list)
    summaries: list[str] = field(default_factory=list)


def collect(modules: Iterable[str] = MODULES, packages: Iterable[str] = PACKAGES) -> Table:
    """Return the table of `modules`, with the installed versions of `packages`."""
    found = {path: _found(path) for path in modules}
    known: dict[int, str] = {}
    listed = {path: _listed(path, module, known, found) for path, module in found.items()}
    return {
        "versions": {name: version(name) for name in packages},
        "modules": {path: {**vars(module), "names": " ".join(module.names)} for path, module in listed.items()},
    }


def kind_of(value: object) -> str:
    """Return the letter of a value's kind: (m)odule, (c)lass, (f)unction, or (v)alue."""
    if inspect.ismodule(value):
        return "m"
    if inspect.isclass(value):
        return "c"
    return "f" if callable(value) else "v"


def _found(path: str) -> ModuleType:
    """Return a module by the path that users write, which may be an attribute of a package."""
    parent, _, name = path.rpartition(".")
    try:
        return importlib.import_module(path)
    except ModuleNotFoundError:
        value = getattr(_found(parent), name)
        assert inspect.ismodule(value)
        return value


def _listed(path: str, module: ModuleType, known: dict[int, str], others: dict[str, ModuleType]) -> _Module:
    found = _Module()
    for name in sorted(_public(path, module, others), key=str.lower)[:MOST_NAMES]:
        value, kind = getattr(module, name), kind_of(getattr(module, name))
        here = f"{path}.{name}"
        first = here if kind == "v" else known.setdefault(id(value), here)
        summary = "" if kind == "v" else summary_of(value)
        alias = _ALIAS.match(summary)
        if alias and alias[1].rpartition(".")[0] in others:
            first = alias[1]
        found.names.append(name)
        found.kinds += kind
        found.signatures.append(f"={first}" if first != here else signature_of(value) if kind in "cf" else "")
        found.summaries.append(summary if first == here else "")
    return found


def _public(path: str, module: ModuleType, others: dict[str, ModuleType]) -> set[str]:
    """Return a module's names for its users: without modules that it happens to import."""
    names = {*(getattr(module, "__all__", None) or dir(module))}
    inner = {other.rpartition(".")[2] for other in others if other.rpartition(".")[0] == path}
    return {name for name in names | inner if name in inner or _is_public(path, name, getattr(module, name, None))}


def _is_public(path: str, name: str, value: object) -> bool:
    if LEFT_OUT.match(name) or value is None or isinstance(value, str):
        return False
    if inspect.ismodule(value):
        return path == WITH_OTHER_MODULES and value.__name__.startswith(f"{path}.")
    return getattr(value, "__module__", None) not in ("typing", "__future__")
