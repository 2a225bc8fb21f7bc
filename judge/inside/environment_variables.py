"""Environment variables that count when JAX is imported, in a process that imported it long before the submission.

JAX and Flax read their `JAX_*` and `FLAX_*` variables while they are imported. A box's zygote imported them once for
all jobs, so the modules are hidden until the submission imports one of them: then they are put back, and variables that
it has changed by then are applied to the configuration, as an import at that moment would have done. What is set later
changes nothing, as elsewhere. (Importing JAX anew would do the same and take 2 s and 100 MiB of every such job.)

XLA reads `XLA_FLAGS` when its client is made, which is later: see judge.inside.jax_setup.
"""

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

PACKAGES = ("jax", "flax", "optax")
_TRUE, _FALSE = ("y", "yes", "t", "true", "on", "1"), ("n", "no", "f", "false", "off", "0")
# Options without a variable of their name's form that JAX reads all the same: option -> what it makes of the text.
_FLAGS: Mapping[str, Callable[[str], Any]] = {"jax_platform_name": str.lower, "jax_backend_target": str.lower}


def hide() -> None:
    """Take JAX's modules away until somebody imports one of them."""
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
            _apply(self._environment)
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


def _apply(before: Mapping[str, str]) -> None:
    """Give JAX's and Flax's options the values of variables that are not as they were. Raises ValueError as they do."""
    import jax
    from flax import configurations
    from jax._src.config import config_states

    changed = {name: text for name, text in os.environ.items() if before.get(name) != text}
    if not changed:
        return
    for option, (kind, _, keywords) in jax.config.meta.items():
        if (text := changed.get(option.upper())) is not None:
            if option in _FLAGS:
                jax.config.update(option, _FLAGS[option](text))
            elif option in config_states:  # only those have a variable
                jax.config.update(option, _value(option, kind, text, keywords))
    for option, value in configurations.config._values.items():
        if (text := changed.get(option.upper())) is not None:
            kind = bool if isinstance(value, bool) else int
            configurations.config.update(option, _value(option, kind, text, {}))


def _value(option: str, kind: Any, text: str, keywords: Mapping[str, Any]) -> Any:
    if kind is bool:
        if text.lower() not in _TRUE + _FALSE:
            raise ValueError(f"invalid truth value {text.lower()!r} for environment {option.upper()!r}")
        return text.lower() in _TRUE
    if kind == "enum" and text not in keywords["enum_values"]:
        raise ValueError(f'Invalid value "{text}" for JAX flag {option}')
    try:
        return keywords["enum_class"](text) if kind == "enum_class" else kind(text) if kind in (int, float) else text
    except ValueError as error:
        raise ValueError(f'Invalid value "{text}" for JAX flag {option}') from error
