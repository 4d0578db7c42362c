"""What `scale maps` will do: the networks, their trainings and their time. Nothing is written."""

from __future__ import annotations

from rich.console import Console

from grid_search.maps.networks import LEAST_SIDE, looked_at
from grid_search.maps.request import MapsRequest
from grid_search.maps.run import Sources, read_sources
from grid_search.maps.trained import remaining
from trials.check.data import check_data
from trials.check.findings import Findings
from trials.check.networks import pixels, stage_sides
from trials.check.pace import check_pace, warn_of_load
from trials.check.screen import print_findings
from trials.proxy import apply_proxy


def check_maps(request: MapsRequest, sources: Sources, console: Console) -> None:
    """Print what will be done. Raises InvalidInput for what would be refused."""
    findings = Findings()
    pictures, objects = read_sources(request, sources)
    warn_of_load(request.experiment, findings)
    check_data(request.experiment, findings)
    _tell_networks(request, findings)
    wanted = list(remaining(request))
    if wanted:
        check_pace([one.architecture for one in wanted], len(wanted), request.experiment, findings)
    else:
        findings.say("time", "nothing is to be trained")
    told = "with boxes or masks" if objects is not None else "for looking only: --boxes measures where maps are"
    findings.say("pictures", f"{len(pictures.names)} to look at, {told}")
    findings.say("results", f"{request.folder}/")
    print_findings(console, findings, request.experiment)


def _tell_networks(request: MapsRequest, findings: Findings) -> None:
    """Tell what each network costs and how coarse its map will be."""
    small = [apply_proxy(one.architecture, request.experiment.proxy) for one in request.networks]
    stage = looked_at(small[0])
    for one, proxy in zip(request.networks, small, strict=True):
        how = (
            f"weights of {request.trained[one.role]}" if one.role in request.trained else f"trained at {pixels(proxy)}"
        )
        side = stage_sides(proxy)[stage]
        findings.say("networks", f"{one.role}: {one.ratio:.2f}x the baseline's cost, {how}, a map of {side} px")
    if stage_sides(small[0])[stage] < LEAST_SIDE:
        findings.warn(
            f"the maps have fewer than {LEAST_SIDE} px along a side, too few to say where anything is: "
            "--deployed, or a larger proxy.resolution"
        )
