from judge.checking import Symptom, lookalikes, structure, tree_close

TREE = {
    Symptom.NOTHING_RETURNED: "nothing-returned",
    Symptom.OTHER_TREE: "other-tree",
    Symptom.NOT_NUMBERS: "not-numbers",
    Symptom.WRONG_SHAPE: "wrong-shape",
}


def check(case, expected, actual):
    shape = structure("structure", actual.value, expected.value, mistakes=TREE)
    yield shape
    if not shape.passed:
        return
    state_is_right = True
    for id, belongs, mistake in (
        ("kernels", lambda path: path.startswith("state.") and path.endswith(".kernel"), "other-kernels"),
        ("biases", lambda path: path.startswith("state.") and path.endswith(".bias"), "other-biases"),
        ("output", lambda path: path == "output", "other-output"),
        ("original", lambda path: path == "original", "other-original"),
    ):
        # What follows from a wrong state has no name of its own.
        mistakes = {Symptom.DIFFERENT: mistake} if state_is_right else {}
        part = tree_close(
            id,
            actual.value,
            expected.value,
            rtol=1e-5,
            atol=1e-5,
            select=belongs,
            lookalikes=lookalikes(expected, id),
            mistakes=mistakes,
        )
        state_is_right = state_is_right and part.passed
        yield part
