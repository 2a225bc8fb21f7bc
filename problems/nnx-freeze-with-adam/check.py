from judge.checking import (
    Symptom,
    close,
    frozen,
    identical,
    lookalikes,
    moments_close,
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
    Symptom.FEWER_STEPS: "too-few-steps",
    Symptom.SCALED: "other-training",
    Symptom.REVERSED: "other-training",
    Symptom.SIGN_LIKE: "other-training",
    Symptom.OTHER_CHANGE: "other-training",
}
FED = {Symptom.DIFFERENT: "moments-fed"}
MOMENTS = {Symptom.OTHER_TREE: "sgd-for-adam", Symptom.DIFFERENT: "other-moments"}


def check(case, expected, actual):
    shape, result = real_array("shape", actual.value, (3,), mistakes=RESULT)
    yield shape
    if result is not None:
        yield from numbers(result, expected)
    seen = seen_models(expected, actual)
    likes = lookalikes(expected, "leaves")
    yield frozen("frozen", seen, "l1", mistakes=LEAK, only={"bias": "bias-leaks", "kernel": "kernel-leaks"})
    yield moments_zero("frozen-mean", seen, "mu", "l1", mistakes=FED)
    yield moments_zero("frozen-square", seen, "nu", "l1", mistakes=FED)
    yield trained("trained", seen, "l2", rtol=1e-4, atol=1e-5, lookalikes=likes, mistakes=STEP)
    yield moments_close("mean", seen, "mu", "l2", rtol=1e-4, atol=1e-6, mistakes=MOMENTS)
    yield moments_close("square", seen, "nu", "l2", rtol=1e-4, atol=1e-7, mistakes=MOMENTS)
    yield steps_taken(
        "steps", seen, mistakes={Symptom.MORE_STEPS: "too-many-steps", Symptom.FEWER_STEPS: "too-few-steps"}
    )


def numbers(result, expected):
    loss, after, before = result
    wanted_loss, _, wanted_norm = expected.value
    yield close(
        "loss",
        loss,
        wanted_loss,
        rtol=1e-4,
        atol=1e-6,
        what="the loss",
        lookalikes=lookalikes(expected, "loss"),
        mistakes={Symptom.DIFFERENT: "other-loss"},
    )
    yield identical(
        "norms-identical",
        after,
        before,
        what="the norms after and before the training",
        mistakes={Symptom.DIFFERENT: "norm-changed"},
    )
    yield close(
        "norm",
        before,
        wanted_norm,
        rtol=1e-5,
        what="the norm before the training",
        lookalikes=lookalikes(expected, "norm"),
        mistakes={Symptom.DIFFERENT: "other-norm"},
    )
