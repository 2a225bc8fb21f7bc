"""The list of all settings: each variable with its value and its meaning, and no secret."""

import os
import re
from collections.abc import Mapping
from typing import Any

from judge import identity_provider
from judge.settings import BUILD_VARIABLES, ClientSettings, Settings, variable_of


def list_settings(
    settings: Settings, client: ClientSettings, environment: Mapping[str, str] = os.environ
) -> list[dict[str, Any]]:
    """Return a row for each variable: its name, current value, meaning, and if the environment sets it.

    Secrets are not shown.
    """
    rows = [
        {"variable": variable_of(name), "value": _shown(getattr(table, name), field.repr), "meaning": field.description}
        for table in (settings, client)
        for name, field in type(table).model_fields.items()
    ]
    rows += [
        {
            "variable": f"{identity_provider.PREFIX}{provider.name}_{part}",
            "value": _shown(getattr(provider, part.lower()), part != "CLIENT_SECRET"),
            "meaning": meaning,
        }
        for provider in settings.providers
        for part, meaning in identity_provider.PARTS.items()
    ]
    rows += [
        {"variable": name, "value": environment.get(name, ""), "meaning": meaning}
        for name, meaning in BUILD_VARIABLES.items()
    ]
    return [{**row, "set": row["variable"] in environment} for row in rows]


def _shown(value: object, public: bool) -> str:
    if not public:
        return "(set)" if value else ""
    return "" if value is None else _without_password(str(value))


def _without_password(value: str) -> str:
    return re.sub(r"(://[^:/@]+:)[^@]+@", r"\1***@", value)
