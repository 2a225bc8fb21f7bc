"""A command line that waits for its person: how often it asks, and when it gives up."""

from typing import Any

import pytest

from judge.client.faults import Refused, Unreachable
from judge.client.signing_in import Asked, SignIn

ASKED = Asked(device_code="d", user_code="BCDF-GHJK", address="http://a/device", seconds=600.0, interval=5.0)
TOKEN = {"access_token": "jdg_x"}


def refused(kind: str) -> Refused:
    return Refused(400, kind, kind)


@pytest.fixture
def waiting(monkeypatch: pytest.MonkeyPatch):
    """waiting(answers) -> the outcome of waiting, and the pauses between the questions."""

    def run(answers: list[Any], seconds: float = 600.0) -> tuple[object, list[float]]:
        pauses: list[float] = []
        left = iter(answers)
        now = 0.0

        def send(self: SignIn, method: str, path: str, body: Any = None) -> dict[str, Any]:
            answer = next(left)
            if isinstance(answer, Exception):
                raise answer
            return answer

        def sleep(pause: float) -> None:
            nonlocal now
            now += pause
            pauses.append(pause)

        monkeypatch.setattr(SignIn, "_send", send)
        monkeypatch.setattr("judge.client.signing_in.time.monotonic", lambda: now)
        sign_in = SignIn("http://a")
        try:
            asked = Asked(**{**vars(ASKED), "seconds": seconds})
            return sign_in.wait(asked, sleep), pauses
        except Refused as error:
            return error.kind, pauses
        finally:
            sign_in.close()

    return run


def test_it_asks_at_the_interval_and_more_slowly_each_time_that_it_is_asked_to(waiting) -> None:
    pending, slow = refused("authorization-pending"), refused("slow-down")
    assert waiting([pending, slow, slow, TOKEN]) == ("jdg_x", [5.0, 5.0, 10.0, 15.0])


def test_it_goes_on_while_the_judge_restarts(waiting) -> None:
    assert waiting([Unreachable("gone"), Unreachable("gone"), TOKEN])[0] == "jdg_x"


@pytest.mark.parametrize("kind", ["access-denied", "expired-token", "https-needed"])
def test_it_ends_with_whatever_else_the_judge_says(waiting, kind: str) -> None:
    assert waiting([refused(kind)]) == (kind, [5.0])


def test_it_gives_up_when_the_code_has_expired(waiting) -> None:
    outcome, pauses = waiting([refused("authorization-pending")] * 100, seconds=60.0)
    assert (outcome, len(pauses)) == ("expired-token", 12)
