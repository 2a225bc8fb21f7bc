"""Looks at a page as its reader does: which buttons are in sight, what is wider than the screen, what is cut off."""

from typing import Any

from playwright.sync_api import Page

BUTTONS = ("open", "reset", "run", "submit")
LONG_LINE = "# " + "a comment that never ends " * 8  # more than 200 columns, which may be broken
UNBROKEN = "x" * 200  # and as many that may not
LONG_SOURCE = f"{LONG_LINE}\n{UNBROKEN} = 1\n"

_OUT_OF_SIGHT = """(ids) => ids.filter((id) => {
  const button = document.getElementById(id);
  const { left, top, right, bottom } = button.getBoundingClientRect();
  const isInside = left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight && right - left > 20;
  return !isInside || !button.contains(document.elementFromPoint((left + right) / 2, (top + bottom) / 2));
})"""
_CUT = """() => [...document.querySelectorAll("main *")].filter((each) => {
  const style = getComputedStyle(each);
  const box = each.getBoundingClientRect();
  if (box.width < 2 || box.height < 2 || (style.overflowX === "visible" && style.overflowY === "visible")) return false;
  return each.scrollWidth > each.clientWidth + 1 || each.scrollHeight > each.clientHeight + 1;
}).map((each) => `${each.tagName} ${each.id} ${each.className}`)"""


def out_of_sight(page: Page, buttons: tuple[str, ...] = BUTTONS) -> list[Any]:
    """Return those of the workbench's buttons that are off the screen, or covered by something."""
    return list(page.evaluate(_OUT_OF_SIGHT, list(buttons)))


def overflow(page: Page) -> int:
    """Return by how many pixels the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def cut(page: Page) -> list[Any]:
    """Return the elements whose content does not fit in them, and has to be scrolled to."""
    return list(page.evaluate(_CUT))
