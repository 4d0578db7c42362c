"""The connection to Ray: one started on this machine or joined at an address. Imports Ray only when used."""

from __future__ import annotations

import logging
import math
import os
import secrets
import shutil
import signal
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from search_spaces.errors import InvalidInput
from trials.experiment import Compute
from trials.training.equipment import available_cores

ANSWERS_WITHIN_S = 10.0
LAST_PORT = 65535
PLAIN_ADDRESS = "auto, or the cluster's plain address, such as 10.0.0.1:6379"
ENVIRONMENT = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",  # a worker without a share of the GPUs sees them, as this process does
    "RAY_AIR_NEW_OUTPUT": "0",
    "TUNE_DISABLE_AUTO_CALLBACK_LOGGERS": "1",
    "TUNE_DISABLE_SIGINT_HANDLER": "1",
    "TUNE_GLOBAL_CHECKPOINT_S": "1e9",  # the study is the record of a search, not Tune's experiment state
    "TUNE_PRINT_ALL_TRIAL_ERRORS": "0",
}
STARTED_HERE = {"RAY_worker_niceness": "0"}  # trainings are the work of this machine, as they are without Ray
MODE = "RAY_AUTH_MODE"
JOINED = {"RAY_NUM_REDIS_GET_RETRIES": "2"}  # a minute for what listens at the address but is no Ray, not ten

log = logging.getLogger("compound_nas")


@dataclass(frozen=True, kw_only=True, slots=True)
class Workers:
    """How many trials run at a time, what each gets of a node, and its number of threads."""

    concurrency: int
    resources: Mapping[str, float]
    threads: int


@contextmanager
def connected(compute: Compute) -> Iterator[Workers]:
    """Join the Ray at `compute.address`, or start one here with just the CPUs it needs; leave or end it afterwards.

    A Ray that this process is connected to already is used as it is, and stays. Raises InvalidInput where no Ray
    answers and where one started here lacks what a trial is to get.
    """
    _require_listener(compute.address)
    for name, value in {**ENVIRONMENT, **(JOINED if compute.address else STARTED_HERE)}.items():
        os.environ.setdefault(name, value)
    if compute.address is None:
        _ask_for_a_token()
    import ray

    if ray.is_initialized():
        yield workers_of(compute)
        return
    try:
        _start(compute)
        yield workers_of(compute)
    finally:  # also where it is interrupted while it starts: nothing of it may meet this process's next run
        _end(started_here=compute.address is None)


def workers_of(compute: Compute) -> Workers:
    """Return how many trials the connected Ray is to run, and what each gets."""
    import ray

    there: dict[str, float] = ray.cluster_resources()  # type: ignore[no-untyped-call]
    cpus = (compute.resources or {}).get("CPU", float(compute.worker_threads))
    wanted: dict[str, float] = dict(compute.resources or {"CPU": cpus})
    concurrency = compute.concurrency or max(1, fitting(wanted, there))
    if compute.resources is None and compute.device != "cpu" and there.get("GPU", 0) >= 1:
        wanted["GPU"] = 1 / math.ceil(concurrency / there["GPU"])
    nodes = ray.nodes()  # type: ignore[no-untyped-call]
    if not any(fitting(wanted, node["Resources"]) for node in nodes if node["Alive"]):
        if compute.address is None:
            raise InvalidInput("compute.resources", wanted, f"no more than there is on this machine: {_shown(there)}")
        log.warning("no node of the cluster has %s now: trials wait until one joins", _shown(wanted))
    return Workers(concurrency=concurrency, resources=wanted, threads=compute.worker_threads)


def fitting(wanted: Mapping[str, float], there: Mapping[str, float]) -> int:
    """Return how many shares of the `wanted` resources there are.

    >>> fitting({"CPU": 1, "GPU": 0.25}, {"CPU": 8.0, "GPU": 1.0, "memory": 1e9})
    4
    """
    return min(int(there.get(name, 0) / amount + 1e-9) for name, amount in wanted.items())


