"""A search in three sentences: what was asked, what was found, how far it can be trusted. No torch."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from nas.config import NasExperiment
from nas.finalists.figures import JUDGES
from nas.report.reading import Search
from nas.samplers.linear.model import FEWEST, MODELLED
from nas.search.smoothing import by_model
from nas.search.trust import Validation
from nas.search.verdict import precision, unconfirmed
from trials.duration import duration
from trials.page.tables import millions

JUDGED = {
    "score": "its score without training",
    "likelihood": "its likelihood under shared weights",
    "val_accuracy": "its validation accuracy",
}

COSTS = {"flops": "multiply-adds", "params": "parameters"}


def asked(search: Search) -> str:
    """Say what was searched, by what, for what, within what."""
    experiment = search.experiment
    reward, limits = experiment.reward, experiment.limits
    bounds = [
        f"at most {millions(float(limit))} {name}"
        for limit, name in ((limits.max_flops, "multiply-adds"), (limits.max_params, "parameters"))
        if limit is not None
    ]
    if limits.max_latency_ms is not None:
        bounds.append(f"at most {limits.max_latency_ms} ms")
    cost = COSTS.get(reward.cost, reward.cost)
    data = f" on {experiment.data.name}" if experiment.objective.uses_torch else ""
    charged = "" if search.measure == "score" else f", weighed against {cost} by the {reward.kind} reward"
    return (
        f"Asked: of about {_power(search.space.size)} networks of the space {experiment.space}, the best, judged by "
        f"{JUDGED[search.measure]}{data}{charged}{', with ' + ' and '.join(bounds) if bounds else ''}; "
        f"the sampler {experiment.nas.sampler} {_given(experiment)}, "
        f"and {len(search.done):,} different networks have been evaluated."
    )


def _given(experiment: NasExperiment) -> str:
    """Say what the sampler may use up: time, or a number of candidates."""
    if experiment.budget is not None:
        return f"has {duration(float(experiment.budget))} of time"
    return f"may evaluate {experiment.nas.trials:,} candidates"


def found(search: Search) -> str:
    """Say which network is the best, beside the first published one."""
    best, measure = search.best, search.measure
    if best is None:
        return f"Found: {search.results.get('problem') or 'nothing yet: no candidate has been evaluated.'}"
    so_far = " so far" if search.state == "running" else ""
    told = f"Found: trial {int(best['number'])}{so_far}{_chosen(search)}, with {_figures(best, measure)}"
    if search.judged_references.empty:
        return f"{told}; no published network was judged beside it."
    beside: dict[str, Any] = search.judged_references.iloc[0].to_dict()
    verdict = "ahead of" if best["value"] > beside["value"] else "not ahead of"
    if search.experiment.objective.uses_torch:  # one noisy look at each: the trust below says what can be told
        verdict = "beside"
    return f"{told}, {verdict} {beside['name']} with {_figures(beside, measure)}."


def _chosen(search: Search) -> str:
    """Say by what the best was chosen, where that is not the highest reward."""
    modelled = search.experiment.objective.name in MODELLED and len(search.done) >= FEWEST
    if not modelled or not search.results.get("best") or search.results.get("finalists"):
        return ""
    return f", {by_model(len(search.done))}"


def trust(search: Search) -> str:
    """Say how far the order of the candidates can be believed."""
    if search.best is None:
        return "Trust: there is nothing to be trusted."
    return f"Trust: {'; '.join(_reasons(search))}."


def _reasons(search: Search) -> list[str]:
    objective = search.experiment.objective
    reasons = []
    if finalists := search.results.get("finalists"):
        reasons.append(_finalists(finalists, JUDGES.get(objective.name, "the search")))
        reasons += _evidence(search.results)
    if search.measure == "val_accuracy" and objective.uses_torch:
        images = Validation(images=search.experiment.data.validation_images, largest_share=math.nan)
        reasons.append(precision(search.done, search.measure, images))
    elif search.measure != "val_accuracy" and not finalists:
        reasons.append(unconfirmed(objective.name, []))
    elif not objective.uses_torch:
        reasons.append("accuracies are what the objective said; how noisy it is, it did not say")
    if search.state != "finished":
        reasons.append(f"the run is {search.state}, so a later candidate may win")
    return reasons


def _evidence(results: Mapping[str, Any]) -> list[str]:
    """Return the conclusion of the trainings and the noise; the rest stands on the last screen and in run.json."""
    evidence = results.get("evidence")  # earlier versions kept none
    said = list(map(str, evidence.get("said", ()))) if isinstance(evidence, Mapping) else []
    return [said[-1], said[0]] if len(said) > 1 else said


def _finalists(finalists: list[Mapping[str, Any]], judge: str) -> str:
    first, others = finalists[0], len(finalists) - 1
    apart = len(first["separated_from"])
    rest = "" if apart == others else f"; about the other {others - apart} {judge} decided"
    return (
        f"{len(finalists)} finalists were trained alone, the first over {first['seeds']} seed(s): it is better than "
        f"{apart} of the {others} others beyond noise{rest}"
    )


def _figures(row: Mapping[str, Any], measure: str) -> str:
    cost = f"{millions(float(row['flops']))} multiply-adds and {millions(float(row['params']))} parameters"
    return f"{measure.replace('_', ' ')} {float(row[measure]):.4f} (reward {float(row['value']):.4f}) at {cost}"


def _power(size: int) -> str:
    """Return a large number as a power of ten.

    >>> _power(123_000_000_000)
    '10¹¹'
    """
    exponent = round(math.log10(size))
    return f"10{str(exponent).translate(str.maketrans('0123456789', '⁰¹²³⁴⁵⁶⁷⁸⁹'))}" if exponent > 3 else f"{size:,}"
