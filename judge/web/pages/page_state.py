"""The objects that all pages are drawn with, in `app.state`."""

from dataclasses import dataclass

from fastapi import Request

from judge.web.pages.diff_drawer import DiffDrawer
from judge.web.pages.fragment_cache import Drawer
from judge.web.pages.page_response import Renderer
from judge.web.pages.problem_cache import Preparations
from judge.web.pages.site_files import Cards
from judge.web.pages.static_files import Assets


@dataclass(frozen=True, kw_only=True)
class Pages:
    """Static files, templates, prepared problems and their pictures; in `app.state.pages`."""

    assets: Assets
    renderer: Renderer
    preparations: Preparations
    cards: Cards


def pages_of(request: Request) -> Pages:
    """Return the pages of the application that answers."""
    pages: Pages = request.app.state.pages
    return pages


def diffs_of(request: Request) -> DiffDrawer:
    """Return the drawer of comparisons of programs."""
    diffs: DiffDrawer = request.app.state.diffs
    return diffs


def drawer_of(request: Request) -> Drawer:
    """Return the drawer of the parts that take long."""
    drawer: Drawer = request.app.state.drawer
    return drawer
