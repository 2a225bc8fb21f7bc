"""Faults of messages.

JudgeError
├── LaunchRefused         a message of a platform is malformed, forged, too old, or not for this judge
│   └── UnknownKey        it is signed by a key that the platform's key set lacks
└── PlatformUnreachable   the platform does not answer, or not as it should
"""

from judge.errors import JudgeError


class LaunchRefused(JudgeError):
    """The message of the learning platform can't be accepted: open the activity again from the platform."""


class UnknownKey(LaunchRefused):
    """The message is signed by a key that the platform's key set lacks."""


class PlatformUnreachable(JudgeError):
    """The learning platform does not answer, or not as it should."""
