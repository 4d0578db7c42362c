"""A search with shared weights within a budget: their training, the judging of candidates, the finalists."""

from __future__ import annotations

from dataclasses import dataclass, replace

from nas.budget.request import Request
from nas.config import NasExperiment
from nas.finalists.run import MOST_SEEDS
from trials.accounting import trained_alone
from trials.budget.division import divide_shared
from trials.budget.length import Length, Pace
from trials.budget.measuring import Images, images_of, measured_pace, measured_shared_pace
from trials.budget.pacing import Pacing, Plan
from trials.budget.sampling import networks_within
from trials.budget.standing import (
    EPOCHS,
    SHARED_EPOCHS,
    least_epochs,
    standing_epochs,
    standing_images,
    standing_length,
    with_length,
)
from trials.budget.words import trained_on
from trials.budget.written import is_written
from trials.derivation import SHARED_IMAGES_SEEN
from trials.duration import duration
from trials.objectives.shared.objective import ARTIFACT
from trials.objectives.shared.recipe import shared_training
from trials.objectives.shared.spread import FILE as SPREAD
from trials.objectives.shared.spread import SPREAD_NETWORKS
from trials.reward import EQUAL_SPREAD, UNMEASURED_W, Reward

MOST_SPREAD_SHARE = 0.2  # of the time, to measure what cost has to weigh
LEAST_JUDGED = 4  # candidates, however long the training of the weights took


@dataclass(frozen=True, kw_only=True, slots=True)
class Parts:
    """What a search with shared weights takes: how long weights and finalists are trained, and seconds of each part."""

    weights: Length
    finalist: Length
    finalists: int
    beside: int
    weights_seconds: float
    spread_seconds: float
    score_seconds: float
    finalist_seconds: float

    @property
    def kept(self) -> float:
        """Seconds of all trainings of finalists and of the published networks beside them, at the most."""
        return (self.finalists + self.beside) * MOST_SEEDS * self.finalist_seconds


def plan_shared(request: Request) -> Plan[NasExperiment]:
    """Divide the budget between the training of the shared weights, judging with them, and the finalists."""
    if request.experiment.budget is None:
        return _plan_finalists(request)
    images = images_of(request.experiment)
    measured = measured_shared_pace(networks_within(request.experiment), request.experiment)
    asked, request = request.experiment.reward, _with_affordable_reward(request, measured[1])
    parts = _parts(request, images, *measured)
    count = request.candidates
    if count is None:
        left = request.seconds - parts.weights_seconds - parts.spread_seconds - parts.kept
        count = max(LEAST_JUDGED, round(left / parts.score_seconds) - request.references)
    planned = with_length(request.counted(count), parts.finalist, images.most)
    trained = {**planned.objective.training, "epochs": parts.weights.epochs}
    return Plan(
        experiment=replace(
            planned,
            objective=replace(planned.objective, training=trained),
            nas=replace(planned.nas, finalists=parts.finalists),
        ),
        pacing=Pacing(
            clock=request.clock,
            expected={
                "references": parts.score_seconds,
                "candidates": parts.score_seconds,
                "finalists": parts.finalist_seconds,
            },
            kept=dict.fromkeys(("references", "candidates"), parts.kept / request.experiment.compute.at_once),
            at_least={"references": 1, "candidates": LEAST_JUDGED},
            open_ended=request.candidates is None,
        ),
        lines=(*_lines(request, parts, count), *_told_reward(asked, request.experiment.reward)),
    )


def _with_affordable_reward(request: Request, score: float) -> Request:
    """Return the request with a fixed weight of cost where it would take too much of the time to measure it.

    What was written stands, and what a study began with.
    """
    reward = request.experiment.reward
    if reward.w != EQUAL_SPREAD or is_written(request.written, "reward"):
        return request
    if request.begun is not None:
        w = request.begun.weight_of_cost
    else:
        w = UNMEASURED_W if SPREAD_NETWORKS * score > MOST_SPREAD_SHARE * request.seconds else EQUAL_SPREAD
    return replace(request, experiment=replace(request.experiment, reward=replace(reward, w=w)))


