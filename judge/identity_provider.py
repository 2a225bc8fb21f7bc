"""Identity providers (OpenID Connect) as three variables each configure them.

    JUDGE_OIDC_<NAME>_ISSUER          https://login.example.org, as its discovery document names itself
    JUDGE_OIDC_<NAME>_CLIENT_ID       this judge there
    JUDGE_OIDC_<NAME>_CLIENT_SECRET

NAME is part of URLs, and is shown on the page to sign in with spaces for its underscores.
"""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from judge.errors import SettingsFault

PREFIX = "JUDGE_OIDC_"
PARTS = {
    "ISSUER": "address of an identity provider, where people may sign in",
    "CLIENT_ID": "name of this judge at that provider",
    "CLIENT_SECRET": "secret of this judge at that provider",
}
MOST_PROVIDERS = 20
ISSUER_CHARACTERS = 255
VALUE_CHARACTERS = 2_000  # of an id or a secret
_VARIABLE = re.compile(rf"{PREFIX}([A-Za-z0-9][A-Za-z0-9_]{{0,31}})_({'|'.join(PARTS)})")


@dataclass(frozen=True, kw_only=True)
class IdentityProvider:
    """A provider by which people sign in. `name` is part of its URLs here."""

    name: str
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)

    @property
    def label(self) -> str:
        """Return the name for people."""
        return self.name.replace("_", " ")


def read_providers(environment: Mapping[str, str]) -> tuple[IdentityProvider, ...]:
    """Return the providers that the variables configure, sorted by name. Raises SettingsFault."""
    given: dict[str, dict[str, str]] = {}
    for variable in (each for each in environment if each.startswith(PREFIX)):
        found = _VARIABLE.fullmatch(variable)
        if found is None:
            ends = ", ".join(f"_{part}" for part in PARTS)
            raise SettingsFault(f"{variable}: a provider's variable is {PREFIX}<NAME> and one of {ends}")
        if environment[variable].strip():
            given.setdefault(found[1], {})[found[2]] = environment[variable].strip()
    if len(given) > MOST_PROVIDERS:
        raise SettingsFault(f"{PREFIX}...: at most {MOST_PROVIDERS} providers; there are {len(given)}")
    providers = [_provider(name, parts) for name, parts in sorted(given.items())]
    for at, provider in enumerate(providers):
        if provider.issuer in {each.issuer for each in providers[:at]}:
            raise SettingsFault(f"{PREFIX}{provider.name}_ISSUER: another provider has this issuer already")
    return tuple(providers)


def is_private_address(url: str) -> bool:
    """Return whether a request to `url` can't be read on the way: it goes by https, or stays on this machine."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host)))
    except ValueError:
        return False


def _provider(name: str, parts: Mapping[str, str]) -> IdentityProvider:
    for part in PARTS:
        variable = f"{PREFIX}{name}_{part}"
        if part not in parts:
            raise SettingsFault(f"{variable}: missing; a provider needs all of {', '.join(PARTS)}")
        if len(parts[part]) > VALUE_CHARACTERS or not parts[part].isprintable():
            raise SettingsFault(f"{variable}: at most {VALUE_CHARACTERS:,} printable characters")
    issuer = parts["ISSUER"]
    if len(issuer) > ISSUER_CHARACTERS or not is_private_address(issuer) or set("?#@") & set(issuer):
        raise SettingsFault(
            f"{PREFIX}{name}_ISSUER: should be https://host/path without a query, of at most {ISSUER_CHARACTERS}"
            f" characters (http:// on loopback only); it is {issuer[:ISSUER_CHARACTERS]!r}"
        )
    return IdentityProvider(
        name=name, issuer=issuer, client_id=parts["CLIENT_ID"], client_secret=parts["CLIENT_SECRET"]
    )


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
