"""Libraries of accounts are imported when somebody signs in with them, and not by every server or command."""

import subprocess
import sys

import pytest

LATER = ("authlib", "joserfc", "webauthn")


@pytest.mark.parametrize("module", ["judge.web.app", "judge.cli"])
def test_an_import_does_not_load_what_only_signing_in_needs(module) -> None:
    program = f"import sys, {module}; print(*(name for name in {LATER!r} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == ""
