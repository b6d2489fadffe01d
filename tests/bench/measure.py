"""Medians of things done in turn, and tables of them."""

import gc
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Pair:
    """One question answered by Linli and by raw SQL: medians of processor time and of waiting, in milliseconds."""

    name: str
    linli: float
    raw: float
    linli_wall: float
    raw_wall: float

    @property
    def ratio(self) -> float:
        """How many times the processor time of the raw SQL Linli takes; the clock on the wall is other people's too."""
        return self.linli / max(self.raw, 0.001)


def in_turn(name: str, linli: Callable[[], object], raw: Callable[[], object], *, seconds: float = 1.5) -> Pair:
    """Both by turns, so that a busy machine is busy for both; at least 5 and at most 200 times after one warm-up."""
    linli()
    raw()
    taken: tuple[list[tuple[float, float]], list[tuple[float, float]]] = ([], [])
    end = time.perf_counter() + seconds
    gc.collect()
    gc.freeze()
    while len(taken[0]) < 5 or (time.perf_counter() < end and len(taken[0]) < 200):
        for times, act in zip(taken, (linli, raw), strict=True):
            times.append(_timed(act))
    gc.unfreeze()
    (cpu, wall), (raw_cpu, raw_wall) = (tuple(map(statistics.median, zip(*t, strict=True))) for t in taken)
    return Pair(name, cpu, raw_cpu, wall, raw_wall)


def _timed(act: Callable[[], object]) -> tuple[float, float]:
    cpu, wall = time.process_time(), time.perf_counter()
    act()
    return (time.process_time() - cpu) * 1000, (time.perf_counter() - wall) * 1000


def table(title: str, heads: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a plain table, numbers to the right."""
    shown = [[f"{cell:.2f}" if isinstance(cell, float) else str(cell) for cell in row] for row in rows]
    widths = [max(len(line[i]) for line in [list(heads), *shown]) for i in range(len(heads))]
    print(f"\n{title}")
    for line in [list(heads), ["-" * w for w in widths], *shown]:
        print(
            "  ".join(c.ljust(w) if i == 0 else c.rjust(w) for i, (c, w) in enumerate(zip(line, widths, strict=True)))
        )
