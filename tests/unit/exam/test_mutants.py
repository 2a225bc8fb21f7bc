"""Mutants of a reference: which rules change what, and that only what the entry point needs is changed."""

import ast
from pathlib import Path

import pytest

from judge.exam.mutants import Mutant, mutants
from judge.exam.mutation_rules import HELPER
from judge.problems.catalog import Catalog
from judge.problems.load import load_problem
from judge.problems.manifest import EquivalentMutant
from tests.helpers.tiny_package import MANIFEST, write_package

PROBLEMS = Path(__file__).parents[3] / "problems"


def mutants_of(folder: Path, body: str, head: str = "") -> list[Mutant]:
    source = f"import jax.numpy as jnp\n\n{head}\ndef twice(x, scale):\n    {body}\n"
    return list(mutants(load_problem(write_package(folder, reference_py=source))))


def changes(made: list[Mutant], rule: str) -> list[tuple[str, str]]:
    return [(mutant.before, mutant.after) for mutant in made if mutant.rule == rule]


@pytest.mark.parametrize(
    ("rule", "body", "change"),
    [
        ("drop-term", "return x + scale", ("x + scale", "x")),
        ("drop-term", "return x - scale", ("x - scale", "scale")),
        ("drop-factor", "return x * scale", ("x * scale", "x")),
        ("drop-factor", "return x ** 2", ("x ** 2", "x")),
        ("wrong-sign", "return x - scale", ("x - scale", "x + scale")),
        ("wrong-sign", "return -x", ("-x", "x")),
        ("swap-reduction", "return jnp.mean(x)", ("jnp.mean(x)", "jnp.sum(x)")),
        ("swap-reduction", "return x.max()", ("x.max()", "x.min()")),
        ("other-axis", "return jnp.sum(x, axis=0)", ("jnp.sum(x, axis=0)", "jnp.sum(x, axis=-1)")),
        ("other-axis", "return x.T", ("x.T", "x")),
        ("other-seed", "return nnx.Rngs(int(x))", ("nnx.Rngs(int(x))", "nnx.Rngs(int(x) + 1)")),
        (
            "other-optimizer",
            "return optax.sgd(scale, nesterov=True)",
            ("optax.sgd(scale, nesterov=True)", "optax.adam(scale)"),
        ),
        ("drop-call", "return jnp.tanh(x)", ("jnp.tanh(x)", "x")),
        ("drop-argument", "return jnp.sum(x, keepdims=True)", ("jnp.sum(x, keepdims=True)", "jnp.sum(x)")),
        ("skip-step", "step(x)", ("step(x)", "pass")),
        ("skip-step", "x[0] = 1", ("x[0] = 1", "pass")),
        ("repeat-step", "step(x)", ("step(x)", "step(x); step(x)")),
        ("other-turns", "\n    for i in range(scale):\n        pass", None),
        ("other-condition", "return x if x == 1 else 0", ("x if x == 1 else 0", "x if x != 1 else 0")),
        ("other-condition", "return x if x == 1 else 0", ("x if x == 1 else 0", "x")),
        ("other-number", "return x + 2", ("x + 2", "x + 3")),
        ("other-number", "return x + 0.5", ("x + 0.5", "x + 1.0")),
        ("other-number", "return f(True)", ("f(True)", "f(False)")),
        ("other-text", "return x['l1']", ("x['l1']", "x['l1_']")),
        ("other-order", "return [x, scale]", ("[x, scale]", "[scale, x]")),
        ("less-precision", "return jnp.float32(x)", ("jnp.float32(x)", "jnp.float16(x)")),
    ],
)
def test_a_rule_changes_what_its_name_says(tmp_path: Path, rule: str, body: str, change: tuple[str, str] | None):
    found = changes(mutants_of(tmp_path, body), rule)
    assert found
    assert change is None or change in found


def test_every_mutant_is_a_program_of_its_own(tmp_path: Path):
    made = mutants_of(tmp_path, "return jnp.sum(x * scale, axis=1) / (2 + x) if x == 1 else -x")
    sources = [mutant.source for mutant in made]
    assert len(set(sources)) == len(sources)
    for source in sources:
        ast.parse(source)


def test_the_line_is_that_of_the_reference(tmp_path: Path):
    made = mutants_of(tmp_path, "return x + 2")
    assert {mutant.line for mutant in made if mutant.rule == "drop-term"} == {5}


