"""Whether a search found anything, and in words why not and what to do about it. No torch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nas.finalists.figures import JUDGES
from nas.search.trust import Validation, indistinguishable, is_at_chance, standard_error
from search_spaces.errors import LONGEST_REASON, one_line
from trials.derivation import LIMITED
from trials.experiment import Limits

if TYPE_CHECKING:
    import pandas as pd


def problem_of(candidates: pd.DataFrame, measure: str, limits: Limits, validation: Validation | None) -> str | None:
    """Say why a search has no result that means anything; None where it has one."""
    done = candidates[candidates["state"] == "complete"]
    if len(done):
        return _chance(done, measure, validation)
    ended = {state: int((candidates["state"] == state).sum()) for state in ("fail", "over_limit", "stopped")}
    if ended["over_limit"] and not ended["fail"] and not ended["stopped"]:
        return _over_limits(candidates, limits)
    if ended["fail"] and not ended["stopped"]:
        return _failed(candidates)
    told = ", ".join(f"{count} {state.replace('_', ' ')}" for state, count in ended.items() if count)
    return f"No candidate was evaluated to its end: {told or 'there was none'}."


def precision(candidates: pd.DataFrame, measure: str, validation: Validation) -> str:
    """Say how uncertain the accuracies are and how many of the leading candidates cannot be told apart."""
    done = candidates[(candidates["state"] == "complete") & candidates["duplicate_of"].isna()]
    ordered = done.sort_values(["value", "number"], ascending=[False, True])
    error = standard_error(float(ordered[measure].iloc[0]), validation.images)
    equal = indistinguishable([float(value) for value in ordered["value"]], error)
    tied = f"; the best {equal} cannot be told apart" if equal > 1 else ""
    images = f"{validation.images:,} validation images"
    return f"one short training each; {images}: an accuracy is uncertain by {100 * error:.1f} points{tied}"


def unconfirmed(objective: str, references: Sequence[str]) -> str:
    """Say what is not known where no finalists were trained: `references` are the published networks beside."""
    if objective in JUDGES:
        return (
            f"no candidate was trained alone, {JUDGES[objective]} only rank them, and close ones cannot be told "
            "apart (nas.finalists trains the best alone)"
        )
    rivals = f" or than {', '.join(references)}" if references else ""
    return (
        f"whether it is better than the next ones{rivals} is not known: noise between seeds was not measured "
        "(nas.finalists: 3 trains the best again, and the published networks with them)"
    )


def _chance(done: pd.DataFrame, measure: str, validation: Validation | None) -> str | None:
    if validation is None:
        return None
    accuracy, count = float(done[measure].max()), int(done["duplicate_of"].isna().sum())
    if not is_at_chance(accuracy, validation, max(count, 1)):
        return None
    return (
        f"No candidate learned anything: the highest validation accuracy of {count} candidates, {accuracy:.4f}, is no "
        f"better than chance (the largest class has {validation.largest_share:.1%} of the {validation.images:,} "
        "validation images). Train longer (training.epochs, data.train_images), and look at `nas check`."
    )


def failures(candidates: pd.DataFrame) -> str | None:
    """Say how many candidates failed, and why the first of them; None where none did."""
    failed = candidates[candidates["state"] == "fail"]
    if failed.empty:
        return None
    tried = int(candidates["state"].isin(("complete", "stopped", "fail")).sum())
    first = one_line(str(failed["reason"].iloc[0]), LONGEST_REASON)
    return f"{len(failed)} of {tried} candidates failed (`reason` in trials.csv, --retry-failed); the first: {first}"


def _failed(candidates: pd.DataFrame) -> str:
    failed = candidates[candidates["state"] == "fail"]
    return f"All {len(failed)} candidates that were evaluated failed; the first: {failed['reason'].iloc[0]}"


def _over_limits(candidates: pd.DataFrame, limits: Limits) -> str:
    named = [
        f"{name} is {getattr(limits, name):,}, the lowest seen {candidates[column].min():,.10g}"
        for name, column in LIMITED.items()
        if getattr(limits, name) is not None and column in candidates
    ]
    return (
        f"All {len(candidates)} networks that were proposed are over the limits ({'; '.join(named)}). "
        "`nas check` tells the range of the space."
    )
