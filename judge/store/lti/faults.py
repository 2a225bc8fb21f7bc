"""Refusals of the registrations of learning platforms.

JudgeError
├── UnknownPlatform    no such registration
├── PlatformExists     a registration with this issuer and client exists
└── TooManyPlatforms   there are as many registrations as there may be
"""

from judge.errors import JudgeError


class UnknownPlatform(JudgeError):
    """There is no such learning platform: `judge lti list` shows those that are registered."""


class PlatformExists(JudgeError):
    """This platform is registered with this client id already: `judge lti remove` it first."""


class TooManyPlatforms(JudgeError):
    """There are as many learning platforms as there may be: remove one first."""
