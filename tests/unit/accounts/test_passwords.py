"""Passwords: what a hash must cost, and which passwords are refused."""

import argon2
import pytest

from judge.accounts import passwords


def test_a_hash_costs_64_mib_and_three_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    real = argon2.PasswordHasher.from_parameters(argon2.profiles.RFC_9106_LOW_MEMORY)
    monkeypatch.setattr(passwords, "_hasher", real)
    hashed = passwords.hash_password("correct horse battery")
    assert hashed.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert not passwords.needs_rehash(hashed)
    assert passwords.needs_rehash(argon2.PasswordHasher(time_cost=1, memory_cost=64).hash("correct horse battery"))
    assert [passwords.check(each, hashed) for each in ("correct horse battery", "correct horse batterz")] == [
        True,
        False,
    ]


@pytest.mark.parametrize("password", ["short", "x" * 257, "password12", "1111111111", "annlee.1234"])
def test_a_password_that_is_easy_to_guess_is_refused(password: str) -> None:
    assert passwords.fault_of(password, "AnnLee.1234")
    assert passwords.fault_of("correct horse battery", "AnnLee.1234") == ""
