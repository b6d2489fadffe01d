"""How often one address may post; kept in memory, because the counters that matter are in the database."""

import asyncio
from collections import OrderedDict

POSTS = 40
PER_SECONDS = 60.0
ADDRESSES_KEPT = 10_000


class PostLimit:
    """A bucket per address that refills evenly."""

    def __init__(self, posts: int = POSTS, seconds: float = PER_SECONDS) -> None:
        self._posts = posts
        self._rate = posts / seconds
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def allows(self, address: str) -> bool:
        """Take one from the bucket, if one is left."""
        now = asyncio.get_running_loop().time()
        left, before = self._left.pop(address, (float(self._posts), now))
        left = min(self._posts, left + (now - before) * self._rate)
        self._left[address] = (left - 1 if left >= 1 else left, now)
        if len(self._left) > ADDRESSES_KEPT:
            self._left.popitem(last=False)
        return left >= 1
