from judge.checking import Symptom, close, frozen, is_under, lookalikes, real_array, seen_models, steps_taken, trained

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
    Symptom.ONLY_FROZEN_MOVED: "all-but-the-prefix",
    Symptom.SOME_FROZEN_MOVED: "part-trains",
}
STEP = {
    Symptom.NOT_SEEN: "no-optimizer",
    Symptom.OTHER_TREE: "other-model",
    Symptom.OTHER_START: "other-start",
    Symptom.NO_STEP: "no-step",
    Symptom.NOTHING_MOVED: "everything-frozen",
    Symptom.PARTLY_MOVED: "too-much-frozen",
    Symptom.MORE_STEPS: "two-steps",
    Symptom.SCALED: "other-learning-rate",
    Symptom.REVERSED: "other-training",
    Symptom.SIGN_LIKE: "other-training",
    Symptom.OTHER_CHANGE: "other-training",
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
            mistakes={Symptom.DIFFERENT: "other-loss"},
        )
        yield close(
            "counts",
            result[1:],
            expected.value[1:],
            rtol=0.0,
            what="the pair of counts",
            lookalikes=lookalikes(expected, "counts"),
            mistakes={Symptom.DIFFERENT: "other-counts"},
        )
    seen = seen_models(expected, actual)
    prefix = case.inputs["prefix"]
    rest = [path for path in seen.want.before if not is_under(path, prefix)]
    yield frozen("frozen", seen, prefix, mistakes=LEAK, only={"bias": "kernels-only", "kernel": "biases-only"})
    likes = lookalikes(expected, "leaves")
    yield trained("trained", seen, *rest, rtol=1e-4, atol=1e-6, lookalikes=likes, mistakes=STEP)
    yield steps_taken("steps", seen, mistakes={Symptom.NO_STEP: "no-step", Symptom.MORE_STEPS: "two-steps"})
