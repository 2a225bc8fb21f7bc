"""Frames what a box is sent: one job, then its calls, each with a nonce that no earlier reply can hold."""

import secrets
from typing import cast

from judge.inside import messages, wire
from judge.sandbox.box import Job
from judge.sandbox.pipes import encode_request


def job_frame(job: Job) -> bytes:
    """Return the frame that a child is sent first. Raises PackageFault."""
    message = messages.Job(
        source=job.source.encode(),
        entry=job.entry,
        parameters=job.parameters,
        extra_functions=job.extra_functions,
        facts=job.facts,
        result_bytes=job.limits.result_bytes,
    )
    return encode_request(message)


def call_frame(job: Job, index: int) -> tuple[str, bytes] | None:
    """Return a call's nonce, which no reply made before the case was known can hold, and its frame.

    None after the last call. Raises PackageFault.
    """
    if index >= len(job.calls):
        return None
    nonce = secrets.token_hex(8)
    arguments = cast("wire.Tree", job.calls[index])  # a value that no tree holds is refused by the encoding
    return nonce, encode_request(messages.Call(nonce=nonce, arguments=arguments))
