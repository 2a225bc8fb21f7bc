"""The documents that come with the judge: in a checkout, or where a wheel puts them.

<checkout>/docs/**.md            <sys.prefix>/share/judge/docs/**.md
<checkout>/SECURITY.md ...       <sys.prefix>/share/judge/SECURITY.md ...

Both have the same shape, so relative links between documents hold in either. Knows no web framework: `judge show`
reads documents too.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import judge

FOLDER = "docs"
TOP_LEVEL = ("SECURITY.md", "CONTRIBUTING.md", "CHANGELOG.md")  # beside the folder, where code hosts look for them
MAX_BYTES = 256 * 1024  # of one document
AUTHORING = "authoring"


@dataclass(frozen=True, kw_only=True)
class Document:
    """One Markdown file. `path` is relative to the folder that holds docs/; `name` is its address below /help."""

    name: str
    path: PurePosixPath
    text: str

    @property
    def title(self) -> str:
        """Return the text of the first heading, or the name."""
        first = next((line for line in self.text.splitlines() if line.startswith("# ")), "")
        return first.removeprefix("# ").strip() or self.name


def documents_home() -> Path:
    """Return the folder that holds docs/: the checkout, or else the installation's."""
    checkout = Path(judge.__file__).parents[1]
    if (checkout / "pyproject.toml").is_file() and (checkout / FOLDER).is_dir():
        return checkout
    return Path(sys.prefix) / "share" / "judge"


def read_documents(home: Path | None = None) -> Mapping[str, Document]:
    """Return every document by its name. One that is longer than MAX_BYTES is left out."""
    home = home or documents_home()
    files = [*sorted((home / FOLDER).rglob("*.md")), *(home / name for name in TOP_LEVEL)]
    found = (_read(home, file) for file in files if file.is_file() and file.stat().st_size <= MAX_BYTES)
    return {document.name: document for document in found}


def authors_manual() -> str:
    """Return the text of the manual for authors of problems."""
    return (documents_home() / FOLDER / f"{AUTHORING}.md").read_text(encoding="utf-8")


def _read(home: Path, file: Path) -> Document:
    path = PurePosixPath(file.relative_to(home).as_posix())
    name = path.relative_to(FOLDER) if path.parts[0] == FOLDER else path
    return Document(name=str(name.with_suffix("")).lower(), path=path, text=file.read_text(encoding="utf-8"))
