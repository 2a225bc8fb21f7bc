"""Prometheus metrics of a process that judges."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector

from judge.sandbox.counts import Event, counted

REGISTRY = CollectorRegistry()
_SECONDS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0)

VERDICTS = Counter("judge_verdicts", "Verdicts stored by this process.", ["verdict", "lane"], registry=REGISTRY)
FAILED_ATTEMPTS = Counter(
    "judge_failed_attempts", "Attempts that ended in an error that the judge reported.", registry=REGISTRY
)
FAULTS = Counter(
    "judge_faults",
    "Runs that the judge or its host failed, tried again for as long as it takes; poison: submissions given up because"
    " they end their workers.",
    ["kind"],
    registry=REGISTRY,
)
STOPPED = Counter("judge_stopped", "Runs that their senders stopped, ended by this process.", registry=REGISTRY)
QUEUED_SECONDS = Histogram(
    "judge_queued_seconds", "From accepted to claimed by a worker.", buckets=_SECONDS, registry=REGISTRY
)
JUDGING_SECONDS = Histogram("judge_judging_seconds", "In a slot.", ["lane"], buckets=_SECONDS, registry=REGISTRY)
SLOTS = Gauge("judge_slots", "Judging slots of this process.", ["state"], registry=REGISTRY)
CANARY = Gauge("judge_canary_healthy", "1 while this process passes its self-test, else 0.", registry=REGISTRY)
WEBHOOKS = Counter("judge_webhooks", "Webhook calls made by this process.", ["result"], registry=REGISTRY)
LTI_SCORES = Counter("judge_lti_scores", "Scores sent to learning platforms.", ["result"], registry=REGISTRY)

for _kind in ("worker_lost", "box_killed", "host_shortage", "sandbox", "poison"):
    FAULTS.labels(_kind)  # a rate over a counter that is not there yet finds nothing


class _Sandbox(Collector):
    """The counts that boxes keep themselves."""

    def collect(self) -> Iterator[CounterMetricFamily]:
        """Yield them as they are now."""
        hot = CounterMetricFamily(
            "judge_hot_zygotes", "Fast lanes of problems by what became of them; refused: jobs.", labels=["event"]
        )
        for event in (Event.STARTED, Event.REPLACED, Event.EVICTED, Event.REFUSED):
            hot.add_metric([event], counted(event))
        yield hot
        yield CounterMetricFamily(
            "judge_programs_compiled", "Programs compiled beside the fast lane.", value=counted(Event.COMPILED)
        )


REGISTRY.register(_Sandbox())


def count_fault(kind: str) -> None:
    """Count a fault of the judge."""
    FAULTS.labels(kind).inc()
