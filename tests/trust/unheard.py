"""What is not asked for by its number: lists, counts, charts and choices, with the other world there and without it.

A service is asked by somebody of each role that doesn't reach the other world, first in an office that has no records
but theirs, then in one that has none. Both answers must be the same: a filter that is forgotten in a query is heard.
"""

import dataclasses
import inspect
import re
import typing
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from enum import Enum
from io import BytesIO
from itertools import islice
from typing import Any

import pandas as pd

from db import engine
from db.base import Base
from db.engine import Database
from db.rules.permissions import Actor
from tests.trust import matrix, world
from tests.trust.calls import Service

# What everybody may know of the other world: that it exists, who sits there, and what the office is set up with.
KNOWN = frozenset(
    {"unit", "person", "person_role", "assessment", "assessed_unit", "calendar_day", "calendar_year", "code",
     "committee", "dispute_count", "duty", "duty_member", "duty_need", "duty_period", "duty_post", "duty_shift",
     "layout", "ledger", "limit_set", "mediator", "meeting_kind", "office_fact", "privacy_notice", "retention_rule",
     "running_number", "score_rubric", "sign_in_counter"}
)  # fmt: skip
# All there is but a matter and what hangs on it.
OF_CASES = {"supervision", "emergency_reading"}
NO_CASE = frozenset(name for name in Base.metadata.tables if not name.startswith("case_") and name not in OF_CASES)
# Keys made by chance, which no two answers share.
CHANCE = re.compile(r"[0-9a-f]{32,}|[\w-]{40,}")
MOST_WAYS = 12
Answers = dict[tuple[str, str, int, int], str]


def answers(database: Database, chosen: Iterable[Service], reached: str, state: str = "") -> Answers:
    """What every stranger is answered, by the service, their role and unit, and the way of asking."""
    found: Answers = {}
    around = world.at_another_time(database, state) if state else nullcontext()
    with engine.using(database), around, matrix.taken_back() as ask:
        for service in chosen:
            for actor in matrix.strangers(service.permission, reached):
                for number, how in enumerate(islice(_ways(service), MOST_WAYS)):
                    told = ask(_Whole(service), actor, matrix.NOBODYS, **how)
                    place = (service.name, min(actor.roles).value, actor.unit_id or 0, number)
                    found[place] = f"{CHANCE.sub('*', told.told)} {told.wrote}"
    return found


@dataclasses.dataclass(frozen=True)
class _Whole:
    """A service that answers its tables to the last row."""

    service: Service

    def call(self, actor: Actor, **told: Any) -> object:
        return _whole(self.service.call(actor, **told))

    def arguments(self, row: int) -> dict[str, Any]:
        return self.service.arguments(row)


def _whole(answer: object) -> object:
    if isinstance(answer, pd.DataFrame):
        return answer.to_csv()
    if isinstance(answer, bytes) and answer.startswith(b"PK"):
        with zipfile.ZipFile(BytesIO(answer)) as book:
            return [book.read(name) for name in book.namelist() if not name.startswith("docProps/")]
    if dataclasses.is_dataclass(answer) and not isinstance(answer, type):
        return {field.name: _whole(getattr(answer, field.name)) for field in dataclasses.fields(answer)}
    return answer


def _ways(service: Service) -> Iterator[dict[str, Any]]:
    """As the matrix asks, and each choice inside of what is told."""
    yield from islice(service.ways(matrix.NOBODYS), 4)
    usual = service.arguments(matrix.NOBODYS)
    for p in service.parameters:
        kinds = [kind for kind in typing.get_args(p.annotation) or (p.annotation,) if dataclasses.is_dataclass(kind)]
        whole = usual.get(p.name)
        if whole is None or not kinds:
            continue
        kind = kinds[0]
        for name, hint in typing.get_type_hints(kind).items():
            for value in hint if inspect.isclass(hint) and issubclass(hint, Enum) else ():
                if value != getattr(whole, name, value):
                    yield usual | {p.name: dataclasses.replace(whole, **{name: value})}


def heard(there: Answers, nowhere: Answers) -> dict[str, str]:
    """Services that told a stranger of the other world: to whom, and what."""
    found: dict[str, str] = {}
    for place, told in there.items():
        service, role, unit, _ = place
        if told != nowhere[place] and role not in matrix.REACHES.get(service, (set(), ""))[0]:
            found.setdefault(service, f"{role} of {unit}: {told[:300]} and not {nowhere[place][:300]}")
    return found
