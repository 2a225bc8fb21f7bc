"""`judge serve` and `judge worker` with a grader that obeys comments: run_judge.py serve|worker FOLDER_OF_PROBLEMS.

Settings come from JUDGE_* variables, as for the real commands, which know nothing of this grader. TEST_FIRST_SECONDS,
TEST_RETRY_SECONDS and TEST_REAP_SECONDS shorten the pause after a first fault, after a first error of the grader, and
between two looks for lost workers; TEST_LOST_ALONE is how many losses in a run alone are taken for a program's doing.
"""

import asyncio
import os
import sys
from pathlib import Path

from judge.problems.catalog import Catalog
from judge.settings import load_settings
from judge.store import postgres_queue, retries
from judge.web.server import serve
from judge.worker import judging
from judge.worker.logs import set_up_logs
from judge.worker.standalone import run_worker
from tests.helpers.doubles import ObedientGrader

if __name__ == "__main__":
    retries.FIRST_SECONDS = float(os.environ.get("TEST_FIRST_SECONDS", retries.FIRST_SECONDS))
    judging.RETRY_SECONDS = float(os.environ.get("TEST_RETRY_SECONDS", judging.RETRY_SECONDS))
    postgres_queue.REAP_SECONDS = float(os.environ.get("TEST_REAP_SECONDS", postgres_queue.REAP_SECONDS))
    retries.LOST_ALONE = int(os.environ.get("TEST_LOST_ALONE", retries.LOST_ALONE))
    settings = load_settings()
    set_up_logs(settings)
    if sys.argv[1] == "serve":
        serve(settings, catalog=Catalog([Path(sys.argv[2])]), make_grader=ObedientGrader)
    else:
        asyncio.run(run_worker(settings, catalog=Catalog([Path(sys.argv[2])]), make_grader=ObedientGrader))
