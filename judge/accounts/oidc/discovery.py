"""The discovery document of a provider (OpenID Connect Discovery 1.0): its addresses, and what it can do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from judge.accounts.faults import ProviderUnavailable
from judge.identity_provider import is_private_address

WELL_KNOWN = "/.well-known/openid-configuration"
URL_CHARACTERS = 2_000


@dataclass(frozen=True, kw_only=True)
class Metadata:
    """The addresses of a provider. `userinfo_endpoint` may be empty."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str
    secret_in_body: bool  # the client's secret, where the provider takes it in no header
    names_issuer: bool  # in each answer, as RFC 9207 says


def address_of(issuer: str) -> str:
    """Return the address of an issuer's discovery document."""
    return issuer.rstrip("/") + WELL_KNOWN


def metadata_of(content: Mapping[str, Any], issuer: str) -> Metadata:
    """Return what a discovery document says. Raises ProviderUnavailable if it is not one of `issuer`."""
    if content.get("issuer") != issuer:
        raise ProviderUnavailable("the identity provider's discovery document names another issuer")
    methods = content.get("token_endpoint_auth_methods_supported")
    in_body = isinstance(methods, list) and "client_secret_basic" not in methods and "client_secret_post" in methods
    return Metadata(
        issuer=issuer,
        authorization_endpoint=_url(content, "authorization_endpoint"),
        token_endpoint=_url(content, "token_endpoint"),
        jwks_uri=_url(content, "jwks_uri"),
        userinfo_endpoint=_url(content, "userinfo_endpoint") if content.get("userinfo_endpoint") else "",
        secret_in_body=in_body,
        names_issuer=content.get("authorization_response_iss_parameter_supported") is True,
    )


def _url(content: Mapping[str, Any], name: str) -> str:
    value = content.get(name)
    if not isinstance(value, str) or len(value) > URL_CHARACTERS or not is_private_address(value):
        raise ProviderUnavailable(f"the identity provider's discovery document has no usable `{name}`")
    return value
