"""The HTTP service: the API and the pages.

app.py                  settings in, application out        server.py            the process that runs it
state.py                objects that routes use             progress.py          cases of running judgings
routes/                 the API                             pages/               the pages
body_parser/            request bodies into fields          offload/             helper processes
static/, templates/     files of the pages                  editor/              the editor, bundled at build time
completion/             names that the editor completes

schemas.py              JSON of submissions                 problem_schemas.py   JSON of problems
operation_schemas.py    JSON for operators
report_schema.py        JSON schema of a report             ../schemas/          the same as files, by version
params.py               parameters that routes share        request_body.py      submissions out of requests
submission_response.py  a submission as an answer           problem_details.py   errors as answers
access.py               owners and their rights             visitor_cookie.py    the identity of a browser
client_address.py       the client behind a request         host_and_origin.py   host names and foreign pages
connections.py          limits of connections               request_bounds.py    limits of open requests
rate_limit.py           submissions per minute              limits.py            the numbers
metrics.py              Prometheus                          seed_choice.py       the right to choose a seed
"""
