"""Random secrets, of which the store keeps hashes only.

jdg_3vQ0wS...   an access token: the prefix makes it visible to secret scanners, 32 random bytes follow
"""

import hashlib
import secrets

PREFIX = "jdg_"
SECRET_BYTES = 32
SHOWN_CHARACTERS = 8  # of an access token, in lists
MOST_CHARACTERS = 200  # of a secret that is looked up


def new_secret() -> str:
    """Return a secret of 256 random bits as URL-safe text."""
    return secrets.token_urlsafe(SECRET_BYTES)


def new_token() -> str:
    """Return an access token."""
    return PREFIX + new_secret()


def is_token(text: str) -> bool:
    """Return whether `text` looks like an access token of a judge."""
    return text.startswith(PREFIX) and len(text) <= MOST_CHARACTERS


def hash_of(secret: str) -> str:
    """Return the hash under which the store keeps a secret. It has 256 random bits, so one round is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()
