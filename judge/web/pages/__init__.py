"""The pages: what a learner reads, writes and watches. routes.install adds them to an application.

routes.py      one function a page                 drawing.py       templates and their words
rendering.py   a page as an answer                 parts.py         what helper processes draw
live.py        a result that grows by itself       highlighting.py  Python as HTML, in bounded time
posting.py     a solution from a form              statement.py     Markdown as HTML
standing.py    what is solved                      values.py        expected and actual side by side
security.py    headers                             pictures.py      charts as numbers
assets.py      style sheet, scripts, editor        text.py          escaping, and numbers for people
drawn.py       drawn elsewhere, and remembered     shown.py         a submission as pages show it
prepared.py    a problem's texts, drawn once

Nothing is imported here: helper processes use some of these files, and stay small.
"""
