from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from nas.dashboard import serving
from nas.dashboard.serving import dashboard_server
from search_spaces.errors import InvalidInput


@pytest.fixture
def address(folder: Path) -> Iterator[str]:
    server = dashboard_server(folder / "results" / "try", "127.0.0.1", 0, None)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def asked(url: str) -> Any:
    with urlopen(url) as answer:
        return json.loads(answer.read())


def test_the_dashboard_lists_the_trials_of_our_studies(address: str) -> None:
    studies = {study["study_name"]: study["study_id"] for study in asked(f"{address}/api/studies")["study_summaries"]}
    assert set(studies) == {"try/nas/candidates", "try/nas/references"}
    detail = asked(f"{address}/api/studies/{studies['try/nas/candidates']}")
    assert len(detail["trials"]) == 20
    assert {trial["state"] for trial in detail["trials"]} == {"Complete"}


def test_nothing_can_be_deleted_from_there(address: str, folder: Path) -> None:
    journal = folder / "results" / "try" / "nas" / "study.journal"
    before = journal.read_bytes()
    with pytest.raises(HTTPError):
        urlopen(Request(f"{address}/api/studies/0", method="DELETE"))
    assert journal.read_bytes() == before


def test_without_the_package_it_says_how_to_get_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "find_spec", lambda _name: None)
    with pytest.raises(InvalidInput, match=r"compound-nas\[dashboard\]"):
        dashboard_server(folder / "results" / "try", "127.0.0.1", 0, None)


def test_a_port_that_is_taken_is_refused(address: str, folder: Path) -> None:
    with pytest.raises(InvalidInput, match="--port"):
        dashboard_server(folder / "results" / "try", "127.0.0.1", int(address.rsplit(":", 1)[1]), None)
