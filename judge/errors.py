"""Every error that the judge raises on purpose.

JudgeError
├── PackageFault          a problem package is wrong: the author mends it
├── SubmissionRefused     the submission can't be taken at all: the submitter mends it
│   ├── SubmissionTooLong
│   └── SubmissionNotText
├── UnknownProblem        no such problem is installed
├── UnknownSubmission     no such submission is stored
├── SandboxFault          the box could not be closed or broke by itself: ours, never the submitter's
│   ├── HostShortage      the host lacks descriptors, memory, processes or threads now: wait and try again
│   └── BoxKilled         somebody outside killed the box: no limit of the judge's explains it
├── StoreFault            the store can't be read or written
└── SettingsFault         a setting from the environment is wrong
"""

import errno

# What the system answers when the host, not the caller, lacks descriptors, memory, processes or buffers.
SHORTAGES = frozenset(
    {
        errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN, errno.ENOBUFS, errno.ENOSPC, errno.ETOOMANYREFS,
    }
)  # fmt: skip


class JudgeError(Exception):
    """Something went wrong in the judge."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip())


class PackageFault(JudgeError):
    """A problem package is faulty; `faults` lists every one of them, as `file:line: what`.

    The message puts the slug `package`, where it is given, before each: `weighted-mean/check.py:7: ...`.
    """

    def __init__(self, message: str | None = None, faults: tuple[str, ...] = (), package: str = "") -> None:
        named = [f"{package}/{fault}" if package else fault for fault in faults]
        super().__init__(message or "\n".join(named) or None)
        self.faults = faults


class SubmissionRefused(JudgeError):
    """The submission can't be taken."""


class SubmissionTooLong(SubmissionRefused):
    """The submission's source is longer than the judge takes."""


class SubmissionNotText(SubmissionRefused):
    """The submission's source is not UTF-8 text."""


class UnknownProblem(JudgeError):
    """There is no such problem."""


class UnknownSubmission(JudgeError):
    """There is no such submission."""


class SandboxFault(JudgeError):
    """The sandbox failed by a fault of its own; the submission was not judged."""


class HostShortage(SandboxFault):
    """The host ran out of a resource; try again later."""


class BoxKilled(SandboxFault):
    """A box was killed from outside."""

    def __init__(self, message: str | None = None, memory_mb: float = 0.0) -> None:
        super().__init__(message)
        self.memory_mb = memory_mb  # MiB that the box itself was seen to use


def fault_of(error: OSError, otherwise: str) -> SandboxFault:
    """Return HostShortage where `error` says that the host lacks a resource, else SandboxFault(`otherwise`)."""
    if isinstance(error, TimeoutError) or error.errno not in SHORTAGES:
        return SandboxFault(otherwise)
    return HostShortage(f"the host lacks a resource now: {error.strerror}")


class StoreFault(JudgeError):
    """The store can't be reached or is damaged."""


class SettingsFault(JudgeError):
    """A setting is wrong."""
