"""Proofs of identity that prove nothing.

JudgeError
├── ProviderUnavailable   an identity provider's fault or the network's: try again later
├── ProviderRefused       it answered, and the answer proves nothing: sign in again
└── PasskeyRefused        so does the answer of a passkey
    └── PasskeyCopied     its counter did not grow: there may be a copy of it
"""

from judge.errors import JudgeError


class ProviderUnavailable(JudgeError):
    """The identity provider can't be reached, or its answer can't be read: try again in a few minutes."""


class ProviderRefused(JudgeError):
    """The identity provider's answer does not prove who you are: sign in again."""


class PasskeyRefused(JudgeError):
    """This passkey does not prove who you are: try again."""


class PasskeyCopied(PasskeyRefused):
    """This passkey was used elsewhere in between, as a copy of it would be: sign in another way and delete it."""
