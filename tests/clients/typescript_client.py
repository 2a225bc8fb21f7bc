"""The client that quicktype makes: TypeScript with checks at run time, compiled by tsc --strict.

folder/typescript/
├── package.json, package-lock.json, generate.mjs, check.ts      copies of those beside this file
├── node_modules/                                                npm ci
├── report.ts                                                    generated
└── check.js, report.js                                          compiled: JSON lines in, JSON lines out
"""

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.clients.drawn import Json
from tests.clients.python_client import SCHEMA

HERE = Path(__file__).parent
COPIED = ("package.json", "package-lock.json", "generate.mjs", "check.ts")
INSTALL_SECONDS = 120
STEP_SECONDS = 240
INSTALL = ("npm", "ci", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund")
COMPILE = ("node_modules/.bin/tsc", *"--strict --target es2022 --module nodenext --types node check.ts".split())


class Unavailable(Exception):
    """No TypeScript client can be made here."""


class TypeScriptClient:
    """Generated types of a report, and a program that reads and writes reports with them."""

    def __init__(self, folder: Path) -> None:
        """Install, generate and compile. Raises Unavailable without node, npm or npm's registry."""
        self._folder = folder / "typescript"
        self._folder.mkdir()
        for name in COPIED:
            shutil.copy(HERE / name, self._folder)
        if missing := [name for name in ("node", "npm") if shutil.which(name) is None]:
            raise Unavailable(f"no {', '.join(missing)} on the PATH")
        try:
            self._run(*INSTALL, most=INSTALL_SECONDS)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            raise Unavailable(f"npm can't install the packages: {error.stderr or error}") from error
        self._run("node", "generate.mjs", str(SCHEMA), "report.ts")
        self._run(*COMPILE)

    def returned(self, reports: Sequence[Json]) -> list[Json | None]:
        """Return each report as the client writes it after reading it; None where it was refused."""
        lines = "".join(f"{json.dumps(report)}\n" for report in reports)
        written = self._run("node", "check.js", given=lines).split("\n")[:-1]
        return [json.loads(line, parse_int=float) for line in written]  # 1e20 is written as an integer

    def _run(self, *command: str, given: str = "", most: float = STEP_SECONDS) -> str:
        done = subprocess.run(
            command, cwd=self._folder, input=given, capture_output=True, text=True, timeout=most, check=False
        )
        if done.returncode:
            raise subprocess.CalledProcessError(done.returncode, command, done.stdout, done.stdout + done.stderr)
        return done.stdout
