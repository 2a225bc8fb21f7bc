"""The attacks for other users of this machine: one who is not root at all, and root with a Python that others can read.

<folder>/python     the interpreter, as hard links where that is possible
<folder>/venv       the environment, told that its interpreter is the one beside it
"""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest

ORDINARY = 12345  # a user and a group that own nothing here
ROOT = Path(__file__).parents[2]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(1200),
    pytest.mark.skipif(os.getuid() != 0, reason="ONLY ROOT can become another user"),
]


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An environment as this one that every user can enter."""
    folder = Path(f"/var/tmp/judge-elsewhere-{os.getpid()}")
    base, prefix = Path(sys.base_prefix).resolve(), Path(sys.prefix)
    if base == prefix.resolve() or not all(place.stat().st_mode & 0o001 for place in (ROOT, *ROOT.parents)):
        pytest.skip("this checkout, or this Python outside of an environment, can't be shown to other users")
    try:
        folder.mkdir(mode=0o755)
        for source, name in ((base, "python"), (prefix, "venv")):
            shutil.copytree(source, folder / name, symlinks=True, copy_function=link)
        python = folder / "venv" / "bin" / "python"
        python.unlink()
        python.symlink_to(folder / "python" / "bin" / Path(sys.executable).resolve().name)
        settings = folder / "venv" / "pyvenv.cfg"
        told = settings.read_text().replace(str(base), str(folder / "python"))
        settings.unlink()  # it is a hard link
        settings.write_text(told)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def run(elsewhere: Path, *words: str, user: int = 0) -> subprocess.CompletedProcess[str]:
    library = elsewhere / "python" / Path(sysconfig.get_config_var("LIBDIR")).name
    return subprocess.run(
        [elsewhere / "venv" / "bin" / "python", "-m", *words],
        env={"PATH": os.defpath, "LD_LIBRARY_PATH": str(library), "HOME": "/nonexistent"},
        user=user,
        group=user,
        extra_groups=[],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("user", [ORDINARY, 0], ids=["as an ordinary user", "as root whose Python others can read"])
@pytest.mark.parametrize("namespaces", [True, False], ids=["with namespaces", "without"])
def test_no_attack_gets_out(elsewhere: Path, user: int, namespaces: bool) -> None:
    done = run(elsewhere, "tests.attacks.let_loose", "ns" if namespaces else "plain", user=user)

    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout)
    assert found["through"] == []
    assert found["attacks"] > 140
    expected = {"landlock", "seccomp"} | ({"uid"} if user == 0 else set()) | ({"namespaces"} if namespaces else set())
    assert set(found["layers"]) >= expected


def test_another_user_alone_stops_what_it_is_there_for(elsewhere: Path) -> None:
    wanted = "tests/attacks/test_sandbox_layers.py::test_another_user_alone_stops_what_it_is_there_for"
    done = run(elsewhere, "pytest", "-q", "-p", "no:cacheprovider", wanted)

    assert "1 passed" in done.stdout, done.stdout


def test_each_layer_is_there_for_something_for_an_ordinary_user_too(elsewhere: Path) -> None:
    base = f"--basetemp=/tmp/judge-elsewhere-{os.getpid()}"
    done = run(
        elsewhere, "pytest", "-q", "-p", "no:cacheprovider", base, "tests/attacks/test_sandbox_layers.py", user=ORDINARY
    )

    assert done.returncode == 0, done.stdout
