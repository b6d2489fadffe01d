"""What two editions of a rubric say differently: lines added, gone and changed, field by field; order says nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from db.rules.problems import Named
from db.rules.scoring.drafting import lines_of
from db.rules.scoring.typed import Document, Line


class Differs(StrEnum):
    """How a line differs."""

    ADDED = "added"
    GONE = "gone"
    CHANGED = "changed"


@dataclass(frozen=True)
class Difference:
    """One thing said differently. `what` is rubric, or a kind of line; of a changed line one field, before and after.

    Values stand as in the documents; None: not said there.
    """

    differs: Differs
    what: str
    name: Named
    code: str = ""
    field: str = ""
    before: Any = None
    after: Any = None


# Kinds of lines in the order they are told, and what a line is known by in both editions.
_KEYS: Mapping[str, str] = MappingProxyType(
    {"sections": "code", "parts": "code", "periods": "code", "items": "code", "grades": "code", "rewards": "percent"}
)
_RUBRIC = ("base", "bonus_cap", "told", "rectify_after", "yellow_after")
# What stands where it is not said.
_ASSUMED: Mapping[str, Any] = MappingProxyType({"active": True, "name_en": "", "source": ""})


def between(before: Document, after: Document) -> tuple[Difference, ...]:
    """Everything `after` says otherwise than `before`."""
    found = [
        Difference(Differs.CHANGED, "rubric", Named(""), "", field, before.get(field), after.get(field))
        for field in _RUBRIC
        if before.get(field) != after.get(field)
    ]
    for what, key in _KEYS.items():
        old = {line[key]: line for line in lines_of(before, what)}
        new = {line[key]: line for line in lines_of(after, what)}
        found += [_whole(Differs.GONE, what, key, line) for code, line in old.items() if code not in new]
        for code, line in new.items():
            found += _changed(what, key, old[code], line) if code in old else [_whole(Differs.ADDED, what, key, line)]
    return tuple(found)


def _whole(differs: Differs, what: str, key: str, line: Line) -> Difference:
    return Difference(differs, what, _name(line), str(line[key]))


def _changed(what: str, key: str, old: Line, new: Line) -> list[Difference]:
    fields = [field for field in dict.fromkeys((*old, *new)) if field not in (key, "periods") or what == "items"]
    pairs = {field: tuple(line.get(field, _ASSUMED.get(field)) for line in (old, new)) for field in fields}
    return [
        Difference(Differs.CHANGED, what, _name(new), str(new[key]), field, was, now)
        for field, (was, now) in pairs.items()
        if was != now
    ]


def _name(line: Line) -> Named:
    return Named(str(line.get("name") or line.get("percent", "")), str(line.get("name_en", "")))
