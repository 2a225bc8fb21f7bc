"""The pages: what a learner reads, writes and watches. `install` adds them to an application.

routes.py      one function a page                 rendering.py   templates and their words
live.py        a result that grows by itself       statement.py   Markdown and Python as HTML
posting.py     a solution from a form              values.py      expected and actual side by side
standing.py    what is solved                      pictures.py    charts as numbers
security.py    headers                             text.py        escaping, and numbers for people
assets.py      style sheet, scripts, editor        shown.py       a submission as pages show it
"""

from judge.web.pages.routes import install

__all__ = ["install"]
