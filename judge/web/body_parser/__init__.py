"""Parsing of request bodies: bytes in, checked fields out. Knows no request: helper processes read large bodies.

parsed.py        what parsing gives: programs, and the refusal of a body
validation.py    JSON and form fields into the models of judge.web.schemas
json_scan.py     JSON walked token by token, before anything is built
submission.py    one program, or a rejudge
form.py          the fields of a form
batch.py         many programs, one at a time
helper_tasks.py  batches and forms in a helper process, and the way back

A body may hold more objects than its bytes are worth, so nothing is built before it is counted: JSON is walked by
tokens first, and only one program of a batch at a time becomes objects.
"""
