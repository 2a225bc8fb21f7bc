"""`judge serve` and `judge worker` with a grader that obeys comments: run_judge.py serve|worker FOLDER_OF_PROBLEMS.

Settings come from JUDGE_* variables, as for the real commands, which know nothing of this grader.
"""

import asyncio
import sys
from pathlib import Path

from doubles import ObedientGrader

from judge.problems.catalog import Catalog
from judge.settings import load_settings
from judge.web.server import serve
from judge.worker.logs import set_up_logs
from judge.worker.process import run_worker

if __name__ == "__main__":
    settings = load_settings()
    set_up_logs(settings)
    if sys.argv[1] == "serve":
        serve(settings, catalog=Catalog([Path(sys.argv[2])]), make_grader=ObedientGrader)
    else:
        asyncio.run(run_worker(settings, catalog=Catalog([Path(sys.argv[2])]), make_grader=ObedientGrader))
