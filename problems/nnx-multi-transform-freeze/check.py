from judge.checking import (
    Symptom,
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
    Symptom.NOTHING_RETURNED: "nothing-returned",
    Symptom.NOT_NUMBERS: "not-numbers",
    Symptom.WRONG_SHAPE: "wrong-shape",
    Symptom.NOT_FINITE: "not-finite",
}
LEAK = {
    Symptom.NOT_SEEN: "no-optimizer",
    Symptom.OTHER_TREE: "other-model",
    Symptom.EVERYTHING_MOVED: "nothing-frozen",
    Symptom.BARELY_MOVED: "barely-frozen",
    Symptom.ONLY_FROZEN_MOVED: "wrong-layer",
}
STEP = {
    Symptom.NOT_SEEN: "no-optimizer",
    Symptom.OTHER_TREE: "other-model",
    Symptom.OTHER_START: "other-start",
    Symptom.NO_STEP: "no-step",
    Symptom.NOTHING_MOVED: "everything-frozen",
    Symptom.PARTLY_MOVED: "head-frozen",
    Symptom.MORE_STEPS: "too-many-steps",
    Symptom.OTHER_CHANGE: "other-training",
    Symptom.SCALED: "other-training",
    Symptom.REVERSED: "other-training",
    Symptom.SIGN_LIKE: "other-training",
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
            mistakes={Symptom.DIFFERENT: "other-losses"},
        )
    seen = seen_models(expected, actual)
    leaves = lookalikes(expected, "leaves")
    yield frozen("frozen", seen, "l1", mistakes=LEAK, only={"bias": "bias-leaks", "kernel": "kernel-leaks"})
    yield moments_zero("memory", seen, "trace", "l1", mistakes={Symptom.DIFFERENT: "memory-fed"})
    yield trained("trained", seen, "l2", rtol=1e-4, atol=1e-5, lookalikes=leaves, mistakes=STEP)
    yield steps_taken(
        "steps", seen, mistakes={Symptom.MORE_STEPS: "too-many-steps", Symptom.FEWER_STEPS: "too-few-steps"}
    )
