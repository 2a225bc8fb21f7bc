"""Each page's view has exactly the values that its template uses."""

from dataclasses import fields

import pytest
from jinja2 import meta, nodes

from judge.web.pages import account_views, course_views, lti_views  # noqa: F401 - their classes are among the subclasses
from judge.web.pages.page_views import PageView
from judge.web.pages.templating import Drawing

OF_EVERY_PAGE = {"theme", "nonce", "here", "asset", "person", "meta", "self"}


def used(drawing: Drawing, template: str) -> set[str]:
    """The names that a template takes from its context, with those of the templates that it extends or includes."""
    environment = drawing.environment
    source = environment.loader.get_source(environment, template)[0]
    tree = environment.parse(source)
    macros = {each.name for each in tree.find_all(nodes.Macro)}
    macros |= {name for each in tree.find_all(nodes.FromImport) for name in each.names}
    others = [each for each in meta.find_referenced_templates(tree) if each]
    return (meta.find_undeclared_variables(tree) - macros).union(*(used(drawing, each) for each in others))


@pytest.mark.parametrize("view", PageView.__subclasses__(), ids=lambda view: view.__name__)
def test_a_view_has_the_values_that_its_template_uses(view: type[PageView]) -> None:
    names = used(Drawing(str), view.template)
    assert {each.name for each in fields(view)} == names - OF_EVERY_PAGE
