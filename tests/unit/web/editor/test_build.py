"""The editor's bundle: pinned, made once, and no reason for a build to fail unless a release asks for that."""

import importlib.util
import json
import re
import shutil
from pathlib import Path
from types import ModuleType

import pytest

ASSETS = Path(__file__).parents[4] / "judge" / "web" / "editor"


@pytest.fixture
def build(tmp_path: Path) -> ModuleType:
    """build.py in a tree of its own, that holds no bundle yet."""
    here = tmp_path / "assets"
    shutil.copytree(ASSETS, here, ignore=shutil.ignore_patterns("__pycache__"))
    spec = importlib.util.spec_from_file_location("editor_build", here / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class App:
    """Keeps the warnings of a build."""

    def __init__(self) -> None:
        self.warnings: list[str] = []

    def display_warning(self, text: str) -> None:
        self.warnings.append(text)


def hook(build: ModuleType, app: App) -> object:
    return build.EditorBuildHook(str(ASSETS), {}, None, None, "", "wheel", app)


def pretend_built(build: ModuleType) -> None:
    build.BUILD.mkdir(parents=True, exist_ok=True)
    (build.BUILD / "editor.js").write_text("export const mountEditor = 1;")
    (build.BUILD / "inputs.sha256").write_text(build.digest() + "\n")


def test_every_package_is_pinned_with_its_hash() -> None:
    wanted = json.loads((ASSETS / "package.json").read_text())
    locked = json.loads((ASSETS / "package-lock.json").read_text())["packages"]
    for name, version in {**wanted["dependencies"], **wanted["devDependencies"]}.items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), name
        assert locked[f"node_modules/{name}"]["version"] == version
    assert all(entry["integrity"].startswith("sha512-") for name, entry in locked.items() if name)


def test_a_second_build_of_the_same_inputs_asks_for_nothing(build: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(build, "bundle", lambda: pytest.fail("built again"))
    pretend_built(build)
    app = App()
    assert hook(build, app).dependencies() == []
    hook(build, app).initialize("standard", {})
    assert app.warnings == []


def test_a_changed_input_makes_the_bundle_stale(build: ModuleType) -> None:
    pretend_built(build)
    assert build.is_fresh()
    with (build.HERE / "package-lock.json").open("a") as lock:
        lock.write("\n")
    assert not build.is_fresh()


def test_npm_comes_from_pypi_only_where_the_machine_has_none(
    build: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(build.platform, "machine", lambda: "x86_64")
    assert hook(build, App()).dependencies() == [build.NPM_FROM_PYPI]
    monkeypatch.setattr(build.platform, "machine", lambda: "riscv64")
    assert hook(build, App()).dependencies() == []


def test_a_build_without_npm_goes_on_and_leaves_no_bundle_of_other_inputs(
    build: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend_built(build)
    (build.BUILD / "inputs.sha256").write_text("of other inputs")
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("JUDGE_REQUIRE_EDITOR", raising=False)
    app = App()
    hook(build, app).initialize("standard", {})
    (warning,) = app.warnings
    assert "plain text area" in warning
    assert "no npm" in warning
    assert not (build.BUILD / "editor.js").exists()


def test_a_release_fails_where_the_editor_cannot_be_bundled(build: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("JUDGE_REQUIRE_EDITOR", "1")
    with pytest.raises(RuntimeError, match="could not be bundled"):
        hook(build, App()).initialize("standard", {})


def test_what_npm_says_first_is_the_reason(build: ModuleType, tmp_path: Path) -> None:
    loud = tmp_path / "npm"
    loud.write_text(
        "#!/bin/sh\necho 'npm error code ECONNREFUSED' >&2\nfor i in 1 2 3 4 5 6 7; do echo more >&2; done\nexit 1\n"
    )
    loud.chmod(0o755)
    with pytest.raises(build.BuildFault, match="ECONNREFUSED"):
        build._run([str(loud), "ci"], tmp_path)
