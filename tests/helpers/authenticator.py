"""An authenticator in software, which a test can bend: every part of its answers may be wrong."""

import base64
import hashlib
import json
import secrets
import struct
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

USER_PRESENT, USER_VERIFIED, HAS_CREDENTIAL = 0x01, 0x04, 0x40
ORIGIN, RP_ID = "http://localhost", "localhost"


def text(part: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(part).decode().rstrip("=")


def client_data(kind: str, challenge: str, origin: str = ORIGIN) -> bytes:
    """A browser's statement about the page that asks."""
    return json.dumps({"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": False}).encode()


class Authenticator:
    """One passkey."""

    def __init__(self) -> None:
        self.id = secrets.token_bytes(32)
        self.count = 0
        self._key = ec.generate_private_key(ec.SECP256R1())

    def create(
        self, challenge: str, *, origin: str = ORIGIN, rp_id: str = RP_ID, verified: bool = True, alg: int = -7
    ) -> dict[str, str]:
        """The answer of `navigator.credentials.create`, as the pages' script sends it."""
        numbers = self._key.public_key().public_numbers()
        key = {1: 2, 3: alg, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)}
        credential = b"\0" * 16 + struct.pack(">H", len(self.id)) + self.id + cbor2.dumps(key)
        attestation = {
            "fmt": "none",
            "attStmt": {},
            "authData": self._data(rp_id, verified, HAS_CREDENTIAL) + credential,
        }
        return {
            "id": text(self.id),
            "client_data": text(client_data("webauthn.create", challenge, origin)),
            "attestation": text(cbor2.dumps(attestation)),
        }

    def get(
        self, challenge: str, *, origin: str = ORIGIN, rp_id: str = RP_ID, verified: bool = True, kind: str = "get"
    ) -> dict[str, str]:
        """The answer of `navigator.credentials.get`."""
        self.count += 1
        data, said = self._data(rp_id, verified, 0), client_data(f"webauthn.{kind}", challenge, origin)
        signature = self._key.sign(data + hashlib.sha256(said).digest(), ec.ECDSA(hashes.SHA256()))
        return {
            "id": text(self.id),
            "client_data": text(said),
            "authenticator_data": text(data),
            "signature": text(signature),
        }

    def _data(self, rp_id: str, verified: bool, flags: int) -> bytes:
        flags |= USER_PRESENT | (USER_VERIFIED if verified else 0)
        return hashlib.sha256(rp_id.encode()).digest() + struct.pack(">BI", flags, self.count)


def challenge_of(options: dict[str, Any]) -> str:
    """The challenge of options that the judge sent."""
    return str(options["challenge"])
