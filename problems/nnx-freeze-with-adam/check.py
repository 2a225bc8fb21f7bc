from judge.checking import (
    Sign,
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
    Sign.FEWER_STEPS: "too-few-steps",
    Sign.SCALED: "other-training",
    Sign.REVERSED: "other-training",
    Sign.SIGN_LIKE: "other-training",
    Sign.OTHER_CHANGE: "other-training",
}
FED = {Sign.DIFFERENT: "moments-fed"}
MOMENTS = {Sign.OTHER_TREE: "sgd-for-adam", Sign.DIFFERENT: "other-moments"}


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
    yield steps_taken("steps", seen, mistakes={Sign.MORE_STEPS: "too-many-steps", Sign.FEWER_STEPS: "too-few-steps"})


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
        mistakes={Sign.DIFFERENT: "other-loss"},
    )
    yield identical(
        "norms-identical",
        after,
        before,
        what="the norms after and before the training",
        mistakes={Sign.DIFFERENT: "norm-changed"},
    )
    yield close(
        "norm",
        before,
        wanted_norm,
        rtol=1e-5,
        what="the norm before the training",
        lookalikes=lookalikes(expected, "norm"),
        mistakes={Sign.DIFFERENT: "other-norm"},
    )
