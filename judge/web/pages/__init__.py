"""The pages for learners and operators. routes.install adds them to an application.

routes.py          one function per page            templating.py      Jinja, and the filters of every template
page_views.py      what each template gets          fragments.py       parts of a page, for helper processes
page_route.py      refusals as pages                highlighting.py    Python as HTML, in bounded time
page_state.py      objects that all pages share     static_files.py    style sheet, scripts, editor
page_response.py   headers and compression          fragment_cache.py  parts that helpers have drawn
live.py            a result, updated as it comes    problem_cache.py   a problem's texts, drawn once
form.py            a solution from a form           statement.py       Markdown as HTML
access.py          what a visitor may see           charts.py          charts as numbers
security.py        policy headers                   completion.py      the editor's table of names
view.py            a submission with its report     text.py            escaping, and numbers for people

The values of a result, each with the modules below it:

case_groups.py     cases that fail in the same way  leaf_layers.py     parameters, layer by layer
comparison.py      rows and grids of two values     value_leaves.py    two values, entry by entry
grid.py            arrays as tables                 tensor.py          arrays in a report's JSON
relation.py        what all entries have in common  digits.py          numbers as text

Nothing is imported here: helper processes use some of these files, and stay small.
"""
