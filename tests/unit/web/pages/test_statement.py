"""A statement as a page shows it: sections, numbered code, formulae, links to documentation, its first words."""

import importlib
import re
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judge.web.pages import headings
from judge.web.pages.documented_names import SITES, addresses, names_in
from judge.web.pages.formulae import ELEMENTS, MOST_CHARACTERS, mathml
from judge.web.pages.statement import (
    SUMMARY_CHARACTERS,
    render_markdown,
    render_statement,
    shortened,
    summary_of_markdown,
)

TEXT = """# Title

First words with `jax.grad` and *emphasis*,
on two lines.

## What to write

```python
import jax
```

```sh
ls
```

## Pitfalls

### One

```py
x = 1
```

## Pitfalls
"""


def test_the_sections_are_those_of_level_two_and_lead_to_their_headings() -> None:
    statement = render_statement(TEXT)
    assert [each.title for each in statement.sections] == ["What to write", "Pitfalls", "Pitfalls"]
    anchors = [each.anchor for each in statement.sections]
    assert anchors == ["statement-what-to-write", "statement-pitfalls", "statement-pitfalls-1"]
    assert all(f'<h2 id="{anchor}">' in statement.html for anchor in anchors)


def test_a_list_of_contents_has_an_end() -> None:
    count = headings.MOST_SECTIONS
    assert len(render_statement("\n\n".join(f"## {i}" for i in range(count))).sections) == count
    assert len(render_statement("\n\n".join(f"## {i}" for i in range(count + 1))).sections) == count


def test_python_blocks_of_a_statement_are_numbered_and_every_block_can_be_copied() -> None:
    html = render_statement(TEXT).html
    assert re.findall(r'id="(snippet-\d+)" data-snippet="(\d+)"', html) == [("snippet-1", "1"), ("snippet-2", "2")]
    assert html.count("data-copy>") == html.count("<pre tabindex") == 3


def test_a_solution_beside_a_statement_has_no_ids() -> None:
    html = render_markdown(TEXT)
    assert " id=" not in html
    assert html.count("data-copy>") == 3


def test_the_summary_is_the_first_paragraph_without_its_marks() -> None:
    assert render_statement(TEXT).summary == "First words with jax.grad and emphasis, on two lines."
    assert summary_of_markdown(TEXT) == render_statement(TEXT).summary
    assert render_statement("## Only a heading").summary == ""


def test_a_summary_is_cut_between_words_at_its_bound() -> None:
    exact = "x" * (SUMMARY_CHARACTERS - 2) + " y"
    assert shortened(exact) == exact
    cut = shortened("word " * 100)
    assert len(cut) <= SUMMARY_CHARACTERS
    assert cut.endswith("word…")


# --- formulae


def test_a_formula_is_mathml_within_a_line_and_on_lines_of_its_own() -> None:
    html = render_statement("so $\\theta$ is\n\n$$\\theta - \\eta \\, \\nabla L$$\n").html
    assert '<math display="inline" alttext="\\theta"><mrow><mi>θ</mi></mrow></math>' in html
    assert 'class="formula" tabindex="0"' in html
    assert "<mo>∇</mo>" in html


def test_a_dollar_sign_that_is_money_or_a_variable_of_a_shell_is_a_dollar_sign() -> None:
    for text in ("from $5 to $6", "a $ x $ b", "in `$HOME$` and `$PATH`", "\\$y\\$", "only one $"):
        html = render_statement(text).html
        assert "<math" not in html, text
        assert "$" in html


@pytest.mark.parametrize("tex", ["\\frac{", "x" * (MOST_CHARACTERS + 1), "}{", "\\begin{nonsense}"])
def test_a_formula_that_can_not_be_drawn_stays_as_code(tex: str) -> None:
    assert mathml(tex) is None
    assert f"<code>{tex}</code>" in render_statement(f"so ${tex}$ is").html or "{" in tex
    assert "<math" not in render_statement(f"$${tex}$$").html


