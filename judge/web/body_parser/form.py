"""Forms: multipart and URL-encoded bodies into fields."""

from collections.abc import AsyncGenerator, Coroutine
from typing import Any

from python_multipart.multipart import parse_options_header
from starlette.datastructures import FormData, Headers, UploadFile
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser

from judge.web import limits
from judge.web.body_parser.parsed import BadBody

FORM_FIELDS = 32  # a program with its options, and an argument for each parameter


def parse_form(content_type: str, body: bytes) -> dict[str, bytes]:
    """Return the fields of a form, files as their bytes. Raises BadBody.

    A file without a name and without content is left out: browsers send one where nothing was chosen.
    """
    parser: MultiPartParser | FormParser
    headers = Headers({"content-type": content_type})
    if parse_options_header(content_type)[0] == b"multipart/form-data":
        parser = MultiPartParser(
            headers, _once(body), max_files=1, max_fields=FORM_FIELDS, max_part_size=limits.MAX_BODY_BYTES
        )
    elif media_type(content_type) == "application/x-www-form-urlencoded":
        parser = FormParser(headers, _once(body), max_fields=FORM_FIELDS, max_part_size=limits.MAX_BODY_BYTES)
    else:
        raise BadBody(415, "unsupported-media-type", "send a form")
    try:
        form = _finished(parser.parse())
    except (MultiPartException, KeyError, ValueError) as error:
        raise BadBody(400, "broken-form", getattr(error, "message", "the form can't be read")) from error
    return _fields(form)


def media_type(content_type: str) -> str:
    """Return the media type without its parameters."""
    return content_type.partition(";")[0].strip().lower()


def _fields(form: FormData) -> dict[str, bytes]:
    fields: dict[str, bytes] = {}
    for name, value in form.items():
        if isinstance(value, UploadFile):
            value.file.seek(0)
            content = value.file.read()
            if content or value.filename:
                fields[name] = content
        else:
            fields[name] = str(value).encode()
    return fields


async def _once(body: bytes) -> AsyncGenerator[bytes, None]:
    yield body


def _finished(parsing: Coroutine[Any, Any, FormData]) -> FormData:
    """Return the result of a coroutine that never waits."""
    try:
        parsing.send(None)
    except StopIteration as finished:
        form: FormData = finished.value
        return form
    raise BadBody(400, "broken-form", "the form can't be read")
