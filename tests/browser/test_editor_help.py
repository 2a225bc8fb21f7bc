"""What helps while a program is written: completion, signatures, what a name means, and names that are missing."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import SLUG, open_problem, write
from tests.browser.server import Server

OPTION = ".cm-tooltip-autocomplete li"
CARD = ":is(.cm-card.cm-tooltip, .cm-tooltip-hover .cm-card)"
PATIENCE_MS = 60_000  # the first editor of a session waits until the table of names is made


@pytest.fixture(scope="module")
def ready(browser: Browser, server: Server) -> Iterator[Page]:
    """A page whose editor has all its help, the table of names included."""
    context = browser.new_context(base_url=server.url, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(20_000)
    with page.expect_response(
        lambda answer: "/completion/" in answer.url and answer.status == 200, timeout=PATIENCE_MS
    ):
        open_problem(page)
    expect(page.locator(".cm-editor[data-assisted]")).to_be_visible()
    yield page
    context.close()


@pytest.fixture
def editor(ready: Page) -> Page:
    """The same page for all tests, with nothing open: each writes its own program."""
    ready.mouse.move(5, 5)
    ready.locator(".cm-content").focus()
    for _ in range(3):
        ready.keyboard.press("Escape")
    return ready


def type_after(page: Page, program: str, typed: str) -> None:
    """Put a program into the editor, and type at its end as people do."""
    write(page, program)
    page.keyboard.type(typed, delay=25)


def text_of(page: Page) -> str:
    return "\n".join(page.locator(".cm-line").all_text_contents())


def choose(page: Page, label: str) -> None:
    """Accept a completion by its name, with the keyboard."""
    option = page.locator(OPTION).filter(has=page.locator(".cm-completionLabel", has_text=re.compile(f"^{label}$")))
    expect(option).to_be_visible()
    page.wait_for_timeout(200)  # for a moment after it opens, the list takes no keys
    for _ in range(20):
        if option.get_attribute("aria-selected"):
            break
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")


@pytest.mark.parametrize(
    ("program", "typed", "expected", "signature"),
    [
        ("import jax.numpy as jnp\n", "jnp.lin", "linspace", "(start, stop, num=50"),
        ("import jax.numpy as np\n", "np.lins", "linspace", "(start, stop, num=50"),
        ("from jax import numpy\n", "numpy.lins", "linspace", "(start, stop, num=50"),
        ("import jax\n", "jax.numpy.lins", "linspace", "(start, stop, num=50"),
        ("from jax import random as jr\n", "jr.spli", "split", "(key, num=2)"),
        ("import jax.tree_util\n", "jax.tree_util.tree_map_w", "tree_map_with_path", "(f, tree, *rest"),
        ("from flax import nnx\n", "nnx.Lin", "Linear", "(in_features, out_features"),
        ("from flax import nnx\n", "nnx.rel", "relu", "(x)"),
        ("import flax\n", "flax.nnx.Optimi", "Optimizer", "(model, tx, *, wrt)"),
        ("import optax as o\n", "o.multi_t", "multi_transform", "(transforms, param_labels"),
        ("from jax import lax\n", "lax.sca", "scan", "(f, init, xs=None"),
        ("", "from jax.numpy import eins", "einsum", "(subscripts, /"),
        ("", "import jax.tre", "jax.tree_util", ""),
    ],
)
def test_members_of_a_module_are_offered_by_the_name_that_the_program_gave_it(
    editor: Page, program: str, typed: str, expected: str, signature: str
) -> None:
    type_after(editor, program, typed)
    option = editor.locator(OPTION).filter(
        has=editor.locator(".cm-completionLabel", has_text=re.compile(f"^{expected}$"))
    )
    expect(option).to_be_visible()
    if signature:
        expect(option.locator(".cm-completionDetail")).to_contain_text(signature)
    choose(editor, expected)
    assert text_of(editor).rstrip().endswith(expected)


def test_the_chosen_completion_is_explained_beside_the_list(editor: Page) -> None:
    type_after(editor, "import jax.numpy as jnp\n", "jnp.linsp")
    expect(editor.locator(".cm-completionInfo")).to_contain_text("jax.numpy.linspace(start, stop")
    # Not cut off by the list: the point in its middle belongs to it.
    assert editor.locator(".cm-completionInfo").evaluate(IN_SIGHT)
    expect(editor.locator(".cm-completionInfo")).to_contain_text("Return evenly-spaced numbers within an interval")


@pytest.mark.parametrize(
    ("program", "typed"),
    [
        ("x = [1]\n", "x.lin"),  # the members of values are not guessed
        ("import jax.numpy as jnp\n", "jnp.zeros(3).lin"),
        ("import jax.numpy as jnp\n", "'jnp.lin"),
        ("import jax.numpy as jnp\n", "# jnp.lin"),
        ("", "jnp.lin"),  # never imported
        ("", "def prin"),  # a new name
    ],
)
def test_nothing_is_offered_where_nothing_is_known(editor: Page, program: str, typed: str) -> None:
    type_after(editor, program, typed)
    editor.wait_for_timeout(500)
    expect(editor.locator(OPTION)).to_have_count(0)


def test_names_of_the_program_come_before_those_of_python(editor: Page) -> None:
    type_after(editor, "def slope_of(x, y):\n    pass\n\n\nslow = 1\n", "sl")
    labels = editor.locator(f"{OPTION} .cm-completionLabel")
    expect(labels.first).to_be_visible()
    assert sorted(labels.all_inner_texts()[:2]) == ["slope_of", "slow"]
    expect(editor.locator(OPTION).filter(has_text="slope_of")).to_contain_text("(x, y)")


def test_keyword_arguments_of_a_known_function_are_offered_and_those_that_are_given_are_not(editor: Page) -> None:
    type_after(editor, "import jax.numpy as jnp\n", "jnp.linspace(0, 1, num=3, end")
    choose(editor, "endpoint=")
    assert "num=3, endpoint=" in text_of(editor)
    type_after(editor, "def step(model, *, learning_rate=0.1):\n    pass\n\n\n", "step(1, learn")
    choose(editor, "learning_rate=")


def test_a_call_shows_its_signature_with_the_argument_that_is_written(editor: Page) -> None:
    type_after(editor, "import jax.numpy as jnp\n", "jnp.linspace(0, 1")
    expect(editor.locator(CARD)).to_contain_text("jax.numpy.linspace(start, stop, num=50")
    expect(editor.locator(f"{CARD} strong")).to_have_text("stop")
    editor.keyboard.type(", dtype=", delay=25)
    expect(editor.locator(f"{CARD} strong")).to_have_text("dtype=None")
    editor.keyboard.press("Escape")
    expect(editor.locator(CARD)).to_have_count(0)
    editor.keyboard.press("Control+Shift+Space")
    expect(editor.locator(CARD)).to_be_visible()
    editor.keyboard.press("Control+Home")
    expect(editor.locator(CARD)).to_have_count(0)


def test_the_pointer_over_a_name_explains_it(editor: Page) -> None:
    write(
        editor,
        "from functools import partial\n\nimport jax\n\n\n@jax.jit\ndef double(x: float) -> float:\n"
        '    """Return twice the value."""\n    return 2 * x\n\n\nprint(jax.nn.relu(double(1.0)))\n',
    )
    last = editor.locator(".cm-line").filter(has_text="print(")
    for word, text in [("relu", "jax.nn.relu(x)"), ("double", "double(x: float)")]:
        place = last.evaluate(PLACE, word)
        editor.mouse.move(place["x"], place["y"])
        expect(editor.locator(CARD)).to_contain_text(text)
        editor.mouse.move(5, 5)
        expect(editor.locator(CARD)).to_have_count(0)
    place = editor.locator(".cm-line").filter(has_text="@jax.jit").evaluate(PLACE, "jit")
    editor.mouse.move(place["x"], place["y"])
    expect(editor.locator(CARD)).to_contain_text("jax.jit(fun")


IN_SIGHT = """(element) => {
  const box = element.getBoundingClientRect();
  return element.contains(document.elementFromPoint((box.left + box.right) / 2, (box.top + box.bottom) / 2));
}"""
PLACE = """(line, word) => {
  const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const at = node.data.indexOf(word);
    if (at < 0) continue;
    const range = document.createRange();
    range.setStart(node, at);
    range.setEnd(node, at + word.length);
    const box = range.getBoundingClientRect();
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  }
  throw new Error(word);
}"""


def test_an_undefined_name_is_marked_and_its_import_is_added_with_one_click(editor: Page) -> None:
    write(editor, '"""Mine."""\n\nimport optax\n\ny = jnp.zeros(3)\nprint(y, optaxx)\n')
    warning = editor.locator(".cm-lintRange-warning")
    expect(warning).to_have_count(2)
    assert warning.all_inner_texts() == ["jnp", "optaxx"]
    warning.last.hover()
    expect(editor.locator(".cm-diagnostic")).to_have_text("optaxx is not defined. Did you mean optax?")
    editor.mouse.move(5, 5)
    warning.first.hover()
    editor.get_by_role("button", name="Add it").click()
    assert text_of(editor).startswith('"""Mine."""\n\nimport jax.numpy as jnp\nimport optax\n')
    expect(warning).to_have_count(1)


def test_a_name_that_is_being_written_is_not_marked_yet(editor: Page) -> None:
    type_after(editor, "value = 1\n", "print(val")
    editor.keyboard.press("Escape")
    editor.wait_for_timeout(900)
    expect(editor.locator(".cm-lintRange-warning")).to_have_count(0)
    editor.keyboard.press("Control+Home")
    expect(editor.locator(".cm-lintRange-warning")).to_have_text("val")


def test_where_the_table_of_names_is_missing_the_rest_still_works(page: Page) -> None:
    page.route("**/completion/*", lambda route: route.fulfill(status=503))
    page.goto(f"/problems/{SLUG}")
    expect(page.locator(".cm-editor[data-assisted]")).to_be_visible()
    type_after(page, "def slope_of(x):\n    pass\n\n\n", "slop")
    expect(page.locator(OPTION).first).to_contain_text("slope_of")


def test_where_the_part_that_helps_cannot_be_loaded_the_editor_still_works(page: Page) -> None:
    page.route("**/build/assist-*.js", lambda route: route.abort())
    open_problem(page)
    write(page, "x = 1\n")
    page.wait_for_timeout(500)
    expect(page.locator(".cm-content")).to_contain_text("x = 1")
