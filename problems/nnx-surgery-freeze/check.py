from judge.checking import Symptom, close, frozen, identical, lookalikes, real_array, seen_models, trained

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
    Symptom.MORE_STEPS: "two-steps",
    Symptom.SCALED: "other-learning-rate",
    Symptom.REVERSED: "uphill",
    Symptom.SIGN_LIKE: "sign-like-step",
    Symptom.OTHER_CHANGE: "other-training",
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
            mistakes={Symptom.DIFFERENT: "other-loss"},
        )
        yield identical(
            "norms-identical",
            after,
            before,
            what="the norms after and before the step",
            mistakes={Symptom.DIFFERENT: "norm-changed"},
        )
        yield close(
            "norm",
            before,
            wanted_norm,
            rtol=1e-5,
            what="the norm before the step",
            lookalikes=lookalikes(expected, "norm"),
            mistakes={Symptom.DIFFERENT: "other-norm"},
        )
    seen = seen_models(expected, actual)
    yield frozen("frozen", seen, "l1", mistakes=LEAK, only={"bias": "bias-leaks", "kernel": "kernel-leaks"})
    yield trained("trained", seen, "l2", rtol=1e-4, atol=1e-6, lookalikes=lookalikes(expected, "leaves"), mistakes=STEP)
