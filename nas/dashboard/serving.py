"""optuna-dashboard over the studies of a run. Its package is an extra, imported when it is asked for. No torch."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from search_spaces.errors import InvalidInput
from trials.study.snapshot import read_record, readable_storage, readable_url, results_folder

INSTALL = "an environment with it: pip install 'compound-nas[dashboard]'"


class ThreadingServer(ThreadingMixIn, WSGIServer):
    """A server that answers several requests at a time: a page asks for many things at once."""

    daemon_threads = True


class SilentHandler(WSGIRequestHandler):
    """A handler that prints no line for every request."""

    def log_message(self, format: str, *arguments: Any) -> None:
        """Say nothing."""


def dashboard_server(directory: Path, host: str, port: int, storage: str | None) -> WSGIServer:
    """Return a server of optuna-dashboard that listens, to be run by `serve_forever`.

    Raises InvalidInput without optuna-dashboard, where there is no run, and where nothing can listen at that place.
    """
    if find_spec("optuna_dashboard") is None:
        raise InvalidInput("optuna-dashboard", "not installed", INSTALL)
    from optuna_dashboard import wsgi

    folder = results_folder(directory, "nas", "nas run")
    settings = read_record(folder)["settings"]
    section = settings.get(folder.name)
    recorded = section.get("storage") if isinstance(section, dict) else None
    application = wsgi(readable_storage(folder, readable_url(storage or recorded)))
    try:
        return make_server(host, port, application, ThreadingServer, SilentHandler)
    except (OSError, OverflowError) as error:
        raise InvalidInput("--port", port, f"a port of {host} that is free ({error})") from None
