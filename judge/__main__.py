"""`judge`, and `python -m judge`: JAX's import begins in a process of its own, then the command line is read."""

import sys

from judge.prestart import prestart


def main() -> None:
    """Run the command."""
    prestart(sys.argv[1:])
    from judge.cli import main as run

    run()


if __name__ == "__main__":
    main()
