"""How often something may be done: a bucket that refills evenly; the clock is an argument."""

from collections import OrderedDict
from dataclasses import dataclass, field

from db.rules.problems import Refused


class TooMany(Refused):
    """Asked too often; wait a little."""


@dataclass
class Buckets:
    """One bucket per name with `most` takings, refilled within `seconds`; beyond `kept` the oldest is forgotten."""

    most: int
    seconds: float
    kept: int = 10_000
    _left: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)

    def take(self, name: str, at: float) -> bool:
        """Take one at a moment in seconds; False when the bucket is empty."""
        left, before = self._left.pop(name, (float(self.most), at))
        left = min(self.most, left + max(0.0, at - before) * self.most / self.seconds)
        allowed = left >= 1
        self._left[name] = (left - 1 if allowed else left, at)
        while len(self._left) > self.kept:
            self._left.popitem(last=False)
        return allowed

    def empty(self, name: str, at: float) -> bool:
        """Whether nothing could be taken now, without taking."""
        left, before = self._left.get(name, (float(self.most), at))
        return min(self.most, left + max(0.0, at - before) * self.most / self.seconds) < 1
