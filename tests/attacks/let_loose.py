"""`python -m tests.attacks.let_loose ns|plain`: as `judge doctor --full`, with or without namespaces, less the greedy.

Prints one JSON object: the layers that are on, the number of attacks, those that got through; exits 3 for any.
"""

import json
import sys

from judge.sandbox.doctor import examine
from judge.sandbox.doctor.attacks import CHEAT, ESCAPE

if __name__ == "__main__":
    examination = examine(full=True, namespaces=sys.argv[1] == "ns", families=(ESCAPE, CHEAT))
    found = {
        "fault": examination.fault,
        "layers": [finding.layer for finding in examination.findings if finding.on],
        "attacks": len(examination.attempts),
        "through": [[attempt.attack.name, *attempt.effects] for attempt in examination.through],
    }
    print(json.dumps(found))
    sys.exit(0 if examination.sound else 3)
