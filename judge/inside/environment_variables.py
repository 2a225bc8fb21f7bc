"""Apply environment variables that JAX reads at its import, though it was imported long before the submission.

JAX and Flax read their `JAX_*` and `FLAX_*` variables while they are imported. A box's zygote imported them once for
all jobs, so the modules are hidden until the submission imports one of them: then they are put back, and variables that
it has changed by then are applied to the configuration, as an import at that moment would have done. What is set later
changes nothing, as elsewhere. (Importing JAX anew would do the same and take 2 s and 100 MiB of every such job.)

XLA reads `XLA_FLAGS` when its client is made, which is later: see patches/xla_flags.py.
"""

import os
import sys
from collections.abc import Mapping, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

from .patches import options

PACKAGES = ("jax", "flax", "optax")


def hide() -> None:
    """Hide JAX's modules until one of them is imported."""
    hidden = {name: module for name, module in sys.modules.items() if name.partition(".")[0] in PACKAGES}
    if not hidden:
        return
    for name in hidden:
        del sys.modules[name]
    sys.meta_path.insert(0, _Return(hidden, dict(os.environ)))


class _Return(MetaPathFinder, Loader):
    """Finds the hidden modules: puts all of them back at the first one that is imported, and is gone."""

    def __init__(self, hidden: Mapping[str, ModuleType], environment: Mapping[str, str]) -> None:
        self._hidden, self._environment = hidden, environment
        self._specs: dict[str, ModuleSpec | None] = {}

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return the spec of a hidden module, and put all of them back at the first import."""
        if name.partition(".")[0] not in PACKAGES:
            return None
        if self in sys.meta_path:
            sys.meta_path.remove(self)
            sys.modules.update(self._hidden)
            options.read_variables(self._environment)
        # The machinery puts it there itself; of a module that it finds there it would take the spec, and load it anew.
        if sys.modules.pop(name, None) is None:
            return None
        self._specs[name] = self._hidden[name].__spec__
        return ModuleSpec(name, self)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Return the module that was imported before the fork."""
        return self._hidden[spec.name]

    def exec_module(self, module: ModuleType) -> None:
        """Run nothing: give the module its own spec again."""
        module.__spec__ = self._specs[module.__spec__.name]  # type: ignore[union-attr]  # ours, set a moment ago
