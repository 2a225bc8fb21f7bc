"""The person whom an identity provider names, with the account name that fits best."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

DISPLAY_CHARACTERS = 100
NAME_CHARACTERS = 56  # leaves room for a number behind it
CLAIM_CHARACTERS = 1_000  # beyond, a claim is cut
FALLBACK = "learner"


@dataclass(frozen=True, kw_only=True)
class Identity:
    """A person at a provider. `name` and `display` are suggestions for a new account, and prove nothing."""

    issuer: str
    subject: str
    name: str
    display: str


def identity_of(issuer: str, claims: Mapping[str, Any]) -> Identity:
    """Return the person that verified claims name."""
    names = (_text(claims, "preferred_username"), _text(claims, "email"), _text(claims, "nickname"))
    name = next((found for each in names if (found := account_name(each))), FALLBACK)
    display = " ".join("".join(c if c.isprintable() else " " for c in _text(claims, "name")).split())
    return Identity(
        issuer=issuer, subject=str(claims["sub"]), name=name, display=display[:DISPLAY_CHARACTERS].strip() or name
    )


def has_names(claims: Mapping[str, Any]) -> bool:
    """Return whether claims say more than the subject."""
    return bool(_text(claims, "preferred_username") or _text(claims, "email"))


def account_name(text: str) -> str:
    """Return the nearest name of an account: `Zoë.Müller@example.org` becomes `Zoe.Muller`. Empty without a letter."""
    local = unicodedata.normalize("NFKD", text.partition("@")[0])
    plain = re.sub(r"[^A-Za-z0-9_.-]+", "-", "".join(c for c in local if not unicodedata.combining(c)))
    return plain.lstrip("-_.")[:NAME_CHARACTERS].rstrip("-.")


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    return value[:CLAIM_CHARACTERS] if isinstance(value, str) else ""
