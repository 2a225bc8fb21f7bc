"""One language in the whole house: words that are banned stand nowhere that a reader looks."""

from pathlib import Path

import pytest

from tests.helpers import words

ROOT = Path(__file__).parents[2]
TEXTS = {".py", ".md", ".toml", ".html", ".js", ".css", ".json"}
ROOMS = sorted(
    str(path.relative_to(ROOT))
    for folder in (ROOT / "judge", ROOT / "judge" / "web")
    for path in folder.iterdir()
    if path.is_dir() and path.name not in ("__pycache__", "web", "build")
)
AREAS = (*ROOMS, "judge/*", "judge/web/*", "problems", "docs", "*.md")  # a star: files of that folder alone
ALLOWED: dict[tuple[str, str], str] = {}  # (file, word): the reason why it stays
MADE = {"build", "node_modules"}  # folders of files that a program makes


def files(area: str) -> list[Path]:
    """Return the hand-written texts of an area."""
    found = ROOT.glob(area) if "*" in area else (ROOT / area).rglob("*")
    return sorted(path for path in found if path.suffix in TEXTS and not MADE & set(path.parts))


@pytest.mark.parametrize("area", AREAS)
def test_no_banned_word(area: str) -> None:
    assert files(area)
    found = [
        f"{name}:{line}: {word}"
        for path in files(area)
        for name in [str(path.relative_to(ROOT))]
        for line, word in words.banned(path)
        if (name, word) not in ALLOWED
    ]
    assert not found, "\n".join(["", *found])


def test_every_exception_is_still_needed() -> None:
    for name, word in ALLOWED:
        assert word in {found for _, found in words.banned(ROOT / name)}, (name, word)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("def f(told): ...", ["told"]),
        ("self.news_of_day = 1", ["news"]),
        ("for heardTwice in x: ...", ["heard"]),
        ("x = f(tells=1)", ["tells"]),
        ("import a as tell", ["tell"]),
        ('"""It is none."""', ["is none"]),
        ('x = f"{y} is no name"', ["is no name"]),
        ('"""It stands\n    twice."""', ["stands twice"]),
        ("x = 1  # ends by itself", ["by itself"]),
        ("x = 1  # it has not a name", ["has not a"]),
        ("x = file.tell() is None  # it has not ended; x is None; there is no name; is no longer", []),
        ("newspaper = foretell = 'untold'", []),
    ],
)
def test_a_program_s_names_texts_and_comments_are_looked_at(tmp_path: Path, text: str, expected: list[str]) -> None:
    path = tmp_path / "program.py"
    path.write_text(text)
    assert [word for _, word in words.banned(path)] == expected


def test_of_a_document_only_the_prose_is_looked_at(tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    path.write_text("`told`\n\n```\nnews\n```\nIt is\nworn.\n")
    assert words.banned(path) == [(7, "worn")]
