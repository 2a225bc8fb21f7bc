"""The options of JAX and Flax: read again from the environment, as at an import."""

import os
from collections.abc import Callable, Mapping
from typing import Any

PRIVATE_NAMES = ("jax._src.config.config_states", "jax.config.meta", "flax.configurations.config._values")
_TRUE, _FALSE = ("y", "yes", "t", "true", "on", "1"), ("n", "no", "f", "false", "off", "0")
# Options without a variable of their name's form that JAX reads all the same: option -> what it makes of the text.
_FLAGS: Mapping[str, Callable[[str], Any]] = {"jax_platform_name": str.lower, "jax_backend_target": str.lower}


def read_variables(before: Mapping[str, str]) -> None:
    """Set the options whose variables are not as they were `before`. Raises ValueError as JAX and Flax do."""
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
