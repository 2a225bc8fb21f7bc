"""JSON that every database accepts: PostgreSQL refuses NaN, and a lone surrogate can't be sent as UTF-8."""

import math
from collections.abc import Mapping
from typing import Any

from judge.verdict import Json


def clean_json(value: Json) -> Any:
    """Return `value` with non-finite numbers as the strings "nan", "inf", "-inf", and text that UTF-8 can hold."""
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, str):
        return _clean_text(value)
    if isinstance(value, Mapping):
        return {_clean_text(str(key)): clean_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [clean_json(item) for item in value]
    return value


def _clean_text(text: str) -> str:
    return str(text) if text.isascii() else text.encode("utf-8", "replace").decode()
