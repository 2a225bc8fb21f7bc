"""Started by the judge as `python -m judge.checker <descriptor>`: becomes a checker process."""

import sys

from judge.checker.process import main

if __name__ == "__main__":
    main(int(sys.argv[1]))
