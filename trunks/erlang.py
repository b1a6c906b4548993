"""How many channels so many calls need: the Erlang B formula (calls that find every channel in use are refused)."""

from __future__ import annotations


def blocking(traffic: float, channels: int) -> float:
    """The share of calls that find all channels in use. `traffic` in erlangs (see `erlangs`).

    By the recursion B(0) = 1, B(n) = A·B(n-1) / (n + A·B(n-1)), which no number of channels overflows.
    """
    share = 1.0
    for channel in range(1, channels + 1):
        share = traffic * share / (channel + traffic * share)
    return share


def channels_needed(traffic: float, target: float, most: int) -> int | None:
    """The fewest channels with which at most the share `target` is refused; None when that is more than `most`."""
    share = 1.0
    for channel in range(1, most + 1):
        share = traffic * share / (channel + traffic * share)
        if share <= target:
            return channel
    return None


def erlangs(calls_an_hour: float, seconds: float) -> float:
    """How many calls are up at a time, on average."""
    return calls_an_hour * seconds / 3600