def _ask_for_a_token() -> None:
    """Let a Ray that is started here answer to this process and its workers alone.

    It listens on all addresses of the machine, and whoever it answers can run code. The token is this process's own and
    is not written down; Ray reads it once.
    """
    os.environ[MODE] = "token"
    os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))


def _start(compute: Compute) -> None:
    """Connect to Ray. The handling of SIGTERM is left as it was: Ray would exit on it."""
    import ray

    from trials.engines.internals import read_environment_again, silence_worker_logs

    in_main_thread = threading.current_thread() is threading.main_thread()
    handler = signal.getsignal(signal.SIGTERM)
    quiet: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.ERROR}
    try:
        if compute.address is None:
            read_environment_again()
            ray.init("local", num_cpus=_cpus_needed(compute), include_dashboard=False, **quiet)
        else:
            ray.init(compute.address, **quiet)
            _warn_without_token(compute.address)
        silence_worker_logs()
    except Exception as error:  # Ray raises bare ones too, on a machine too busy to start it in time
        raise _no_answer(compute.address, error) from None
    finally:
        if in_main_thread and handler is not None:
            signal.signal(signal.SIGTERM, handler)


def _end(*, started_here: bool) -> None:
    """Leave Ray; of one that was started here, however far it came, end the processes and remove the folder."""
    import ray

    from trials.engines.internals import session_folder

    session = session_folder() if started_here else None
    ray.shutdown()
    if session is not None:
        shutil.rmtree(session, ignore_errors=True)


def _warn_without_token(address: str) -> None:
    """Say that a cluster which was joined asks nobody for a token."""
    if os.environ.get(MODE, "").lower() != "token":  # Ray sets it where it finds a token
        log.warning(
            "the Ray cluster at %s asks for no token: whoever reaches its ports can run code there (docs/clusters.md)",
            address,
        )


def _cpus_needed(compute: Compute) -> int:
    """Return the CPUs of a Ray started here: those of all trials that run at a time, or all of this process."""
    cores = available_cores()
    share = (compute.resources or {}).get("CPU", compute.worker_threads)
    concurrency = compute.concurrency or max(1, int(cores / share))
    if concurrency * compute.worker_threads > cores:
        log.warning(
            "%d workers of %d threads on %d cores: more than there are cores makes trainings many times slower",
            concurrency,
            compute.worker_threads,
            cores,
        )
    return math.ceil(concurrency * share)


def _require_listener(address: str | None) -> None:
    """Raise InvalidInput where nothing listens at an address: Ray itself would try for minutes."""
    if address is None or address == "auto":
        return
    host, colon, port = address.rpartition(":")
    if address.startswith("ray://"):  # Tune would run on the cluster then, and would need the study there
        raise InvalidInput("compute.address", address, f"{PLAIN_ADDRESS}; run the command on a machine of its network")
    if not colon or not port.isdigit() or int(port) > LAST_PORT:
        raise InvalidInput("compute.address", address, PLAIN_ADDRESS)
    try:
        socket.create_connection((host, int(port)), timeout=ANSWERS_WITHIN_S).close()
    except OSError as error:
        raise _no_answer(address, error) from None


def _no_answer(address: str | None, error: Exception) -> InvalidInput:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    if address is None:
        return InvalidInput("compute.engine", "ray", f"a machine on which Ray starts in half a minute ({lines[0]})")
    hint = "" if MODE in os.environ or address == "auto" else "; does it want RAY_AUTH_MODE=token?"
    return InvalidInput("compute.address", address, f"a Ray cluster that answers ({lines[0]}{hint})")


def _shown(resources: Mapping[str, float]) -> str:
    known = {name: amount for name, amount in resources.items() if not name.startswith(("node:", "accelerator_type:"))}
    return ", ".join(f"{name} {amount:g}" for name, amount in known.items() if "memory" not in name)
