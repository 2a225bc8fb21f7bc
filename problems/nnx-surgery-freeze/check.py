from judge.checking import Sign, close, frozen, identical, lookalikes, real_array, seen_models, trained

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
    Sign.MORE_STEPS: "two-steps",
    Sign.SCALED: "other-learning-rate",
    Sign.REVERSED: "uphill",
    Sign.SIGN_LIKE: "sign-like-step",
    Sign.OTHER_CHANGE: "other-training",
}


def check(case, expected, actual):
    shape, result = real_array("shape", actual.value, (3,), mistakes=RESULT)
    yield shape
    if result is not None:
        loss, after, before = result
        wanted_loss, _, wanted_norm = expected.value
        yield close(
            "loss",
            loss,
            wanted_loss,
            rtol=1e-5,
            atol=1e-6,
            what="the loss",
            lookalikes=lookalikes(expected, "loss"),
            mistakes={Sign.DIFFERENT: "other-loss"},
        )
        yield identical(
            "norms-identical",
            after,
            before,
            what="the norms after and before the step",
            mistakes={Sign.DIFFERENT: "norm-changed"},
        )
        yield close(
            "norm",
            before,
            wanted_norm,
            rtol=1e-5,
            what="the norm before the step",
            lookalikes=lookalikes(expected, "norm"),
            mistakes={Sign.DIFFERENT: "other-norm"},
        )
    seen = seen_models(expected, actual)
    yield frozen("frozen", seen, "l1", mistakes=LEAK, only={"bias": "bias-leaks", "kernel": "kernel-leaks"})
    yield trained("trained", seen, "l2", rtol=1e-4, atol=1e-6, lookalikes=lookalikes(expected, "leaves"), mistakes=STEP)
