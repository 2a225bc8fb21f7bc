"""Signing a command line in and out: the client's side of judge.web.device_login, by RFC 8628."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from judge.client import requests
from judge.client.faults import Refused, Unreachable, unreachable

NETWORK_SECONDS = 20.0
SLOWER_SECONDS = 5.0  # added to the interval each time that the judge asks for it
LONGEST_SECONDS = 1_800.0  # of waiting, whatever the judge says
LONGEST_INTERVAL_SECONDS = 60.0


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A sign-in that waits for its person, who types `user_code` at `address` within `seconds`."""

    device_code: str
    user_code: str
    address: str
    seconds: float
    interval: float


class SignIn:
    """Asks the judge at `url` for a token. Every method raises Refused or Unreachable."""

    def __init__(self, url: str, token: str | None = None) -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._http = httpx.Client(base_url=url, headers=headers, timeout=NETWORK_SECONDS)

    def begin(self, name: str, scopes: Sequence[str]) -> Asked:
        """Ask to be signed in."""
        data = self._send("POST", "/api/device", {"name": name, "scopes": list(scopes)})
        return Asked(
            device_code=str(data["device_code"]),
            user_code=str(data["user_code"]),
            address=str(data["verification_uri"]),
            seconds=min(float(data["expires_in"]), LONGEST_SECONDS),
            interval=min(float(data["interval"]), LONGEST_INTERVAL_SECONDS),
        )

    def wait(self, asked: Asked, sleep: Callable[[float], None] = time.sleep) -> str:
        """Return the token once the code was confirmed."""
        interval, deadline = asked.interval, time.monotonic() + asked.seconds
        while time.monotonic() < deadline:
            sleep(interval)
            try:
                return str(self._send("POST", "/api/device/token", {"device_code": asked.device_code})["access_token"])
            except Unreachable:
                continue  # a judge that restarts still knows the code
            except Refused as refused:
                if refused.kind == "slow-down":
                    interval = min(interval + SLOWER_SECONDS, LONGEST_INTERVAL_SECONDS)
                elif refused.kind != "authorization-pending":
                    raise
        raise Refused(400, "expired-token", "nobody confirmed the code in time: start again")

    def me(self) -> dict[str, Any]:
        """Return the account that the token belongs to."""
        return self._send("GET", "/api/me")

    def adopt(self, earlier: str) -> int:
        """Join the submissions that were sent with the token `earlier` to the account; return their number."""
        return int(self._send("POST", "/api/me/adopt", {"token": earlier})["joined"])

    def revoke(self) -> None:
        """Revoke the token."""
        self._send("DELETE", "/api/me/token")

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _send(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        try:
            response = self._http.request(method, path, json=body)
        except httpx.HTTPError as error:
            raise unreachable(error) from error
        requests.raise_refusal(response)
        try:
            data = response.json() if response.content else {}
        except ValueError as error:
            raise Unreachable("what answers at this address is not a judge") from error
        return data if isinstance(data, dict) else {}
