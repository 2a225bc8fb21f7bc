"""The token that proves to a judge which submissions are this user's.

    ~/.config/judge/client-secret    random, made at the first use, readable only for this user

Each judge gets a token of its own, derived from that secret and the judge's address, so no judge can impersonate this
user at another one. If the file can't be written, the token lasts as long as the process.
"""

import hashlib
import hmac
import os
import secrets
from functools import lru_cache
from pathlib import Path

import httpx

from judge.settings import user_config

SECRET_FILE = "client-secret"  # noqa: S105 - a name
SECRET_BYTES = 32


def token_for(url: str) -> str:
    """Return this user's token for the judge at `url`."""
    parsed = httpx.URL(url)
    port = parsed.port or {"https": 443}.get(parsed.scheme, 80)
    origin = f"{parsed.scheme}://{parsed.host}:{port}".lower()
    return hmac.new(_secret(user_config()), origin.encode(), hashlib.sha256).hexdigest()


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
