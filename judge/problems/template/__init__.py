"""A new package to begin with: small, whole, and right.

    package/        becomes  DIR/<slug>/
    submissions/    becomes  DIR/../submissions/<slug>/

Every file ends in `.txt` here, because it is text with `$entry`, `$title` and the like to be filled in.
"""

import json
from collections.abc import Iterator
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from string import Template

from judge.errors import PackageFault

SUFFIX = ".txt"


def write_package(folder: Path, submissions: Path, *, entry: str, title: str) -> list[Path]:
    """Write a new package into `folder` and its known submissions into `submissions`.

    Returns the files written, in order. Raises PackageFault where one of the two folders is not empty.
    """
    for place in (folder, submissions):
        if place.exists() and any(place.iterdir()):
            raise PackageFault(f"{place} is not empty; nothing was written")
    # A JSON text is a TOML basic string, whatever quotes the title has.
    names = {"entry": entry, "title": title, "quoted_title": json.dumps(title, ensure_ascii=False)}
    root = resources.files(__package__)
    written = []
    for source, target in ((root / "package", folder), (root / "submissions", submissions)):
        for name, file in sorted(_files(source)):
            path = target / name.removesuffix(SUFFIX)
            path.parent.mkdir(parents=True, exist_ok=True)
            text = Template(file.read_text(encoding="utf-8")).substitute(names)
            path.write_text(text, encoding="utf-8")
            written.append(path)
    return written


def _files(folder: Traversable, place: str = "") -> Iterator[tuple[str, Traversable]]:
    for item in folder.iterdir():
        if item.is_dir():
            yield from _files(item, f"{place}{item.name}/")
        elif item.name.endswith(SUFFIX):
            yield place + item.name, item
