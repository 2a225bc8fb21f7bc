"""Exit codes of the commands. 0 means that everything was accepted, or passed."""

from collections.abc import Iterable

EXIT_NOT_ACCEPTED = 1  # a program was not accepted, or an exam failed
EXIT_USAGE = 2  # a file, a package or an option that can't be used
EXIT_JUDGE_ERROR = 3  # the judge itself failed
EXIT_INTERRUPTED = 130  # Ctrl+C, as shells have it


def exit_code(verdicts: Iterable[str], *, refused: bool = False) -> int:
    """Return the exit code for `verdicts`; `refused` means that an input could not be read or taken."""
    if refused:
        return EXIT_USAGE
    found = set(verdicts)
    if "judge_error" in found:
        return EXIT_JUDGE_ERROR
    return EXIT_NOT_ACCEPTED if found - {"accepted"} else 0
