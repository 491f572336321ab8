"""What parts of a batch teach is averaged, whoever has seen them."""

from __future__ import annotations

import copy
from collections.abc import Callable
from threading import Barrier, Thread

import pytest
import torch
from torch import Tensor, nn

from notehead.models.lesson import ALONE, Alone, Lesson, Team, learn, share_of

PARTS = 4


class Net(nn.Module):
    """Normalises, counts, has a constant, and a layer that only some batches need."""

    def __init__(self) -> None:
        super().__init__()
        self.main = nn.Sequential(nn.Linear(3, 5), nn.BatchNorm1d(5), nn.Linear(5, 1))
        self.seldom, self.never = nn.Linear(3, 1), nn.Linear(3, 1)
        self.register_buffer("constant", torch.tensor([0.1, 1e-4]))
        self.seen: Tensor
        self.register_buffer("seen", torch.zeros((), dtype=torch.int64))


class Lines:
    """Learns numbers; of odd batches another layer learns, too."""

    def __init__(self) -> None:
        torch.manual_seed(3)
        self.network: nn.Module = Net()

    def batch(self, number: int) -> tuple[int, Tensor]:
        return number, torch.randn(8, 3, generator=torch.Generator().manual_seed(number))

    def loss(self, batch: tuple[int, Tensor]) -> tuple[Tensor, dict[str, float]]:
        network, (number, values) = self.network, batch
        assert isinstance(network, Net)
        network.seen += 1
        loss = (network.main(values) - values.sum(dim=1, keepdim=True)).square().mean()
        if number % 2:
            loss = loss + network.seldom(values).square().mean()
        return loss, {"square": float(loss.detach())}

    def judge(self, network: nn.Module) -> dict[str, float]:
        return {}


def lesson(task: Lines, team: Team = ALONE, parts: int = PARTS, *, over: bool = False) -> Lesson:
    return learn(task, map(task.batch, share_of(parts, team)), parts, team, over=over)


def slopes(task: Lines) -> dict[str, Tensor | None]:
    return {name: value.grad for name, value in task.network.named_parameters()}


def test_gradients_losses_and_running_means_are_those_of_the_parts() -> None:
    task = Lines()
    state = copy.deepcopy(task.network.state_dict())
    found = lesson(task)
    losses: list[float] = []
    sums: dict[str, Tensor] = {}
    after: list[dict[str, Tensor]] = []
    for part in range(PARTS):
        one = Lines()
        loss, _ = one.loss(one.batch(part))
        loss.backward()  # type: ignore[no-untyped-call]
        losses.append(float(loss.detach()))
        after.append(one.network.state_dict())
        for name, value in slopes(one).items():
            if value is not None:
                sums[name] = sums.get(name, torch.zeros_like(value)) + value
    assert found.loss == pytest.approx(sum(losses) / PARTS)
    assert found.told == {"square": pytest.approx(sum(losses) / PARTS)}
    for name, value in slopes(task).items():
        if value is None:
            assert name not in sums
        else:
            torch.testing.assert_close(value, sums[name] / PARTS)
    for name, value in task.network.state_dict().items():
        if name in {"main.1.num_batches_tracked", "seen"}:
            assert int(value) == 1, "a batch, of however many parts"
        else:
            torch.testing.assert_close(value, torch.stack([one[name] for one in after]).mean(dim=0))
    assert torch.equal(task.network.state_dict()["constant"], state["constant"]), "to the bit"


def test_what_no_part_needs_is_not_learnt() -> None:
    task = Lines()
    lesson(task)
    assert slopes(task)["never.weight"] is None
    assert slopes(task)["seldom.weight"] is not None


def test_a_batch_of_one_part_is_a_plain_step() -> None:
    one, other = Lines(), Lines()
    loss, _ = one.loss(one.batch(0))
    loss.backward()  # type: ignore[no-untyped-call]
    found = lesson(other, parts=1, over=True)
    assert found.loss == float(loss.detach())
    assert found.over
    for mine, theirs in zip(one.network.parameters(), other.network.parameters(), strict=True):
        assert (mine.grad is None) == (theirs.grad is None)
        assert mine.grad is None or torch.equal(mine.grad, theirs.grad)  # type: ignore[arg-type]
    for name, value in one.network.state_dict().items():
        assert torch.equal(value, other.network.state_dict()[name])


class Threads:
    """A team of threads."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._gate, self._given = Barrier(size), [torch.empty(0)] * size

    def member(self, rank: int) -> Team:
        def summed(values: Tensor) -> Tensor:
            self._given[rank] = values
            self._gate.wait()
            return torch.stack(self._given).sum(dim=0)

        return _Member(rank, self.size, summed)


class _Member(Alone):
    def __init__(self, rank: int, size: int, summed: Callable[[Tensor], Tensor]) -> None:
        super().__init__(rank, size)
        object.__setattr__(self, "_summed", summed)

    def summed(self, values: Tensor) -> Tensor:
        result: Tensor = object.__getattribute__(self, "_summed")(values)
        return result


@pytest.mark.parametrize("size", [2, 4])
def test_a_team_learns_what_one_would(size: int) -> None:
    alone, team = Lines(), Threads(size)
    wanted = lesson(alone)
    tasks = [Lines() for _ in range(size)]
    found: dict[int, Lesson] = {}

    def work(rank: int) -> None:
        found[rank] = lesson(tasks[rank], team.member(rank), over=rank == 0)

    threads = [Thread(target=work, args=(rank,)) for rank in range(size)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for rank, task in enumerate(tasks):
        assert found[rank].loss == pytest.approx(wanted.loss)
        assert found[rank].over, "the first one's time is all workers'"
        for name, value in slopes(alone).items():
            mine = slopes(task)[name]
            assert (mine is None) == (value is None)
            if value is not None and mine is not None:
                torch.testing.assert_close(mine, value)
        for name, value in alone.network.state_dict().items():
            torch.testing.assert_close(task.network.state_dict()[name], value)


def test_shares_are_all_parts_once() -> None:
    for parts, size in ((4, 2), (6, 3), (5, 1)):
        shares = [part for rank in range(size) for part in share_of(parts, Alone(rank, size))]
        assert shares == list(range(parts))
