"""Documents are found, link to what is there, and become pages without markup of their own."""

import re
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

import pytest

from judge.web.documents import MAX_BYTES, Document, authors_manual, read_documents
from judge.web.pages.document import link_target, render_document
from judge.web.pages.headings import anchors
from judge.web.pages.help import GROUPS, grouped
from tests.unit.docs.test_words import DOCUMENTS, ROOT

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


def links(path: Path) -> list[str]:
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    return LINK.findall(text)


def headings(path: Path) -> list[str]:
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    return anchors([re.sub(r"[`*]|\[|\]\([^)]*\)", "", each) for each in re.findall(r"^#+ (.+)$", text, re.MULTILINE)])


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_relative_link_is_dead(path: Path) -> None:
    for link in links(path):
        parts = urlsplit(link)
        if parts.scheme:
            continue
        target = path.parent / parts.path if parts.path else path
        assert target.exists(), link
        if parts.fragment:
            assert parts.fragment in headings(target), link


def test_every_document_of_the_checkout_is_read_and_the_index_names_only_these() -> None:
    documents = read_documents(ROOT)
    files = {str(path.relative_to(ROOT)) for path in ROOT.glob("docs/**/*.md")}
    assert files | {"SECURITY.md", "CONTRIBUTING.md", "CHANGELOG.md"} == {str(each.path) for each in documents.values()}
    assert {name for names in GROUPS.values() for name in names} <= set(documents)
    assert sorted(each.name for _, group in grouped(documents) for each in group) == sorted(documents)


def test_an_installation_has_the_same_shape_as_a_checkout(tmp_path: Path) -> None:
    (tmp_path / "docs" / "decisions").mkdir(parents=True)
    (tmp_path / "docs" / "api.md").write_text("# HTTP API\n")
    (tmp_path / "docs" / "decisions" / "0001-x.md").write_text("no heading\n")
    (tmp_path / "SECURITY.md").write_text("# Security\n")
    (tmp_path / "docs" / "huge.md").write_text("x" * (MAX_BYTES + 1))
    documents = read_documents(tmp_path)
    assert {name: each.title for name, each in documents.items()} == {
        "api": "HTTP API",
        "decisions/0001-x": "decisions/0001-x",
        "security": "Security",
    }
    assert read_documents(tmp_path / "nowhere") == {}


def test_the_authors_manual_is_the_document_of_that_name() -> None:
    assert authors_manual() == (ROOT / "docs" / "authoring.md").read_text(encoding="utf-8")


def document(text: str, path: str = "docs/a.md") -> Document:
    pure = PurePosixPath(path)
    return Document(name=pure.stem.lower(), path=pure, text=text)


def rendered(text: str) -> str:
    mine = document(text)
    return render_document(
        mine, {"a": mine, "api": document("", "docs/api.md"), "security": document("", "SECURITY.md")}
    )


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("[x](api.md)", '<a href="/help/api">x</a>'),
        ("[x](api.md#limits)", '<a href="/help/api#limits">x</a>'),
        ("[x](../SECURITY.md)", '<a href="/help/security">x</a>'),
        ("[x](#there)", '<a href="#there">x</a>'),
        ("[x](https://example.org/a)", '<a href="https://example.org/a">x</a>'),
        ("[`x` y](../judge/grading/grader.py)", "<code>x</code> y"),
        ("[x](../../etc/passwd)", "x"),
        ("[x](/status)", "x"),
        ("![a picture](images/page.png)", "a picture"),
        ("<script>x</script>", "&lt;script&gt;x&lt;/script&gt;"),
    ],
)
def test_a_link_leads_to_a_served_document_or_nowhere(markdown: str, html: str) -> None:
    assert rendered(markdown) == f"<p>{html}</p>\n"


def test_a_link_to_a_script_is_no_link() -> None:
    assert "href" not in rendered("[x](javascript:alert(1))")


def test_headings_have_anchors_and_the_title_is_left_to_the_page() -> None:
    html = rendered("# Title\n\n## `judge` grade, twice\n\n## Limits\n\n## Limits\n")
    assert "Title" not in html
    assert re.findall(r'id="([^"]+)"', html) == ["judge-grade-twice", "limits", "limits-1"]


def test_marks_of_generated_parts_are_not_shown() -> None:
    assert rendered("<!-- generated: x -->\n\ntext\n\n<!-- end -->\n") == "<p>text</p>\n"


def test_an_address_outside_of_the_documents_is_nowhere() -> None:
    assert link_target("../../x.md", "docs", {"x.md": "/help/x"}) is None
    assert link_target("//example.org/x", "docs", {}) == "//example.org/x"
