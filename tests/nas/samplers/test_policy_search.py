"""How a policy is brought to where it was from a study; the policies themselves are tested beside their modules."""

from __future__ import annotations

import optuna
import pytest
from optuna.trial import TrialState

from nas.samplers.policy_search import PATIENCE, Floats, Options, PolicySampler
from search_spaces.space_file import load_space

SPACE = load_space("efficientnet")
BATCH = 4


class Recorder:
    """A policy that draws what the numbers say and remembers every lesson."""

    def __init__(self) -> None:
        self.lessons: list[list[float]] = []

    def draw(self, uniforms: Floats) -> Options:
        return (uniforms * 2 + 0.1 * (len(self.lessons) % 5)).astype(int).clip(max=1)

    def learn(self, options: Options, rewards: Floats) -> None:
        assert options.shape == (len(rewards), len(SPACE.choices))
        self.lessons.append(list(rewards))


class RecordingSampler(PolicySampler):
    def __init__(self) -> None:
        super().__init__(space=SPACE, seed=0, batch_size=BATCH)

    def make(self) -> Recorder:
        self.recorder = Recorder()
        return self.recorder


@pytest.fixture
def sampler() -> RecordingSampler:
    return RecordingSampler()


@pytest.fixture
def study(sampler: RecordingSampler) -> optuna.Study:
    return optuna.create_study(sampler=sampler, direction="maximize")


def ask(study: optuna.Study) -> optuna.Trial:
    return study.ask(dict(SPACE.distributions))


def advance(study: optuna.Study, trials: int) -> None:
    for _ in range(trials):
        trial = ask(study)
        study.tell(trial, float(trial.number))


def lessons_of_a_new_process(study: optuna.Study) -> list[list[float]]:
    sampler = RecordingSampler()
    last = study.get_trials(deepcopy=False)[-1]
    sampler.sample_relative(study, last, dict(SPACE.distributions))
    return sampler.recorder.lessons


def test_learns_batches_of_consecutive_numbers(study: optuna.Study, sampler: RecordingSampler) -> None:
    advance(study, 2 * BATCH)
    assert sampler.recorder.lessons == [[0, 1, 2, 3]]
    ask(study)
    assert sampler.recorder.lessons == [[0, 1, 2, 3], [4, 5, 6, 7]] == lessons_of_a_new_process(study)


def test_learns_from_finished_trials_of_its_own_only(study: optuna.Study, sampler: RecordingSampler) -> None:
    study.enqueue_trial({choice.name: choice.options[0] for choice in SPACE.choices})
    advance(study, 2)
    study.tell(ask(study), state=TrialState.FAIL)
    stopped = ask(study)
    stopped.report(9.0, step=1)
    study.tell(stopped, state=TrialState.PRUNED)
    rejected = [ask(study) for _ in range(BATCH)]
    for trial in rejected:
        trial.set_constraint("max_flops", 1.0)
        study.tell(trial, state=TrialState.PRUNED)
    advance(study, BATCH + 1)
    assert sampler.recorder.lessons == [[1], [8, 9, 10, 11]]


def test_waits_for_a_running_trial_and_then_goes_on_without_it(study: optuna.Study, sampler: RecordingSampler) -> None:
    advance(study, BATCH + 1)
    slow = ask(study)
    advance(study, PATIENCE + 1)
    assert sampler.recorder.lessons == [[0, 1, 2, 3]]
    advance(study, 2)
    assert sampler.recorder.lessons == [[0, 1, 2, 3], [4, 6, 7]]
    advance(study, 1)
    study.tell(slow, 1000.0)
    ask(study)
    assert sampler.recorder.lessons[:3] == [[0, 1, 2, 3], [4, 1000, 6, 7], [8, 9, 10, 11]]
    assert sampler.recorder.lessons == lessons_of_a_new_process(study)


def test_one_sampler_serves_two_studies(study: optuna.Study, sampler: RecordingSampler) -> None:
    advance(study, BATCH + 1)
    other = optuna.create_study(sampler=sampler, direction="minimize")
    advance(other, BATCH + 1)
    assert sampler.recorder.lessons == [[0, -1, -2, -3]]
    advance(study, 1)
    assert sampler.recorder.lessons == [[0, 1, 2, 3]]


def test_proposes_what_the_policy_drew(study: optuna.Study) -> None:
    advance(study, 50)
    first_two = [set(choice.options[:2]) for choice in SPACE.choices]
    for trial in study.trials:
        assert all(option in allowed for option, allowed in zip(trial.params.values(), first_two, strict=True))
