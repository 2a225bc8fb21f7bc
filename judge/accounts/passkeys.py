"""Passkeys (WebAuthn): the options that a browser gets, and the proofs that it sends back.

A passkey belongs to a host name and is found by the browser, so nobody types a name. The authenticator verifies its
user, by a PIN or a finger, each time. Every length is bounded before anything is decoded.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

import webauthn
from pydantic import BaseModel, ConfigDict, StringConstraints
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, options_to_json_dict, parse_client_data_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorAssertionResponse,
    AuthenticatorAttestationResponse,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    RegistrationCredential,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from judge.account import User
from judge.accounts.faults import PasskeyRefused
from judge.accounts.site import Site

CHALLENGE_BYTES = 32
ANSWER_MS = 300_000  # for which a browser waits for its user
PUBLIC_KEY_BYTES = 2_048  # of RSA with 4,096 bits, with room
_BASE64 = r"^[A-Za-z0-9_-]+$"
_Id = Annotated[str, StringConstraints(max_length=1_366, pattern=_BASE64)]  # 1,023 bytes
_Short = Annotated[str, StringConstraints(max_length=4_096, pattern=_BASE64)]
_Long = Annotated[str, StringConstraints(max_length=10_240, pattern=_BASE64)]


class NewPasskeyIn(BaseModel):
    """The answer of `navigator.credentials.create`, its bytes in base64url."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, StringConstraints(strip_whitespace=True, max_length=64)] = ""
    id: _Id
    client_data: _Short
    attestation: _Long


class PasskeyIn(BaseModel):
    """The answer of `navigator.credentials.get`, its bytes in base64url."""

    model_config = ConfigDict(extra="forbid")

    id: _Id
    client_data: _Short
    authenticator_data: _Short
    signature: _Short
    user_handle: Annotated[str, StringConstraints(max_length=100, pattern=r"^[A-Za-z0-9_-]*$")] = ""
    next: Annotated[str, StringConstraints(max_length=2_000)] = "/"


@dataclass(frozen=True, kw_only=True)
class Registered:
    """A new passkey, verified."""

    id: str
    public_key: bytes = field(repr=False)
    sign_count: int


def registration_options(site: Site, user: User, challenge: bytes, known: Sequence[str]) -> dict[str, Any]:
    """Return the argument of `navigator.credentials.create`; `known` are ids of the passkeys that `user` has."""
    options = webauthn.generate_registration_options(
        rp_id=site.rp_id,
        rp_name="judge",
        user_id=user.id.encode(),
        user_name=user.name,
        user_display_name=user.display,
        challenge=challenge,
        timeout=ANSWER_MS,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=base64url_to_bytes(each)) for each in known],
    )
    return options_to_json_dict(options)


def sign_in_options(site: Site, challenge: bytes) -> dict[str, Any]:
    """Return the argument of `navigator.credentials.get`, for whichever passkey the browser finds."""
    options = webauthn.generate_authentication_options(
        rp_id=site.rp_id,
        challenge=challenge,
        timeout=ANSWER_MS,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json_dict(options)


def challenge_in(client_data: str) -> bytes:
    """Return the challenge that an answer names. Raises PasskeyRefused."""
    try:
        return parse_client_data_json(base64url_to_bytes(client_data)).challenge
    except Exception as error:  # whatever a hostile text raises in the library
        raise PasskeyRefused from error


def verify_new(given: NewPasskeyIn, site: Site, challenge: bytes) -> Registered:
    """Return the passkey that was made for `challenge` on a page of `site`. Raises PasskeyRefused."""
    try:
        found = webauthn.verify_registration_response(
            credential=RegistrationCredential(
                id=given.id,
                raw_id=base64url_to_bytes(given.id),
                response=AuthenticatorAttestationResponse(
                    client_data_json=base64url_to_bytes(given.client_data),
                    attestation_object=base64url_to_bytes(given.attestation),
                ),
            ),
            expected_challenge=challenge,
            expected_rp_id=site.rp_id,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except Exception as error:  # CBOR and certificates of a stranger: the library raises all kinds
        raise PasskeyRefused(_reason(error)) from error
    credential = bytes_to_base64url(found.credential_id)
    if credential != given.id or len(found.credential_public_key) > PUBLIC_KEY_BYTES:
        raise PasskeyRefused
    return Registered(id=credential, public_key=found.credential_public_key, sign_count=found.sign_count)


def verify(given: PasskeyIn, site: Site, challenge: bytes, public_key: bytes) -> int:
    """Return the new count of a passkey's uses, which the store compares with the last one. Raises PasskeyRefused."""
    try:
        found = webauthn.verify_authentication_response(
            credential=AuthenticationCredential(
                id=given.id,
                raw_id=base64url_to_bytes(given.id),
                response=AuthenticatorAssertionResponse(
                    client_data_json=base64url_to_bytes(given.client_data),
                    authenticator_data=base64url_to_bytes(given.authenticator_data),
                    signature=base64url_to_bytes(given.signature),
                ),
            ),
            expected_challenge=challenge,
            expected_rp_id=site.rp_id,
            expected_origin=site.origin,
            credential_public_key=public_key,
            credential_current_sign_count=0,  # compared in the transaction that writes the new one
            require_user_verification=True,
        )
    except Exception as error:  # as above
        raise PasskeyRefused(_reason(error)) from error
    return found.new_sign_count


def _reason(error: Exception) -> str:
    """Return why a proof is refused. The library's own errors name what was expected, and no secret."""
    detail = str(error)[:200] if isinstance(error, WebAuthnException) else type(error).__name__
    return f"this passkey does not prove who you are ({detail}): try again"
