"""The OpenAPI document is the truth: requests made up from it get documented answers, and never a 5xx."""

import subprocess
import sys
from pathlib import Path

import pytest
from processes import Process, free_port
from tiny_package import write_package

EXAMPLES = 10  # requests a route in the fuzzing phase; the coverage phase adds some hundreds
MOST_SECONDS = 45
# An unknown problem is a 422 by contract, and no schema can say which problems are installed.
BY_CONTRACT = "positive_data_acceptance"


@pytest.mark.slow  # random requests: a finding of theirs is a finding, but not the same one in every run
def test_schemathesis_finds_no_undocumented_answer(tmp_path) -> None:
    write_package(tmp_path / "problems", "twice")
    settings = {"workers": 1, "admin_token": "the-admins-token"}
    with Process("serve", tmp_path / "data", obedient=tmp_path / "problems", port=free_port(), **settings) as process:
        process.wait_until("/readyz")
        options = {
            "--header": "Authorization: Bearer the-admins-token",
            "--max-examples": str(EXAMPLES),
            "--max-time": str(MOST_SECONDS),
            "--exclude-checks": BY_CONTRACT,
            "--request-timeout": "120",
        }
        command = [str(Path(sys.prefix) / "bin" / "schemathesis"), "run", process.url + "/openapi.json", "--no-color"]
        command += [part for option in options.items() for part in option]
        done = subprocess.run(command, capture_output=True, text=True, timeout=280, cwd=tmp_path)
        assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
        assert "unplanned" not in process.log.read_text()
