"""One search over every register: what of each this person may see, by words, numbers, names and telephone tails."""

from db.services.finding.asking import find
from db.services.finding.hits import Found, Group, Hit, Named

__all__ = ["Found", "Group", "Hit", "Named", "find"]
