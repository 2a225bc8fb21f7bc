"""Forms: fields and files as bytes."""

import pytest

from judge.web.body_parser.form import media_type, parse_form
from judge.web.body_parser.parsed import BadBody


@pytest.mark.parametrize("kind", ["", "text/plain", "multipart/mixed; boundary=x"])
def test_what_is_no_form_is_refused(kind: str) -> None:
    with pytest.raises(BadBody) as bad:
        parse_form(kind, b"x")
    assert bad.value.status == 415


def test_forms_give_their_fields() -> None:
    assert parse_form("application/x-www-form-urlencoded", b"source=a%0D%0Ab&action=run") == {
        "source": b"a\r\nb",
        "action": b"run",
    }
    assert media_type("Text/HTML; charset=x") == "text/html"
