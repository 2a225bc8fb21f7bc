"""Runs a submission's job while its replies are checked; keeps its own shortages and the host's apart."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from judge.errors import HostShortage
from judge.grading.checker import Checked, CheckerJob
from judge.sandbox import Box, Job, Outcome
from judge.sandbox.host_shortage import claims_shortage, control_job, figures, refusal


def run_checked(box: Box, job: Job, replies_of_job: Callable[[], CheckerJob]) -> tuple[Outcome, list[Checked]]:
    """Run a job and check its replies; run it a second time if it claims that the host lacks a resource.

    Raises HostShortage if the host really does, SandboxFault, PackageFault.
    """
    for _attempt in range(2):
        before = figures()
        replies = replies_of_job()
        outcome = box.run(job, replies)
        checked = replies.results()[: outcome.replies]
        if not claims_shortage(outcome, job.limits.memory_mib, [each.raised for each in checked]):
            break
        if lacking := figures().shortage_since(before) or refusal(partial(box.run, control_job(job.limits))):
            raise HostShortage(f"the host ran short: {lacking}")
    if checked and (rejected := checked[-1].rejected):  # the job ended with a reply that could not be accepted
        outcome = replace(outcome, ending=rejected[0], detail=rejected[1])
    return outcome, checked  # a shortage that is claimed twice, but not the host's, is the program's own doing
