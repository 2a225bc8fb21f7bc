"""Descriptors of this process: the limit raised to what the host allows, and how many are kept for judging.

limit = for judging (slots, zygotes, store, helpers) + for connections of clients
"""

import resource

import structlog

RESERVED = 256  # descriptors: zygotes of nine problems, the store, webhooks, logs, helper processes
RESERVED_PER_SLOT = 64  # descriptors: a slot's boxes, one running and one waiting, and its lines to each zygote
ENOUGH = 65_536  # descriptors: more than any judge uses; some programs walk through all that are allowed
FEWEST_CONNECTIONS = 16  # where the limit leaves no room at all

log = structlog.stdlib.get_logger(__name__)


def raise_limit() -> int:
    """Raise the limit of open descriptors as far as the host allows; return it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = ENOUGH if hard == resource.RLIM_INFINITY else min(hard, ENOUGH)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return soft if soft != resource.RLIM_INFINITY else ENOUGH
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    except (OSError, ValueError) as error:  # a sandbox around the judge may forbid it
        log.warning("the limit of open files stays as it is", limit=soft, why=str(error))
        return soft
    return wanted


def connections_within(limit: int, slots: int) -> int:
    """Return how many connections a process with `limit` descriptors and so many slots can hold beside its judging."""
    return max(FEWEST_CONNECTIONS, limit - RESERVED - RESERVED_PER_SLOT * slots)
