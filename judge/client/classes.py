"""Classes of a judge, for command lines: their files and gradebooks as text."""

import tomllib
from typing import Any

import httpx

from judge.client import requests
from judge.client.faults import Refused, unreachable
from judge.client.token import token_for

NETWORK_SECONDS = 60.0
TOML = "application/toml"


class ClassesClient:
    """The classes of the judge at `url`. Every method raises Refused or Unreachable."""

    def __init__(self, url: str, token: str | None = None) -> None:
        headers = requests.client_headers(None, token or token_for(url))
        self._http = httpx.Client(base_url=url, headers=headers, timeout=NETWORK_SECONDS)

    def apply(self, text: str) -> dict[str, Any]:
        """Make or change the class whose file is `text`."""
        try:
            slug = tomllib.loads(text).get("slug")
        except tomllib.TOMLDecodeError as error:
            raise Refused(422, "invalid-class", f"the file can't be read as TOML: {error}") from error
        if not isinstance(slug, str) or not slug.isascii() or "/" in slug:
            raise Refused(422, "invalid-class", "the file has no `slug` of letters, digits and hyphens")
        response = self._send("PUT", f"/api/classes/{slug}", content=text.encode(), headers={"Content-Type": TOML})
        applied: dict[str, Any] = response.json()
        return applied

    def export(self, slug: str) -> str:
        """Return the file of a class."""
        return self._send("GET", f"/api/classes/{slug}").text

    def all(self) -> list[dict[str, Any]]:
        """Return your classes; all to an operator."""
        found: list[dict[str, Any]] = self._send("GET", "/api/classes").json()
        return found

    def gradebook(self, slug: str, form: str, assignment: str | None = None) -> str:
        """Return the gradebook of a class as text in the form `json` or `csv`."""
        params = {"format": form} | ({"assignment": assignment} if assignment else {})
        return self._send("GET", f"/api/classes/{slug}/gradebook", params=params).text

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        try:
            response = self._http.request(method, path, **options)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise unreachable(error) from error
        requests.raise_refusal(response)
        return response
