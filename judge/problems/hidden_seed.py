"""The secret that a server draws its hidden cases from, so that cases leaked by another server are useless.

<data>/hidden-seed     its text, mode 0600; made at the first start, unless JUDGE_HIDDEN_SEED is set
"""

import hashlib
import hmac
import os
import secrets
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import numpy as np

from judge.errors import SettingsFault

FILE = "hidden-seed"
PACKAGES_OWN = "package"  # as JUDGE_HIDDEN_SEED: hidden cases from the packages' own seeds
FINGERPRINT_DIGITS = 16  # hexadecimal
_SECRET_BYTES = 32


class SeedKind(StrEnum):
    """The origin of a judging's hidden cases; a report names it, and never the secret."""

    PACKAGE = "package"  # the package's own seed: the same cases everywhere
    SERVER = "server"  # the server's secret, and the number that was asked for
    REQUEST = "request"  # the number that was asked for, alone: the same cases everywhere


@dataclass(frozen=True)
class HiddenSeed:
    """A secret text. Without it nobody can compute, from cases that were read out once, any others."""

    text: str = field(repr=False)

    @property
    def fingerprint(self) -> str:
        """A short name of the secret, which does not reveal it."""
        return self._keyed("fingerprint").hex()[:FINGERPRINT_DIGITS]

    def generator(self, slug: str, seed: int) -> np.random.Generator:
        """Return the random numbers for the hidden cases of the problem `slug`; each `seed` gives others."""
        entropy = int.from_bytes(self._keyed(f"hidden cases\n{slug}\n{seed}"), "big")
        return np.random.Generator(np.random.PCG64(entropy))

    def _keyed(self, message: str) -> bytes:
        return hmac.digest(self.text.encode(), message.encode(), hashlib.sha256)


def of_setting(text: str) -> HiddenSeed | None:
    """Return the secret that JUDGE_HIDDEN_SEED sets to `text`; None where it asks for the packages' own seeds."""
    return None if text == PACKAGES_OWN else HiddenSeed(text)


def new_secret() -> str:
    """Return a new text for a HiddenSeed, which nobody can guess."""
    return secrets.token_hex(_SECRET_BYTES)


def kept_in(folder: Path) -> HiddenSeed:
    """Return the secret kept in the data directory `folder`, after making one there if the file is missing.

    Raises SettingsFault where it can't be read or made.
    """
    file = folder / FILE
    try:
        if not file.exists():
            _make(file)
        return read_from(folder)
    except OSError as error:
        raise SettingsFault(f"{file}: the seed of the hidden cases can't be kept here: {error.strerror}") from error


def read_from(folder: Path) -> HiddenSeed:
    """Return the secret kept in `folder`. Raises OSError, SettingsFault."""
    file = folder / FILE
    text = file.read_text(encoding="utf-8").strip()
    if not text:
        raise SettingsFault(f"{file} is empty: delete it to have a new seed made, or set JUDGE_HIDDEN_SEED")
    return HiddenSeed(text)


def _make(file: Path) -> None:
    """Make the file whole, with mode 0600; the first of several processes wins."""
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f".{FILE}-")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as new:
            new.write(new_secret() + "\n")
            new.flush()
            os.fsync(new.fileno())
        with suppress(FileExistsError):
            os.link(name, file)
    finally:
        Path(name).unlink()
