"""What a folder of results holds, read without touching it, while a run may be writing there. No torch."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import optuna
from optuna.storages import BaseStorage
from optuna.storages.journal import BaseJournalBackend

from search_spaces.errors import InvalidInput
from search_spaces.validation import validated
from trials.study.internals_journal import open_journal_storage
from trials.study.settings import of_today
from trials.study.storage import open_storage

if TYPE_CHECKING:
    import pandas as pd

Settings = TypeVar("Settings")
RECORD, JOURNAL = "run.json", "study.journal"


class ReadOnlyJournal(BaseJournalBackend):
    """The whole lines that a journal has so far, and later ones as they come; nothing is written, locked or cut."""

    def __init__(self, path: Path) -> None:
        self._path, self._end = path, 0
        self._lines: list[bytes] = []
        self._follow()

    def read_logs(self, log_number_from: int) -> Iterable[dict[str, Any]]:
        """Return the logs from a number on."""
        self._follow()
        return [json.loads(line) for line in self._lines[log_number_from:]]

    def append_logs(self, logs: list[dict[str, Any]]) -> None:
        """Refuse."""
        raise RuntimeError(f"{self._path} is only read: {len(logs)} changes are refused")

    def _follow(self) -> None:
        with self._path.open("rb") as stream:
            stream.seek(self._end)
            content = stream.read()
        whole = content[: content.rfind(b"\n") + 1]
        self._end += len(whole)
        self._lines += whole.splitlines()


def results_folder(directory: Path, part: str, command: str) -> Path:
    """Return `directory`, or the folder `part` in it, whichever holds the record of a run.

    Raises InvalidInput, naming the command that makes one, where neither does.
    """
    for folder in (directory, directory / part):
        if (folder / RECORD).is_file():
            return folder
    raise InvalidInput("directory", str(directory), f"a folder of results of `{command}`, with {RECORD}")


def read_record(folder: Path) -> dict[str, Any]:
    """Return the record of a run. Raises InvalidInput where it is damaged."""
    path = folder / RECORD
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise InvalidInput(str(path), str(error), "a record as a run writes it") from None
    if not isinstance(content, dict) or not isinstance(content.get("settings"), dict):
        raise InvalidInput(str(path), type(content).__name__, "a record with settings, as a run writes it")
    return content


def read_run(directory: Path, part: str, command: str, kind: type[Settings]) -> tuple[Path, dict[str, Any], Settings]:
    """Return the folder of a run (`results_folder`), its record, and the settings in it as an experiment of a kind.

    Raises InvalidInput where there is no run, or its record is none.
    """
    folder = results_folder(directory, part, command)
    record = read_record(folder)
    return folder, record, validated(kind, of_today(record["settings"]), str(folder / RECORD))


def read_studies(folder: Path, prefix: str, url: str | None) -> dict[str, optuna.Study]:
    """Return the studies of a run by what follows `prefix` in their names; none where its folder keeps no journal.

    `url` is the Optuna storage where the run keeps them elsewhere. Raises InvalidInput for a storage that cannot be
    read.
    """
    journal = folder / JOURNAL
    if url is None and not journal.is_file():
        return {}
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    return studies_in(readable_storage(folder, url), prefix)


def readable_storage(folder: Path, url: str | None) -> BaseStorage:
    """Return the storage at an Optuna URL, or the journal of a folder, read only. Raises InvalidInput."""
    journal = folder / JOURNAL
    if url is not None:
        return open_storage(url, journal)
    if not journal.is_file():
        raise InvalidInput("directory", str(folder), f"a folder with the journal of the run, {JOURNAL}")
    return _read_only(journal)


def readable_url(url: str | None) -> str | None:
    """Return the URL of a storage as it is. Raises InvalidInput for one of a record, which keeps no password."""
    if url is not None and "***" in url:
        raise InvalidInput("--storage", url, "the URL with its password, which the record of the run does not keep")
    return url


def studies_in(storage: BaseStorage, prefix: str) -> dict[str, optuna.Study]:
    """Return the studies whose names begin with `prefix`, by what follows it."""
    names = [name for name in optuna.get_all_study_names(storage) if name.startswith(prefix)]
    return {name.removeprefix(prefix): optuna.load_study(study_name=name, storage=storage) for name in names}


def read_table(path: Path, texts: Iterable[str]) -> pd.DataFrame:
    """Return a table of trials that was written as CSV; the columns `texts` stay text. Raises InvalidInput."""
    import pandas as pd

    kept = dict.fromkeys((*texts, "state", "reason", "key", "name"), "str")
    try:
        return pd.read_csv(path, dtype=kept, keep_default_na=False, na_values=[""])
    except (OSError, ValueError) as error:
        raise InvalidInput(str(path), " ".join(str(error).split()), "a table as a run writes it") from None


def work_of(studies: Mapping[str, optuna.Study]) -> pd.DataFrame:
    """Return a row for each trial that ended: `part` (its study), `number`, `began`, `ended` in s since the first.

    The clock of a machine may be set back: no trial ends before it began.
    """
    import pandas as pd

    rows = [
        (part, trial.number, trial.datetime_start.timestamp(), trial.datetime_complete.timestamp())
        for part, study in studies.items()
        for trial in study.get_trials(deepcopy=False)
        if trial.datetime_start is not None and trial.datetime_complete is not None
    ]
    table = pd.DataFrame(rows, columns=["part", "number", "began", "ended"])
    first = table["began"].min()
    ended = table[["began", "ended"]].max(axis=1)
    return table.assign(began=table["began"] - first, ended=ended - first)


def _read_only(journal: Path) -> BaseStorage:
    try:
        return open_journal_storage(ReadOnlyJournal(journal))
    except OSError:
        raise
    except Exception as error:  # whatever Optuna trips over in a line that is not its own
        told = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        raise InvalidInput(str(journal), told, "a journal as Optuna writes it") from None
