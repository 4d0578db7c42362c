"""The controller of MnasNet: a recurrent network writes an architecture choice by choice, PPO teaches it.

"MnasNet: Platform-Aware Neural Architecture Search for Mobile", Tan et al. 2019, arXiv:1807.11626, which takes the
controller of "Learning Transferable Architectures for Scalable Image Recognition", Zoph et al. 2018, arXiv:1707.07012;
"Proximal Policy Optimization Algorithms", Schulman et al. 2017, arXiv:1707.06347.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from nas.samplers.policy_search import PolicySampler
from search_spaces.errors import InvalidInput
from search_spaces.search_space import SearchSpace
from search_spaces.threads import torch_threads
from trials.policy import Floats, Options


@dataclass(frozen=True, kw_only=True, slots=True)
class PpoSettings:
    """How the controller learns. `entropy_weight` rewards it for staying undecided; `clip` is PPO's epsilon.

    Published are the one-layer LSTM, its initial weights and the moving average. The published learning rate of
    0.00035, batch of 20 and entropy weight of 0.00001 are for tens of thousands of samples; ours were chosen on
    synthetic rewards over two spaces for one to two thousand.
    """

    hidden_size: int = 64
    learning_rate: float = 0.001
    epochs: int = 4
    clip: float = 0.2
    entropy_weight: float = 0.1
    baseline_momentum: float = 0.8
    initial_range: float = 0.1
    largest_gradient: float = 1.0


class PolicyGradient(PolicySampler):
    """Draw networks from a recurrent controller trained with PPO on batches of `batch_size` trials."""

    def __init__(
        self, *, space: SearchSpace, seed: int, batch_size: int = 10, settings: PpoSettings | None = None
    ) -> None:
        if batch_size < 1:
            raise InvalidInput("batch_size", batch_size, "an integer of at least 1")
        self.settings = settings or PpoSettings()
        super().__init__(space=space, seed=seed, batch_size=batch_size)

    def make(self) -> Controller:
        """Return a controller with initial weights."""
        return Controller([len(choice.options) for choice in self.space.choices], self.settings, self.seed)


class Controller:
    """An LSTM that reads the option picked last and gives the probabilities of the next choice's options.

    It runs on the CPU in one thread, and neither reads nor changes torch's global random state.
    """

    def __init__(self, sizes: Sequence[int], settings: PpoSettings, seed: int) -> None:
        self._settings = settings
        self._network = _Network(sizes, settings.hidden_size)
        generator = torch.Generator().manual_seed(abs(seed))
        with torch.no_grad():
            for weights in self._network.parameters():
                weights.uniform_(-settings.initial_range, settings.initial_range, generator=generator)
        self._optimizer = torch.optim.Adam(self._network.parameters(), lr=settings.learning_rate)
        self._expected: tuple[float, float] | None = None  # moving averages of the rewards and of their variance

    def draw(self, uniforms: Floats) -> Options:
        """Return the options [N, choices] that numbers in [0, 1) pick, choice after choice."""
        with torch_threads(1), torch.inference_mode():  # quicker at this size, and sums in the same order everywhere
            return self._network.draw(torch.from_numpy(uniforms)).numpy()

    def learn(self, options: Options, rewards: Floats) -> None:
        """Take a few steps of PPO on one batch of networks that the controller drew."""
        picked, advantages = torch.from_numpy(options), torch.from_numpy(self._advantages(rewards))
        with torch_threads(1), torch.enable_grad():
            before: Tensor | None = None
            for _ in range(self._settings.epochs):
                log_probability, entropy = self._network(picked)
                before = log_probability.detach() if before is None else before
                self._step(log_probability - before, advantages, entropy)

    def _step(self, log_ratio: Tensor, advantages: Tensor, entropy: Tensor) -> None:
        ratio, clip = log_ratio.exp(), self._settings.clip  # [N]
        surrogate = torch.minimum(ratio * advantages, ratio.clamp(1 - clip, 1 + clip) * advantages)
        loss = -(surrogate + self._settings.entropy_weight * entropy).mean()
        self._optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self._network.parameters(), self._settings.largest_gradient)
        self._optimizer.step()

    def _advantages(self, rewards: Floats) -> NDArray[np.float32]:
        """Return how much better than expected the rewards [N] are, in standard deviations."""
        mean, variance = self._expected or (float(rewards.mean()), float(rewards.var()))
        deviations = rewards - mean
        change = 1 - self._settings.baseline_momentum
        variance += change * (float((deviations**2).mean()) - variance)
        self._expected = mean + change * float(deviations.mean()), variance
        advantages: NDArray[np.float32] = (deviations / (variance**0.5 + 1e-8)).astype(np.float32)
        return advantages


class _Network(nn.Module):
    def __init__(self, sizes: Sequence[int], hidden_size: int) -> None:
        super().__init__()
        real = np.arange(max(sizes)) < np.array(sizes)[:, None]
        self.mask = torch.from_numpy(np.where(real, 0.0, -np.inf).astype(np.float32))  # [choices, options]
        self.first_token = torch.from_numpy(1 + np.cumsum([0, *sizes[:-1]]))  # [choices]; token 0 begins
        with torch.device("meta"):  # weights are drawn by the caller: no default may use up global randomness
            self.embedding = nn.Embedding(1 + sum(sizes), hidden_size)
            self.lstm = nn.LSTM(hidden_size, hidden_size, batch_first=True)
            self.heads = nn.Parameter(torch.empty(len(sizes), hidden_size, max(sizes)))
        self.to_empty(device="cpu")

    def forward(self, options: Tensor) -> tuple[Tensor, Tensor]:
        """Return log probability [N] and mean entropy over the choices [N] of options [N, choices]."""
        tokens = nn.functional.pad((self.first_token + options)[:, :-1], (1, 0))
        hidden, _ = self.lstm(self.embedding(tokens))  # [N, choices, hidden]
        logits = torch.einsum("nch,cho->nco", hidden, self.heads) + self.mask
        log_probabilities = logits.log_softmax(-1)
        entropy = -(log_probabilities.exp() * log_probabilities.clamp(min=-100)).sum(-1)
        return log_probabilities.gather(-1, options[..., None])[..., 0].sum(-1), entropy.mean(-1)

    def draw(self, uniforms: Tensor) -> Tensor:
        """Return the options [N, choices] that numbers in [0, 1) pick by the inverse of each distribution."""
        token, state, options = torch.zeros_like(uniforms[:, :1], dtype=torch.long), None, []
        for index, (mask, first) in enumerate(zip(self.mask, self.first_token, strict=True)):
            hidden, state = self.lstm(self.embedding(token), state)
            cumulative = (hidden[:, 0] @ self.heads[index] + mask).softmax(-1).double().cumsum(-1)
            option = (uniforms[:, index, None] >= cumulative / cumulative[:, -1:]).sum(-1)
            options.append(option)
            token = (first + option)[:, None]
        return torch.stack(options, dim=1)
