"""The versions, the processor and the seeds behind a verdict."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """The versions and seeds behind a verdict: enough to reproduce it.

    `hidden_seed` names the source of the hidden cases: `package` (the package's own seed), `request` (`seed`, the
    number in the request) or `server` (a secret of the server, and `seed`: only that server can draw them again).
    """

    package: str = ""
    seed: int = 0
    judge: str = ""
    python: str = ""
    jax: str = ""
    jaxlib: str = ""
    flax: str = ""
    optax: str = ""
    numpy: str = ""
    processor: str = ""
    worker: str = ""
    sandbox: tuple[str, ...] = ()
    hidden_seed: str = ""
