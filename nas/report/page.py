"""report.html of a search. No torch."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nas.report import charts
from nas.report.importance import Importance, importance
from nas.report.reading import Search
from nas.report.words import asked, found, trust
from search_spaces.architecture import Architecture
from search_spaces.architecture_file import architecture_mapping
from search_spaces.reference import reference
from trials.page.assembling import PLOTLY, write_page
from trials.page.tables import Rows, failures, made_by, time_spent

REPORT = "report.html"
TEMPLATE = Path(__file__).with_name("search.html")
SCRIPTS = (PLOTLY, "network.js", "stages.js", "charts.js", "search.js")
BESIDE = "efficientnet-b0"
PICTURES = ("accuracy_flops.png", "accuracy_flops.svg")


def write_report(search: Search, path: Path) -> None:
    """Write a search as one page."""
    effects = importance(search.done, search.space)
    drawn = {
        "candidates": charts.candidates_chart(search),
        "rewards": charts.rewards_chart(search),
        "states": charts.states_chart(_states(search)),
        **({} if effects is None else {"importance": charts.importance_chart(effects)}),
    }
    write_page(
        path,
        TEMPLATE,
        scripts=SCRIPTS,
        payloads={"charts": drawn, "networks": _networks(search)},
        title=f"{search.experiment.name}: a search for a network",
        kind="search",
        search=search,
        judged=search.measure.removeprefix("val_").capitalize(),
        sentences=[asked(search), found(search), trust(search)],
        explained=None if effects is None else f"{effects.explained:.0%}",
        strongest=_strongest(effects),
        foretold=charts.foretold(search.done),
        reasons=failures({"candidate": search.candidates, "reference": search.references}),
        time=time_spent(search.work, "between them (shared training, proposals, writing, pauses)"),
        leaders=_leaders(search),
        pictures=[name for name in PICTURES if (search.folder / name).is_file() and path.parent == search.folder],
        record=made_by(search.record),
    )


def _networks(search: Search) -> dict[str, Any]:
    """Return the candidates' networks in the order of `search.done`, stages that are alike told once.

    `stages` are the different stages, `networks` each network's resolution and positions in `stages`.
    """
    known: dict[Any, int] = {}
    networks = []
    columns = [choice.name for choice in search.space.choices]
    for row in search.done[columns].to_dict(orient="records"):
        network = search.network(row)
        places = [known.setdefault(stage, len(known)) for stage in network.stages]
        networks.append([network.resolution, network.stem.width, network.head.width, places])
    beside = _beside(search)
    return {
        "stages": [_stage(stage) for stage in known],
        "networks": networks,
        "skeleton": {"stem": architecture_mapping(search.space.skeleton)["stem"]},
        "numbers": search.done["number"].tolist(),
        "best": None if search.best is None else int(search.best["number"]),
        "task": list(search.experiment.cost.task),
        "beside": {**architecture_mapping(beside), "name": BESIDE},
    }


def _beside(search: Search) -> Architecture:
    from trials.resolving import as_deployed

    return as_deployed(reference(BESIDE), search.experiment)


def _stage(stage: Any) -> dict[str, Any]:
    names = ("op", "kernel_size", "stride", "expansion_ratio", "se_ratio", "skip", "width", "depth")
    return {name: getattr(stage, name) for name in names}


def _states(search: Search) -> dict[str, int]:
    """Return how many candidates ended how; those that were stopped by the epoch after which they were."""
    table = search.candidates
    counts = {str(state).replace("_", " "): int(count) for state, count in table["state"].value_counts().items()}
    if "stopped" in counts:
        del counts["stopped"]
        stopped = table.loc[table["state"] == "stopped", "reason"].fillna("stopped").value_counts().sort_index()
        counts.update({str(reason): int(count) for reason, count in stopped.items()})
    return counts


def _leaders(search: Search, most: int = 10) -> Rows:
    """Return the best candidates, what was found first: it may have been chosen by more than its own reward."""
    best = None if search.best is None else int(search.best["number"])
    others = search.done[search.done["number"] != best].sort_values(["value", "number"], ascending=[False, True])
    rows = [] if search.best is None else [_row(f"found: trial {best}", search.best, search.measure)]
    shown = others.head(most - len(rows)).to_dict(orient="records")
    rows += [_row(f"trial {int(row['number'])}", row, search.measure) for row in shown]
    rows += [_row(str(row["name"]), row, search.measure) for row in search.judged_references.to_dict(orient="records")]
    return Rows(
        headings=("network", search.measure.replace("_", " "), "reward", "multiply-adds (M)", "parameters (M)"),
        rows=rows,
    )


def _row(name: str, row: Mapping[str, Any], measure: str) -> tuple[str, ...]:
    cost = (f"{row['flops'] / 1e6:,.1f}", f"{row['params'] / 1e6:,.2f}")
    return (name, f"{row[measure]:.4f}", f"{row['value']:.4f}", *cost)


def _strongest(effects: Importance | None) -> str:
    if effects is None:
        return ""
    first = effects.effects[0]
    return f"{first.choice} moves the reward most: {first.size:.4f} ({first.low:.4f} to {first.high:.4f})"
