"""Started by the judge as `python -m judge.grading.checker <descriptor>`: becomes a checker process."""

import sys

from judge.grading.checker.process import main

if __name__ == "__main__":
    main(int(sys.argv[1]))
