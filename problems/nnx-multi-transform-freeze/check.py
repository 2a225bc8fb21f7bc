from judge.checking import (
    Sign,
    close,
    frozen,
    lookalikes,
    moments_zero,
    real_array,
    seen_models,
    steps_taken,
    trained,
)

RESULT = {
    Sign.NOTHING_RETURNED: "nothing-returned",
    Sign.NOT_NUMBERS: "not-numbers",
    Sign.WRONG_SHAPE: "wrong-shape",
    Sign.NOT_FINITE: "not-finite",
}
LEAK = {
    Sign.NOT_SEEN: "no-optimizer",
    Sign.OTHER_TREE: "other-model",
    Sign.EVERYTHING_MOVED: "nothing-frozen",
    Sign.ONLY_FROZEN_MOVED: "wrong-layer",
}
STEP = {
    Sign.NOT_SEEN: "no-optimizer",
    Sign.OTHER_TREE: "other-model",
    Sign.OTHER_START: "other-start",
    Sign.NO_STEP: "no-step",
    Sign.NOTHING_MOVED: "everything-frozen",
    Sign.PARTLY_MOVED: "head-frozen",
    Sign.MORE_STEPS: "too-many-steps",
    Sign.OTHER_CHANGE: "other-training",
    Sign.SCALED: "other-training",
    Sign.REVERSED: "other-training",
    Sign.SIGN_LIKE: "other-training",
}


def check(case, expected, actual):
    shape, losses = real_array("shape", actual.value, (case.inputs["steps"],), mistakes=RESULT)
    yield shape
    if losses is not None:
        yield close(
            "losses",
            losses,
            expected.value,
            rtol=1e-4,
            atol=1e-6,
            what="the row of losses",
            lookalikes=lookalikes(expected, "losses"),
            mistakes={Sign.DIFFERENT: "other-losses"},
        )
    seen = seen_models(expected, actual)
    leaves = lookalikes(expected, "leaves")
    yield frozen("frozen", seen, "l1", mistakes=LEAK, only={"bias": "bias-leaks", "kernel": "kernel-leaks"})
    yield moments_zero("memory", seen, "trace", "l1", mistakes={Sign.DIFFERENT: "memory-fed"})
    yield trained("trained", seen, "l2", rtol=1e-4, atol=1e-5, lookalikes=leaves, mistakes=STEP)
    yield steps_taken("steps", seen, mistakes={Sign.MORE_STEPS: "too-many-steps", Sign.FEWER_STEPS: "too-few-steps"})
