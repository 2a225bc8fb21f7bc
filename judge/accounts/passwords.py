"""Passwords as argon2id hashes.

The parameters are argon2-cffi's low-memory ones of RFC 9106 (section 4, second choice): 64 MiB, 3 passes, 4 lanes. A
hash carries its parameters, so they may change: `check` says when a hash should be made anew.
"""

import secrets
from functools import lru_cache

import argon2

LEAST_CHARACTERS = 10
MOST_CHARACTERS = 256
COMMON = frozenset({"password12", "1234567890", "qwertyuiop", "0123456789", "passwordpassword", "letmeinletmein"})

_hasher = argon2.PasswordHasher.from_parameters(argon2.profiles.RFC_9106_LOW_MEMORY)


def fault_of(password: str, name: str) -> str:
    """Return why `password` can't be that of the account `name`, or an empty text."""
    if not LEAST_CHARACTERS <= len(password) <= MOST_CHARACTERS:
        return f"a password has {LEAST_CHARACTERS} to {MOST_CHARACTERS} characters"
    if password.lower() in COMMON or len(set(password)) < 4 or password.lower() == name.lower():
        return "this password is easy to guess: choose another one"
    return ""


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password. Takes about 0.1 s and 64 MiB."""
    return _hasher.hash(password)


def check(password: str, hashed: str | None) -> bool:
    """Return whether `password` has the hash `hashed`. Without one, False after the same time."""
    try:
        _hasher.verify(hashed or _nobodys(), password[: MOST_CHARACTERS + 1])
    except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
        return False
    return hashed is not None


def needs_rehash(hashed: str) -> bool:
    """Return whether a hash has other parameters than new ones get."""
    return _hasher.check_needs_rehash(hashed)


@lru_cache(maxsize=1)
def _nobodys() -> str:
    """Return a hash that no password has, so that an unknown name takes as long as a wrong password."""
    return _hasher.hash(secrets.token_urlsafe())
