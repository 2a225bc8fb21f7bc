"""`.ci/uv` finds uv, or installs it: by pip, into a folder where PEP 668 forbids more, or by uv's own installer."""

import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[3] / ".ci" / "uv"


def run(tmp_path: Path, **commands: str) -> subprocess.CompletedProcess[str]:
    """Run the script where these commands are all that the PATH has, beside a few of the system's."""
    folder, home = tmp_path / "bin", tmp_path / "home"
    folder.mkdir()
    for name, text in commands.items():
        file = folder / name
        file.write_text(f"#!/bin/sh\n{text}\n")
        file.chmod(0o755)
    for name in ("sh", "mkdir", "chmod", "cat"):
        (folder / name).symlink_to(f"/bin/{name}")
    environment = {"PATH": str(folder), "HOME": str(home)}
    return subprocess.run(
        ["/bin/sh", str(SCRIPT), "run", "pytest"], env=environment, capture_output=True, text=True, check=False
    )


BY_PIP = """\
case "$*" in
  *"import uv"*) [ -e "$HOME/done" ];;
  "-m pip "*) mkdir -p "$HOME"; : > "$HOME/done";;
  "-m uv "*) echo "by pip: $*";;
esac"""
BY_PIP_INTO_A_FOLDER = """\
case "$*" in
  *--target*) mkdir -p "$HOME/.cache/judge/uv/bin"
    cat > "$HOME/.cache/judge/uv/bin/uv" <<'END'
#!/bin/sh
echo "apart: $*"
END
    chmod 755 "$HOME/.cache/judge/uv/bin/uv";;
  *) exit 1;;
esac"""
INSTALLER = """\
cat <<'END'
mkdir -p "$HOME/.local/bin"
printf '#!/bin/sh\\necho "installed: $*"\\n' > "$HOME/.local/bin/uv"
chmod 755 "$HOME/.local/bin/uv"
END"""


@pytest.mark.parametrize(
    ("commands", "printed"),
    [
        ({"uv": 'echo "found: $*"', "python3": "exit 9"}, "found: run pytest"),
        ({"python3": 'case "$*" in "-m uv "*) echo "module: $*";; esac'}, "module: -m uv run pytest"),
        ({"python3": BY_PIP}, "by pip: -m uv run pytest"),
        ({"python3": BY_PIP_INTO_A_FOLDER}, "apart: run pytest"),
        ({"python3": "exit 1", "curl": INSTALLER}, "installed: run pytest"),
    ],
    ids=["on the path", "a module", "pip", "externally managed", "no pip"],
)
def test_it_ends_in_uv(tmp_path: Path, commands: dict[str, str], printed: str) -> None:
    run_ = run(tmp_path, **commands)
    assert run_.stdout.strip() == printed, run_.stderr
    assert run_.returncode == 0


def test_without_any_way_it_fails_and_says_what_it_tried(tmp_path: Path) -> None:
    failed = run(tmp_path, python3="exit 1")
    assert failed.returncode != 0
    assert "uv's own installer" in failed.stderr
