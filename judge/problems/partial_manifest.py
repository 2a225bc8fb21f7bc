"""Uses a faulty problem.toml as far as it goes, so that the faults of other files are reported in the same run."""

import tomllib
from dataclasses import dataclass

from pydantic import ValidationError

from judge.problems.manifest import FORMAT, Manifest

STAND_INS = {"format": FORMAT, "title": "?", "seed": 1}  # for required keys on which no other file depends


@dataclass(frozen=True, kw_only=True)
class Outline:
    """A manifest without its faulty top-level keys, which are named in `faulty`; and every mistake id it has."""

    manifest: Manifest
    faulty: frozenset[str]
    mistakes: frozenset[str]


def read_outline(text: str) -> Outline | None:
    """Return the sound part of problem.toml; None where it can't be read, or the entry point's signature is faulty."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None
    mistakes = table.get("mistakes")
    faulty = _faulty_keys(table)
    sound = {key: value for key, value in table.items() if key not in faulty}
    try:
        manifest = Manifest.model_validate(STAND_INS | sound if faulty else sound)
    except ValidationError:
        return None
    return Outline(manifest=manifest, faulty=faulty, mistakes=frozenset(mistakes if isinstance(mistakes, dict) else ()))


def _faulty_keys(table: dict[str, object]) -> frozenset[str]:
    try:
        Manifest.model_validate(table)
    except ValidationError as error:
        return frozenset(str(each["loc"][0]) for each in error.errors() if each["loc"])
    return frozenset()
