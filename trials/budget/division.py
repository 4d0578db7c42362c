"""How time is divided: few trainings that tell good from bad rather than many that do not. Pure. No torch.

Eight good labels rank the networks of a space better than any number of bad ones, so eight candidates come first; the
time that is left beyond eight trainings of the default length is given to more candidates and longer trainings alike.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

FEWEST = 8  # candidates, before their trainings are made longer
WEIGHTS_SHARE, FINALISTS_SHARE = 0.6, 0.2  # of a search with shared weights; the rest is for judging with them
FEWEST_FINALISTS = 2
FEWEST_REPEATS, REPEATS, FEWEST_SCALED = 2, 3, 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Division:
    """So many `candidates`, each trained for `seconds`."""

    candidates: int
    seconds: float


def divide(
    seconds: float,
    default: float,
    *,
    others: int = 0,
    longest: float = math.inf,
    candidates: int | None = None,
    length: float | None = None,
) -> Division:
    """Divide `seconds` between candidates and the length of their trainings.

    `default` and `longest` are the seconds of a training of the default length and of one that learns no more, `others`
    the trainings beside those of candidates. What is given (`candidates`, `length` in seconds) stands.

    >>> divide(3600, 100, others=4), divide(600, 100, others=4)
    (Division(candidates=16, seconds=180.0), Division(candidates=8, seconds=50.0))
    """
    if length is not None:
        return Division(candidates=candidates or _fitting(seconds, length, others), seconds=length)
    if candidates is not None:
        return Division(candidates=candidates, seconds=min(longest, seconds / (candidates + others)))
    beside = seconds / default - others
    wanted = max(FEWEST, round(FEWEST * math.sqrt(max(0.0, beside) / FEWEST)))
    each = seconds / (wanted + others)
    if each > longest:
        return Division(candidates=_fitting(seconds, longest, others), seconds=longest)
    return Division(candidates=wanted, seconds=each)


def _fitting(seconds: float, length: float, others: int) -> int:
    return max(1, round(seconds / length) - others)


@dataclass(frozen=True, kw_only=True, slots=True)
class SharedDivision:
    """Seconds to train shared weights, and how many finalists are trained alone for how many seconds each."""

    weights: float
    finalists: int
    finalist_seconds: float


def divide_shared(
    seconds: float, weights: float, training: float, *, most_finalists: int, seeds: int, stands: bool, beside: int = 0
) -> SharedDivision:
    """Divide the time of a search with shared weights; what is not named here is for judging candidates.

    `weights` and `training` are the seconds that the default training of the shared weights and of one network take.
    Beyond that the weights gain little, so their time grows with the square root of the budget. Their training cannot
    be cut short where it turns out slower than measured; judging can, and so has a share that makes up for it. There
    are as many finalists as can have such a training with each of the `seeds`, or none; where their number `stands`,
    so many. `beside` published networks are trained as they are.
    """
    time_of_finalists = FINALISTS_SHARE * seconds if most_finalists else 0.0
    fitting = int(time_of_finalists / (seeds * training)) - beside
    finalists = most_finalists if stands else min(most_finalists, fitting)
    if finalists < FEWEST_FINALISTS and not stands:
        finalists, time_of_finalists = 0, 0.0
    given = WEIGHTS_SHARE * seconds
    return SharedDivision(
        weights=given if given <= weights else math.sqrt(given * weights),
        finalists=finalists,
        finalist_seconds=time_of_finalists / (seeds * (finalists + beside)) if finalists else 0.0,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class ScaleDivision:
    """So many candidates and seeds of the leaders, each training of `seconds`."""

    candidates: int
    repeats: int
    seconds: float


def divide_scaling(
    seconds: float,
    default: float,
    *,
    controls: int,
    leaders: int,
    longest: float = math.inf,
    candidates: int | None = None,
    repeats: int | None = None,
    length: float | None = None,
) -> ScaleDivision:
    """Divide the time of a scaling search between candidates, seeds of what is repeated, and length.

    Four candidates and two seeds are the least that can be told from noise. As many of both follow as trainings of the
    default length fit, up to eight and three; what is left is given to candidates and length alike.
    """
    rounds = leaders + controls  # what each further seed trains again
    fit = seconds / (default if length is None else length)
    seeds = repeats or (REPEATS if fit >= controls + FEWEST + rounds * (REPEATS - 1) else FEWEST_REPEATS)
    beside = controls + rounds * (seeds - 1)
    most = fit - beside
    if candidates is None:
        if length is not None or most <= FEWEST:
            candidates = max(FEWEST_SCALED, round(most))
        else:
            candidates = round(FEWEST * math.sqrt(most / FEWEST))
    each = seconds / (beside + candidates) if length is None else length
    return ScaleDivision(candidates=candidates, repeats=seeds, seconds=min(each, longest) if length is None else each)