def _parts(request: Request, images: Images, pace: Pace, score: float) -> Parts:
    """Divide the time at a pace of the shared weights and with so many seconds to judge a network."""
    experiment, networks = request.experiment, networks_within(request.experiment)
    alone = measured_pace(networks, trained_alone(experiment)) if experiment.nas.finalists else pace
    spread = 0.0 if _has_spread(request) else SPREAD_NETWORKS * score
    length = standing_length(experiment, request.written, request.begun, images.most) or images.default
    division = divide_shared(
        max(1.0, request.seconds - spread),
        pace.seconds(_default(images)),
        request.each or alone.seconds(length),
        most_finalists=experiment.nas.finalists,
        beside=request.references_alone,
        seeds=MOST_SEEDS,
        stands=is_written(request.written, "nas.finalists"),
    )
    weights = _weights(request, pace, division.weights, images)
    finalist = _finalist(request, alone, division.finalist_seconds, weights.images, images)
    return Parts(
        weights=weights,
        finalist=finalist,
        finalists=division.finalists,
        beside=request.references_alone if division.finalists else 0,
        weights_seconds=0.0 if _has_weights(request) else pace.seconds(weights),
        spread_seconds=spread,
        score_seconds=score,
        finalist_seconds=alone.seconds(finalist),
    )


def _has_weights(request: Request) -> bool:
    return request.experiment.objective.weights is not None or (request.folder / ARTIFACT).is_file()


def _has_spread(request: Request) -> bool:
    return request.experiment.reward.w != EQUAL_SPREAD or (request.folder / SPREAD).is_file()


def _told_reward(asked: Reward, taken: Reward) -> tuple[str, ...]:
    """Say so where cost weighs otherwise than the experiment says."""
    return () if asked == taken else (f"reward.w: {taken.w}, as there is too little time to measure it",)


def _lines(request: Request, parts: Parts, count: int) -> tuple[str, ...]:
    trained = f"about {duration(parts.weights_seconds)} to train the shared weights ({trained_on(parts.weights)})"
    spread = f", {duration(parts.spread_seconds)} to see what cost has to weigh" if parts.spread_seconds else ""
    judged = f"then about {count:,} candidates judged with them, {parts.score_seconds:.1f} s each"
    begun = trained if parts.weights_seconds else "the shared weights are there"
    first = f"{duration(request.clock.seconds)}: {begun}{spread}, {judged}"
    if not parts.finalists:
        return (first,)
    beside = f" and {parts.beside} published beside them" * bool(parts.beside)
    told = f"{parts.finalists} finalists{beside} with up to {MOST_SEEDS} seeds"
    return first, f"{duration(parts.kept)} of it for {told}, each trained on {trained_on(parts.finalist)}"


def _plan_finalists(request: Request) -> Plan[NasExperiment]:
    """Give each training of a finalist the time that is written, where nothing else is."""
    experiment, images = request.experiment, images_of(request.experiment)
    pace = measured_pace(networks_within(experiment), trained_alone(experiment))
    length = _finalist(request, pace, 0.0, experiment.data.train_images or images.most, images)
    line = f"finalists are each trained on {trained_on(length)}, about {duration(pace.seconds(length))}"
    return Plan(experiment=with_length(experiment, length, images.most), lines=(line,))


def _default(images: Images) -> Length:
    epochs = max(1, round(SHARED_IMAGES_SEEN / images.most))
    return Length(images=min(images.most, SHARED_IMAGES_SEEN), epochs=epochs)


def _weights(request: Request, pace: Pace, seconds: float, images: Images) -> Length:
    """Return the training of the shared weights: as it stands, or of so many seconds."""
    experiment = request.experiment
    training = shared_training(experiment)
    stands = standing_images(experiment, request.written, request.begun, images.most)
    epochs = standing_epochs(SHARED_EPOCHS, training.epochs, request.written, request.begun)
    if epochs is not None:
        return Length(images=stands or experiment.data.train_images or images.most, epochs=epochs)
    return pace.length(seconds, most=images.most, images=stands, least_epochs=least_epochs(training))


def _finalist(request: Request, pace: Pace, seconds: float, used: int, images: Images) -> Length:
    """Return the training of a finalist on the same images: as it stands, of so many seconds, or the default one."""
    experiment = request.experiment
    epochs = standing_epochs(EPOCHS, experiment.training.epochs, request.written, request.begun)
    if epochs is not None:
        return Length(images=used, epochs=epochs)
    wanted = request.each or seconds or pace.seconds(images.default)
    return pace.length(wanted, most=images.most, images=used, least_epochs=least_epochs(experiment.training))
