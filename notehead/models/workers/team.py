"""Workers that are one team: what each has learnt is added up over the network between them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from torch import Tensor, distributed

from notehead.models.lesson import PeerLostError

BACKEND = "gloo"
"""What carries the sums: through main memory, on machines with and without GPUs."""
PATIENCE = timedelta(hours=1)
"""How long workers wait for one another: the first one may be judging."""


@dataclass(frozen=True, slots=True)
class Peers:
    """This process among others, once their process group of PyTorch stands."""

    @property
    def rank(self) -> int:
        """The number of this worker."""
        return distributed.get_rank()

    @property
    def size(self) -> int:
        """How many there are."""
        return distributed.get_world_size()

    def summed(self, values: Tensor) -> Tensor:
        """The sum of what all workers give.

        Raises:
            PeerLostError: another worker is gone.
        """
        result = values.clone()
        try:
            distributed.all_reduce(result)
        except RuntimeError as error:
            raise PeerLostError(str(error)) from error
        return result


def meet(rank: int, size: int, where: str) -> Peers:
    """Become a worker of a team.

    Args:
        rank: the number of this one, from 0.
        size: how many there are.
        where: the URL of what they all can reach, as `torch.distributed.init_process_group` takes it.

    Raises:
        PeerLostError: not all have come.
    """
    try:
        distributed.init_process_group(
            BACKEND, init_method=where, rank=rank, world_size=size, timeout=PATIENCE
        )
    except RuntimeError as error:
        raise PeerLostError(str(error)) from error
    return Peers()
