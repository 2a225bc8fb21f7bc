from judge.checking import Sign, close, frozen, is_under, lookalikes, real_array, seen_models, steps_taken, trained

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
    Sign.ONLY_FROZEN_MOVED: "all-but-the-prefix",
    Sign.SOME_FROZEN_MOVED: "part-trains",
}
STEP = {
    Sign.NOT_SEEN: "no-optimizer",
    Sign.OTHER_TREE: "other-model",
    Sign.OTHER_START: "other-start",
    Sign.NO_STEP: "no-step",
    Sign.NOTHING_MOVED: "everything-frozen",
    Sign.PARTLY_MOVED: "too-much-frozen",
    Sign.MORE_STEPS: "two-steps",
    Sign.SCALED: "other-learning-rate",
    Sign.REVERSED: "other-training",
    Sign.SIGN_LIKE: "other-training",
    Sign.OTHER_CHANGE: "other-training",
}


def check(case, expected, actual):
    shape, result = real_array("shape", actual.value, (3,), mistakes=RESULT)
    yield shape
    if result is not None:
        yield close(
            "loss",
            result[0],
            expected.value[0],
            rtol=1e-4,
            atol=1e-6,
            what="the loss",
            lookalikes=lookalikes(expected, "loss"),
            mistakes={Sign.DIFFERENT: "other-loss"},
        )
        yield close(
            "counts",
            result[1:],
            expected.value[1:],
            rtol=0.0,
            what="the pair of counts",
            lookalikes=lookalikes(expected, "counts"),
            mistakes={Sign.DIFFERENT: "other-counts"},
        )
    seen = seen_models(expected, actual)
    prefix = case.inputs["prefix"]
    rest = [path for path in seen.want.before if not is_under(path, prefix)]
    yield frozen("frozen", seen, prefix, mistakes=LEAK, only={"bias": "kernels-only", "kernel": "biases-only"})
    likes = lookalikes(expected, "leaves")
    yield trained("trained", seen, *rest, rtol=1e-4, atol=1e-6, lookalikes=likes, mistakes=STEP)
    yield steps_taken("steps", seen, mistakes={Sign.NO_STEP: "no-step", Sign.MORE_STEPS: "two-steps"})
