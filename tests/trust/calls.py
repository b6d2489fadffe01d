"""Every public service that takes an actor, found by walking db/services, and arguments made from its signature."""

import dataclasses
import importlib
import inspect
import pkgutil
import types
import typing
from collections import abc
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from enum import Enum
from functools import cache
from itertools import islice, product
from pathlib import Path
from typing import Any

import db.services
from db.documents import workbook
from db.documents.forms import forms
from db.rules.permissions import Permission
from db.services.acts import DOORS
from db.services.saves import READ_WITH
from tests.factories import NOW
from tests.trust.world import ROW

PLAIN: dict[object, object] = {
    int: 1,
    float: 1.0,
    str: "78",
    bool: False,
    bytes: b"900",
    date: NOW.date(),
    datetime: NOW,
    time: time(9, 0),
    timedelta: timedelta(days=1),
    Path: Path("900"),
    object: "900",
    Any: "900",
}

# What else an argument of this name may be, where only some answers lead on.
WORDS: Mapping[str, Callable[[], Sequence[object]]] = {
    "form": lambda: tuple(forms()),
    "table": lambda: tuple(READ_WITH),
    "content": lambda: (workbook.table(["77"], [["77"]], sheet="77", zone="Asia/Shanghai"),),
    "year": lambda: (NOW.year,),
}
# Anything else is refused at the door.
LANGUAGE = "en"
# So many ways one service is called at most.
MOST_WAYS = 120


@dataclasses.dataclass(frozen=True)
class Service:
    """A guarded service: its name below db.services, its permission, and how it is called."""

    name: str
    permission: Permission
    call: Callable[..., object]
    parameters: tuple[inspect.Parameter, ...]

    @property
    def names_records(self) -> bool:
        """Whether an argument says which record is meant, by its number or by a mapping of numbers."""
        return any(is_number(p) or is_rows(p) for p in self.parameters)

    @property
    def asks_for_something(self) -> bool:
        """Whether it cannot be called with the actor alone."""
        return any(p.default is p.empty and p.kind is p.KEYWORD_ONLY for p in self.parameters)

    def arguments(self, row: int = ROW) -> dict[str, Any]:
        """Something for every argument; every number of a record is `row`, also where it might be left out."""
        made: dict[str, Any] = {}
        for p in self.parameters:
            if p.kind is p.VAR_KEYWORD:
                made |= {n: _made(k, row) for n, k in _optional_fields(p.annotation).items()}
            elif p.name == "language":
                made[p.name] = LANGUAGE
            elif p.default is p.empty or is_number(p):
                made[p.name] = row if is_number(p) else [row] if is_numbers(p) else _made(p.annotation, row)
        return made

    def ways(self, row: int = ROW) -> Iterator[dict[str, Any]]:
        """The arguments first, then what else they may be: other choices, other words, a number left out."""
        made = self.arguments(row)
        others = {p.name: _others(p, row, made[p.name]) for p in self.parameters if p.name in made}
        whole = product(*((made[name], *more) for name, more in others.items()))
        kept = {name: value for name, value in made.items() if name not in others}
        for values in islice(whole, MOST_WAYS):
            told = dict(zip(others, values, strict=True)) | kept
            yield {name: value for name, value in told.items() if value is not LEFT_OUT}


LEFT_OUT = object()


@cache
def services() -> tuple[Service, ...]:
    """All of them, by name."""
    for module in pkgutil.walk_packages(db.services.__path__, "db.services."):
        importlib.import_module(module.name)
    return tuple(sorted((_service(name, permission) for name, permission in DOORS.items()), key=lambda s: s.name))


def _service(name: str, permission: Permission) -> Service:
    module, _, function = name.rpartition(".")
    call = getattr(importlib.import_module(f"db.services.{module}"), function)
    parameters = tuple(inspect.signature(inspect.unwrap(call), eval_str=True).parameters.values())[1:]
    return Service(name, permission, call, parameters)


def is_number(parameter: inspect.Parameter) -> bool:
    """Whether it is the number of one record."""
    whole = parameter.annotation in (int, int | None)
    return whole and (parameter.name.endswith("_id") or parameter.name in ("of", "like"))


def is_numbers(parameter: inspect.Parameter) -> bool:
    """Whether it is the numbers of many."""
    return parameter.name.endswith("_ids") and typing.get_origin(parameter.annotation) is not abc.Mapping


def is_rows(parameter: inspect.Parameter) -> bool:
    """Whether it maps numbers of records to what was seen or is wanted of them."""
    kind = parameter.annotation
    return is_numbers(parameter) or (typing.get_origin(kind) is abc.Mapping and typing.get_args(kind)[0] is int)


def _others(p: inspect.Parameter, row: int, made: object) -> Sequence[object]:
    """What else an argument may be."""
    if p.name in WORDS:
        return [value for value in WORDS[p.name]() if value != made]
    if is_number(p):
        return [LEFT_OUT] if p.default is not p.empty else []
    kind = p.annotation
    if typing.get_origin(kind) is typing.Literal:
        return list(typing.get_args(kind)[1:])
    if inspect.isclass(kind) and issubclass(kind, Enum):
        return list(kind)[1:]
    if is_rows(p) and isinstance(made, dict) and isinstance(made[row], tuple):
        return [{row: tuple(NOTED if part == {} else part for part in made[row])}]
    if dataclasses.is_dataclass(kind) and inspect.isclass(kind):
        return list(_noted(kind, made))
    return []


# Where words may be changed, this one is everywhere.
NOTED = {"note": "78"}


def _noted(kind: Any, made: Any) -> Iterator[object]:
    """The same, saying something where it said nothing."""
    fields = {field.name for field in dataclasses.fields(kind)}
    if "note" in fields and not made.note:
        yield dataclasses.replace(made, note="78")


def _optional_fields(unpacked: Any) -> Mapping[str, Any]:
    told = typing.get_args(unpacked)[0] if typing.get_origin(unpacked) is typing.Unpack else unpacked
    if not typing.is_typeddict(told):
        return {}
    return {n: k for n, k in typing.get_type_hints(told).items() if n in told.__required_keys__ or n.endswith("_id")}


def _made(kind: Any, row: int) -> Any:
    if kind in PLAIN:
        return PLAIN[kind]
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return _made(next(k for k in inner if k is not type(None)), row)
    if origin is typing.Literal:
        return inner[0]
    if origin is tuple:
        return tuple(_made(k, row) for k in inner if k is not Ellipsis)
    if origin is abc.Mapping or origin is dict:
        return {row: _made(inner[1], row)} if inner[0] is int else {}
    if origin in (list, abc.Sequence, abc.Collection):
        return [row] if inner == (int,) else []
    if inspect.isclass(kind) and issubclass(kind, Enum):
        return next(iter(kind))
    if dataclasses.is_dataclass(kind) and inspect.isclass(kind):
        return kind(**dict(_needed(kind, row)))
    raise TypeError(f"nothing is known to be a {kind}")


def _needed(kind: Any, row: int) -> Iterator[tuple[str, Any]]:
    hints = typing.get_type_hints(kind)
    for field in dataclasses.fields(kind):
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            yield field.name, row if field.name.endswith("_id") else _made(hints[field.name], row)