def test_constants_and_functions_that_the_entry_point_needs_are_changed_too(tmp_path: Path):
    made = mutants_of(tmp_path, "return helper(x)", head="WIDTH = 4\n\ndef helper(x):\n    return x * WIDTH\n")
    assert changes(made, "other-number") == [("4", "5")]
    assert ("x * WIDTH", "x") in changes(made, "drop-factor")


def test_what_only_lookalikes_need_is_left_alone(tmp_path: Path):
    head = "OTHER = 8\n\ndef lookalikes(x, scale):\n    return {'a': x + OTHER}\n"
    made = mutants_of(tmp_path, "return x * scale", head=head)
    assert not any("8" in mutant.before or "OTHER" in mutant.source for mutant in made)


def test_two_places_that_are_written_the_same_are_reported_apart(tmp_path: Path):
    made = mutants_of(tmp_path, "return getattr(x[0], 'key', x[0])")
    assert changes(made, "other-number") == [
        ("getattr(x[0], 'key', x[0])", "getattr(x[1], 'key', x[0])"),
        ("getattr(x[0], 'key', x[0])", "getattr(x[0], 'key', x[1])"),
    ]
    default = EquivalentMutant(rule="other-number", at="'key', x[1])", reason="an entry of a path always has a key")
    assert [each.after for each in made if each.is_listed(default)] == ["getattr(x[0], 'key', x[1])"]


def test_documentation_annotations_and_formatted_texts_are_left_alone(tmp_path: Path):
    made = mutants_of(tmp_path, '"""Says 5."""\n    print(f"{x} of 6")\n    return x', head="")
    assert not changes(made, "other-text")
    assert not changes(made, "other-number")


def test_nothing_returned_zeros_constants_inputs_and_half_precision_are_tried(tmp_path: Path):
    made = mutants_of(tmp_path, "return x")
    whole = {(mutant.rule, mutant.before) for mutant in made if not mutant.line}
    assert {
        ("half-precision", "float16"),
        ("half-precision", "bfloat16"),
        ("half-precision-inputs", "x"),
        ("other-input", "x = jnp.zeros_like(x)"),
        ("other-input", "scale = 2 * scale + 1"),
        ("zero", "all zeros"),
        ("constant", "the first answer"),
        ("identity", "x"),
        ("identity", "scale"),
        ("nothing", "None"),
    } == whole


def test_the_helper_leaves_out_one_leaf_after_another():
    space: dict[str, object] = {}
    exec(HELPER, space)
    leaving = space["_leaving_one_leaf"]

    def tree_map(function, tree):
        return {path: function(path, leaf) for path, leaf in tree.items()}

    def zero_first(path, leaf):
        return 0.0 if path.startswith("l1") else leaf

    tree = {"l1.bias": 1.0, "l1.kernel": 2.0, "l2.bias": 3.0}
    assert leaving(tree_map, 0)(zero_first, tree) == {"l1.bias": 1.0, "l1.kernel": 0.0, "l2.bias": 3.0}
    assert leaving(tree_map, 1)(zero_first, tree) == {"l1.bias": 0.0, "l1.kernel": 2.0, "l2.bias": 3.0}
    with pytest.raises(LookupError):
        leaving(tree_map, 2)(zero_first, tree)


def test_an_equivalent_mutant_is_known_by_its_rule_and_a_part_of_what_it_changes(tmp_path: Path):
    (mutant,) = [each for each in mutants_of(tmp_path, "return [x,  scale]") if each.rule == "other-order"]
    assert mutant.is_listed(EquivalentMutant(rule="other-order", reason="r"))
    assert mutant.is_listed(EquivalentMutant(rule="other-order", at="x,  scale", reason="r"))
    assert not mutant.is_listed(EquivalentMutant(rule="other-order", at="y", reason="r"))
    assert not mutant.is_listed(EquivalentMutant(rule="drop-term", reason="r"))


def test_equivalent_mutants_need_a_reason(tmp_path: Path):
    manifest = MANIFEST + '\n[[equivalent_mutants]]\nrule = "other-order"\n'
    with pytest.raises(Exception, match=r"equivalent_mutants\.0\.reason"):
        load_problem(write_package(tmp_path, problem_toml=manifest))


@pytest.mark.parametrize("slug", [problem.slug for problem in Catalog([PROBLEMS]).problems()])
def test_the_mutants_of_the_problems_here_are_programs(slug: str):
    made = list(mutants(Catalog([PROBLEMS]).get(slug)))
    assert len(made) > 20
    for mutant in made:
        compile(mutant.source, "mutant.py", "exec")
