"""One candidate after the other: the reference that other engines are held against. No torch.

Code of the user's is evaluated in a process of its own (`trials.isolation`), with `engine: inline` in this one.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from search_spaces.errors import described
from trials.study.candidate import Candidate, Evaluate, Failed, Finished, Outcome, Report, Stopped
from trials.study.ledger import Ledger

OnFinished = Callable[[Finished], None]
LOOK_AGAIN_AFTER_S = 1.0


def run(ledger: Ledger, evaluate: Evaluate, on_finished: OnFinished) -> None:
    """Evaluate candidates until the ledger has no more; each begins in the folder that this process was in."""
    folder = Path.cwd()
    with ledger.at_work():
        while (candidate := ledger.ask()) is not None or not ledger.done:
            if candidate is None:  # other processes are evaluating the last ones
                time.sleep(LOOK_AGAIN_AFTER_S)
                continue
            outcome = attempt(evaluate, candidate, partial(ledger.report, candidate))
            with contextlib.suppress(OSError):  # the folder is gone
                os.chdir(folder)
            for finished in ledger.tell(candidate, outcome):
                on_finished(finished)


def attempt(evaluate: Evaluate, candidate: Candidate, report: Report) -> Outcome:
    """Evaluate one candidate; whatever goes wrong in it is its outcome, not the end of the run."""
    start = time.monotonic()
    try:
        metrics = evaluate(candidate, report)
    except Stopped:
        return Outcome(stopped=True, seconds=time.monotonic() - start)
    except Failed as failed:
        return Outcome(failure=str(failed), seconds=time.monotonic() - start)
    except (Exception, SystemExit) as error:
        return Outcome(failure=described(error), seconds=time.monotonic() - start)
    return Outcome(metrics=metrics, seconds=time.monotonic() - start)
