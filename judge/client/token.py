"""The token that proves to a judge which submissions are this user's.

    ~/.config/judge/tokens.json      tokens that `judge login` got, by the judge's address
    ~/.config/judge/client-secret    random, made at the first use; both readable only for this user

A judge that this user is not signed in at gets a token of its own, derived from that secret and the judge's address, so
no judge can impersonate this user at another one. If the file can't be written, the token lasts as long as the process.
"""

import hashlib
import hmac
import json
import os
import secrets
from functools import lru_cache
from pathlib import Path

import httpx

from judge.settings import user_config

SECRET_FILE = "client-secret"  # noqa: S105 - a name
SECRET_BYTES = 32
TOKENS_FILE = "tokens.json"
MOST_CHARACTERS = 1_000_000  # of that file


def token_for(url: str) -> str:
    """Return this user's token for the judge at `url`: that of `judge login`, or else the derived one."""
    return stored_token(url) or derived_token(url)


def derived_token(url: str) -> str:
    """Return the token that this user has for the judge at `url` without signing in."""
    return hmac.new(_secret(user_config()), _origin(url).encode(), hashlib.sha256).hexdigest()


def stored_token(url: str) -> str | None:
    """Return the token that `judge login` got from the judge at `url`."""
    return _stored().get(_origin(url))


def store_token(url: str, token: str | None) -> None:
    """Keep the token of the judge at `url`, or forget it. Raises OSError."""
    kept = {origin: each for origin, each in _stored().items() if origin != _origin(url)}
    content = json.dumps(kept | ({_origin(url): token} if token else {}), indent=1)
    folder = user_config()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Written beside it and renamed, so that a reader finds the old tokens or the new ones, and a full disk loses none.
    aside = folder / f"{TOKENS_FILE}.{secrets.token_hex(8)}"
    try:
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as writer:
            writer.write(content + "\n")
        aside.replace(folder / TOKENS_FILE)
    finally:
        aside.unlink(missing_ok=True)


def _stored() -> dict[str, str]:
    try:
        text = (user_config() / TOKENS_FILE).read_text(encoding="utf-8")[:MOST_CHARACTERS]
        found = json.loads(text)
    except (OSError, ValueError):
        return {}
    pairs = found.items() if isinstance(found, dict) else ()
    return {origin: token for origin, token in pairs if isinstance(token, str)}


def _origin(url: str) -> str:
    parsed = httpx.URL(url)
    port = parsed.port or {"https": 443}.get(parsed.scheme, 80)
    return f"{parsed.scheme}://{parsed.host}:{port}".lower()


@lru_cache(maxsize=8)
def _secret(folder: Path) -> bytes:
    file, fresh = folder / SECRET_FILE, secrets.token_hex(SECRET_BYTES)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Written to another name and linked, so that two processes at the first use read the same one.
        aside = folder / f"{SECRET_FILE}.{secrets.token_hex(8)}"
        if not file.exists():
            with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as writer:
                writer.write(fresh)
            try:
                os.link(aside, file)
            except FileExistsError:
                pass
            finally:
                aside.unlink()
        kept = file.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        kept = ""
    return (kept or fresh).encode()
