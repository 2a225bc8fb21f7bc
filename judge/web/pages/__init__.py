"""The pages: what a learner reads, writes and watches. routes.install adds them to an application.

routes.py          one function a page              templating.py      Jinja, and the filters of every template
page_response.py   headers and compression          fragments.py       parts of a page, for helper processes
live.py            a result that grows as it comes  highlighting.py    Python as HTML, in bounded time
form.py            a solution from a form           statement.py       Markdown as HTML
access.py          what a visitor may see           comparison.py      expected and actual side by side
security.py        policy headers                   charts.py          charts as numbers
static_files.py    style sheet, scripts, editor     text.py            escaping, and numbers for people
fragment_cache.py  parts that helpers have drawn    view.py            a submission as pages show it
problem_cache.py   a problem's texts, drawn once

Nothing is imported here: helper processes use some of these files, and stay small.
"""
