from __future__ import annotations

import optuna
import pytest
from optuna.trial import TrialState

from nas.samplers import SAMPLERS
from nas.samplers.history import History
from search_spaces import load_space

SPACE = load_space("efficientnet")


def test_running_and_constrained_trials_are_known_by_number() -> None:
    study = optuna.create_study(direction="maximize", sampler=SAMPLERS["random"](space=SPACE, seed=0))
    trials = [study.ask(dict(SPACE.distributions)) for _ in range(4)]
    history = History(SPACE)
    history.update(study, own=3)
    assert history.running == [trial.params for trial in trials[:3]]
    for number, excess in ((2, 0.5), (0, -0.5)):
        trials[number].set_constraint("max_flops", excess)
        study.tell(trials[number], state=TrialState.PRUNED)
        history.update(study, own=3)
    assert history.running == [trials[1].params]
    assert [(outcome.number, outcome.constraints) for outcome in history.constrained] == [
        (0, {"max_flops": -0.5}),
        (2, {"max_flops": 0.5}),
    ]


def test_the_predictor_lists_no_trials(monkeypatch: pytest.MonkeyPatch) -> None:
    study = optuna.create_study(direction="maximize", sampler=SAMPLERS["predictor"](space=SPACE, seed=0))
    storage, listed = study._storage, list[int]()
    list_trials = storage.get_all_trials

    def counted(study_id: int, deepcopy: bool = True, states: object = None) -> object:
        if states is None:  # `ask` looks for waiting trials
            listed.append(study_id)
        return list_trials(study_id, deepcopy, states)  # type: ignore[arg-type]

    monkeypatch.setattr(storage, "get_all_trials", counted)
    for number in range(8):
        study.tell(study.ask(dict(SPACE.distributions)), number / 10)
    assert len(listed) == 1  # the reader's first look
