"""Resources that one submission may use."""

from dataclasses import dataclass

DEFAULT_CPU_SECONDS = 10.0
WALL_PER_CPU = 3.0  # a busy host must not turn into a time limit: CPU decides, wall only ends sleepers
DEFAULT_MEMORY_MIB = 1024
DEFAULT_OUTPUT_BYTES = 64 * 1024
DEFAULT_RESULT_BYTES = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Limits of one run of one submission, over all of its cases.

    cpu_seconds: CPU time, user and system. wall_seconds: from the start of the run. memory_mib: RLIMIT_DATA and
    polled resident memory. output_bytes: stdout and stderr, each. result_bytes: one case's returned value, encoded.
    """

    cpu_seconds: float = DEFAULT_CPU_SECONDS
    wall_seconds: float = DEFAULT_CPU_SECONDS * WALL_PER_CPU
    memory_mib: int = DEFAULT_MEMORY_MIB
    output_bytes: int = DEFAULT_OUTPUT_BYTES
    result_bytes: int = DEFAULT_RESULT_BYTES
