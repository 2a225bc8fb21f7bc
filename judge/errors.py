"""Every error that the judge raises on purpose.

JudgeError                    something went wrong in the judge
├── PackageFault              a problem package is faulty: its author corrects it
├── SubmissionRefused         the submission can't be accepted for judging: the submitter corrects it
│   ├── SubmissionTooLong
│   └── SubmissionNotText
├── UnknownProblem            the problem is not installed
├── UnknownSubmission         the submission is not stored
├── SandboxFault              the box failed: the judge's fault, never the submitter's; the submission was not judged
│   ├── HostShortage          the host lacks descriptors, memory, processes, threads or disk: retry later
│   └── BoxKilled             the box was killed from outside: no limit of the judge explains it
├── JobStopped                the job was stopped at the wish of who sent it: nobody's fault, and no verdict
├── StoreFault                the store can't be reached or is damaged
└── SettingsFault             a setting from the environment is wrong: the operator corrects it

More errors under JudgeError are defined beside the code that raises them: those of the store in judge.store.faults, of
the client in judge.client.faults. The class docstring is the default message.
"""

import errno

# The system's error numbers when the host, not the caller, lacks descriptors, memory, processes, buffers or disk.
SHORTAGES = frozenset(
    {
        errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN, errno.ENOBUFS, errno.ETOOMANYREFS,
        errno.ENOSPC, errno.EDQUOT,
    }
)  # fmt: skip


class JudgeError(Exception):
    """Something went wrong in the judge."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip())


class PackageFault(JudgeError):
    """A problem package is faulty; `faults` lists every fault, as `file:line: what`.

    If `package`, a slug, is given, the message puts it before each: `weighted-mean/check.py:7: ...`.
    """

    def __init__(self, message: str | None = None, faults: tuple[str, ...] = (), package: str = "") -> None:
        named = [f"{package}/{fault}" if package else fault for fault in faults]
        super().__init__(message or "\n".join(named) or None)
        self.faults = faults


class SubmissionRefused(JudgeError):
    """The submission can't be accepted for judging."""


class SubmissionTooLong(SubmissionRefused):
    """The submission's source is too long."""


class SubmissionNotText(SubmissionRefused):
    """The submission's source is not UTF-8 text."""


class UnknownProblem(JudgeError):
    """The problem is not installed."""


class UnknownSubmission(JudgeError):
    """The submission is not stored here."""


class SandboxFault(JudgeError):
    """The sandbox itself failed; the submission was not judged."""


class HostShortage(SandboxFault):
    """The host ran out of a resource; try again later."""


class BoxKilled(SandboxFault):
    """A box was killed from outside."""

    def __init__(self, message: str | None = None, memory_mb: float = 0.0) -> None:
        super().__init__(message)
        self.memory_mb = memory_mb  # MiB that the box itself used, as far as was measured


class JobStopped(JudgeError):
    """The job was stopped at the wish of who sent it."""


def fault_of(error: OSError, otherwise: str) -> SandboxFault:
    """Return a HostShortage if `error` says that the host lacks a resource, else SandboxFault(`otherwise`)."""
    if isinstance(error, TimeoutError) or error.errno not in SHORTAGES:
        return SandboxFault(otherwise)
    return HostShortage(f"the host lacks a resource now: {error.strerror}")


def as_judge_error(error: Exception) -> JudgeError:
    """Return `error` as one of these: HostShortage where the host lacks a resource, JudgeError for a bug."""
    if isinstance(error, JudgeError):
        return error
    if isinstance(error, MemoryError):
        return HostShortage("the judge's own process ran out of memory")
    if isinstance(error, OSError) and error.errno in SHORTAGES:
        return fault_of(error, str(error))
    return JudgeError(f"{type(error).__name__}: {error}")


class StoreFault(JudgeError):
    """The store can't be reached or is damaged."""


class SettingsFault(JudgeError):
    """A setting is wrong."""