def test_a_formula_of_the_longest_length_is_drawn() -> None:
    assert mathml("x" * MOST_CHARACTERS) is not None


@pytest.mark.parametrize(
    "tex",
    ["\\href{javascript:alert(1)}{x}", "\\text{<script>alert(1)</script>}", "\\style{color:red}{x}", "\\class{a}{b}"],
)
def test_nothing_that_runs_or_leads_away_comes_out_of_a_formula(tex: str) -> None:
    html = render_statement(f"a ${tex}$ b").html
    drawn = re.sub(r'alttext="[^"]*"', "", html)
    assert "<script" not in html
    assert not re.search(r"\s(href|style|class|on\w+)=", drawn)


@given(st.text(alphabet=st.sampled_from("\\{}^_&$<>\"'x1 abfrcsqtl[]()+-=;#%~"), max_size=60))
def test_whatever_is_written_as_a_formula_gives_known_elements_only(tex: str) -> None:
    drawn = mathml(tex)
    assert drawn is None or set(re.findall(r"<([a-zA-Z]\w*)", drawn)) <= ELEMENTS


# --- links to documentation


def test_every_name_that_is_linked_exists_in_the_installed_packages() -> None:
    table = addresses()
    assert len(table) > 1_000
    missing = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # deprecated names are names
        for name, address in table.items():
            package, *parts = name.removeprefix("flax.").split(".")
            found = importlib.import_module("flax.nnx" if package == "nnx" else package)
            for part in parts:
                found = getattr(found, part, None)
            if found is None:
                missing.append(name)
            assert address.startswith(SITES)
            assert parts[-1] in address or name == "optax.multi_transform"
    assert missing == []


@pytest.mark.parametrize(
    ("code", "links"),
    [
        ("jax.grad", ["https://docs.jax.dev/en/latest/_autosummary/jax.grad.html"]),
        ("jnp.mean(x)", ["https://docs.jax.dev/en/latest/_autosummary/jax.numpy.mean.html"]),
        (
            "nnx.state",
            ["https://flax.readthedocs.io/en/latest/api_reference/flax.nnx/graph.html#flax.nnx.state"],
        ),
        ("optax.sgd", ["https://optax.readthedocs.io/en/latest/api/generated/optax.sgd.html"]),
        (
            "nnx.Optimizer.update",
            ["https://flax.readthedocs.io/en/latest/api_reference/flax.nnx/training/optimizer.html#flax.nnx.optimizer.Optimizer"],
        ),
        ("my.jax.grad", []),
        ("jaxed.grad", []),
        ("optax.no_such_thing", []),
        ("self.optax", []),
    ],
)  # fmt: skip
def test_the_address_of_a_name(code: str, links: list[str]) -> None:
    assert [address for _, _, address in names_in(code)] == links


def test_each_function_of_an_expression_has_its_link_and_the_rest_stays_code() -> None:
    html = render_statement("Build `nnx.Optimizer(model, optax.sgd(lr), a < b)`.").html
    assert html.count('class="external"') == 2
    assert 'rel="noopener external"' in html
    bare = re.sub(r'<span class="hidden-text">.*?</span>', "", html)
    assert (
        re.sub(r"</?a[^>]*>", "", bare) == "<p>Build <code>nnx.Optimizer(model, optax.sgd(lr), a &lt; b)</code>.</p>\n"
    )


def test_a_name_is_linked_once_in_each_section_and_never_in_a_heading_or_another_link() -> None:
    text = "`jax.jit` `jax.jit`\n\n## About `jax.jit`\n\n`jax.jit`\n\n[see `jax.vmap`](https://example.org)\n"
    html = render_statement(text).html
    assert html.count("_autosummary/jax.jit.html") == 2
    assert "jax.vmap.html" not in html
    assert '<h2 id="statement-about-jaxjit">About <code>jax.jit</code></h2>' in html
