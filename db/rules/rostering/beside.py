"""A search beside this one, in a process of its own, and the line between the two.

Whole schedules are found in Python, where two threads would wait for each other. The other process ends with this one,
however that ends: nobody holds the other end of its line any more.
"""

import multiprocessing
import threading
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from typing import Any

from db.rules.rostering.task import Roster

Better = tuple[Roster, int]


class Line:
    """One end of the line; what is better goes to the other end, once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._least: int | None = None
        self.closed = False

    def tell(self, roster: Roster, cost: int) -> None:
        """Pass a roster on, unless the other end has one as cheap."""
        if self._least is None or cost < self._least:
            self._least = cost
            try:
                self._connection.send((roster, cost))
            except OSError:
                self.closed = True

    def heard(self) -> Better | None:
        """The best that came since the last time."""
        better: Better | None = None
        try:
            while not self.closed and self._connection.poll():
                better = self._connection.recv()
        except (EOFError, OSError):
            self.closed = True
        if better is not None:
            self._least = better[1] if self._least is None else min(self._least, better[1])
        return better


class Beside:
    """The other process, as long as the block lasts; `work` is called there with its end of the line."""

    def __init__(self, work: Callable[..., None], *told: Any) -> None:
        spawning = multiprocessing.get_context("spawn")
        ours, self._theirs = spawning.Pipe()
        self.line = Line(ours)
        self._process = spawning.Process(target=work, args=(self._theirs, *told), daemon=True)

    def __enter__(self) -> Line:
        self._process.start()
        self._theirs.close()
        return self.line

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.join()
        self._process.close()


def at_once(works: Sequence[Callable[[], None]]) -> None:
    """Do several works on threads of this process; raises what one of them raised."""
    failed: list[Exception] = []

    def attempt(work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:  # raised again below, on the thread that asked
            failed.append(error)

    threads = [threading.Thread(target=attempt, args=(work,), daemon=True) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
