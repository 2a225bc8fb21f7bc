"""problem.toml: what is taken, and with which words and lines the rest is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judge.errors import PackageFault
from judge.problems.manifest import line_of, read_manifest
from tests.helpers.tiny_package import MANIFEST


def faults_of(text: str) -> tuple[str, ...]:
    with pytest.raises(PackageFault) as caught:
        read_manifest(text)
    return caught.value.faults


def test_a_whole_manifest_is_read():
    manifest = read_manifest(MANIFEST)
    assert manifest.entry == "twice"
    assert manifest.parameters == ("x", "scale")
    assert (manifest.cases.samples, manifest.cases.hidden) == (2, 3)
    assert manifest.mistakes["not-scaled"].hint == "Multiply by scale."


def test_what_is_left_out_has_the_judges_defaults():
    manifest = read_manifest('format = 1\ntitle = "T"\nentry = "f"\nparameters = ["x"]\nseed = 1\n')
    assert (manifest.cases.samples, manifest.cases.hidden) == (3, 9)
    assert (manifest.limits.cpu_seconds, manifest.limits.memory_mib) == (10.0, 1024)
    assert manifest.runtime.light
    assert manifest.track is None


def test_bad_toml_is_reported_with_its_line():
    (fault,) = faults_of("format = 1\ntitle = = 2\n")
    assert fault.startswith("problem.toml:2: ")


def test_toml_that_ends_too_soon_is_reported_with_the_last_line():
    (fault,) = faults_of('format = 1\ntags = [\n  "a",\n')
    assert fault.startswith("problem.toml:3: ")


def test_an_unknown_key_is_reported_with_its_line_and_the_key_that_was_meant():
    (fault,) = faults_of(MANIFEST.replace("cpu_seconds", "cpu_second"))
    assert fault == "problem.toml:13: unknown key `limits.cpu_second`; did you mean `cpu_seconds`?"


def test_an_unknown_key_of_a_mistake_is_reported_with_its_line():
    (fault,) = faults_of(MANIFEST + 'hnt = "x"\n')
    assert fault == "problem.toml:21: unknown key `mistakes.not-scaled.hnt`; did you mean `hint`?"


@pytest.mark.parametrize(
    ("name", "like"), [("Not_Scaled", "not-scaled"), ("two words", "two-words"), ("a--b", "a-b"), ("", None)]
)
def test_a_mistake_that_no_id_can_name_is_reported_with_an_id_that_can(name: str, like: str | None):
    (fault,) = faults_of(MANIFEST.replace("[mistakes.not-scaled]", f'[mistakes."{name}"]'))
    such = f", such as `{like}`" if like else ""
    assert fault == f"problem.toml:18: `mistakes.{name}`: use lower-case letters, digits and single hyphens{such}"


def test_every_fault_is_reported_at_once():
    text = (
        MANIFEST.replace('title = "Twice"', "wavelength = 1")
        .replace("seed = 7", "seed = 0")
        .replace("samples = 2", "samples = 0")
    )
    faults = faults_of(text)
    assert "problem.toml: the key `title` is missing" in faults
    assert "problem.toml:2: unknown key `wavelength`" in faults
    assert any(fault.startswith("problem.toml:6: `seed`: ") for fault in faults)
    assert any(fault.startswith("problem.toml:9: `cases.samples`: ") for fault in faults)
    assert len(faults) == 4


@pytest.mark.parametrize("parameters", ['["x", "x"]', '["lambda"]', '["not ok"]', "[]", '"x"'])
def test_parameters_that_no_function_can_have_are_refused(parameters: str):
    (fault,) = faults_of(MANIFEST.replace('["x", "scale"]', parameters))
    assert "parameter" in fault


@pytest.mark.parametrize("number", ["0", "2", '"1"', "true"])
def test_another_format_is_refused(number: str):
    (fault,) = faults_of(MANIFEST.replace("format = 1", f"format = {number}"))
    assert fault.startswith("problem.toml:1: `format`: ")


def test_a_missing_key_of_a_table_is_reported_with_the_tables_line():
    (fault,) = faults_of(MANIFEST + "[track]\norder = 1\n")
    assert fault == "problem.toml:21: the key `track.name` is missing"


def test_the_line_of_a_value_of_several_lines_is_its_first():
    assert line_of('a = 1\nb = [\n  1,\n]\nc = """\nb = 2\n"""\n', ("b",)) == 2
    assert line_of('a = 1\nb = [\n  1,\n]\nc = """\nb = 2\n"""\n', ("c",)) == 5


@given(st.lists(st.sampled_from(["a", "b", "c", "d"]), unique=True, min_size=1), st.data())
def test_the_line_of_each_key_is_where_it_was_written(keys: list[str], data: st.DataObject):
    text, lines = "", {}
    for key in keys:
        text += "# a = 1\n" * data.draw(st.integers(0, 2))
        lines[key] = text.count("\n") + 1
        text += data.draw(st.sampled_from([f"{key} = 1\n", f"{key} = [\n 1,\n]\n", f'{key} = """\nd = 3\n"""\n']))
    for key, line in lines.items():
        found = line_of(text, (key,))
        assert found is not None
        assert all(each.startswith("#") for each in text.splitlines()[found - 1 : line - 1])
        assert text.splitlines()[line - 1].startswith(key)


@given(st.text(max_size=200))
def test_any_text_is_a_manifest_or_a_package_fault(text: str):
    with pytest.raises(PackageFault):
        read_manifest(text)
