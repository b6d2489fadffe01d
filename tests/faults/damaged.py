"""A damaged file: bits turned, pages emptied, ends cut off, another file in its place; who notices."""

import random
import shutil
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from db.base import Base
from db.services import keeping
from db.services.keeping.soundness import opened
from db.settings import Settings, SettingsError

PAGE = 4096
Content = dict[str, list[tuple[Any, ...]]]


@dataclass
class Figures:
    """What a run damaged, and who noticed."""

    damages: int = 0
    refused_at_start: int = 0
    found_by_check: int = 0
    harmless: int = 0
    unseen: list[str] = field(default_factory=list)


def _byte(content: bytearray, dice: random.Random) -> bytes:
    place = dice.randrange(len(content))
    content[place] ^= 1 << dice.randrange(8)
    return bytes(content)


def _page(content: bytearray, dice: random.Random, instead: bytes) -> bytes:
    place = dice.randrange(len(content) // PAGE) * PAGE
    content[place : place + PAGE] = instead
    return bytes(content)


def _other_database(_: bytearray, dice: random.Random) -> bytes:
    other = sqlite3.connect(":memory:")
    other.execute(f"CREATE TABLE t{dice.randrange(9)} (a)")
    whole = other.serialize()
    other.close()
    return whole


Damage = Callable[[bytearray, random.Random], bytes]
OF_PAGES: Mapping[str, Damage] = MappingProxyType(
    {
        "a page emptied": lambda content, dice: _page(content, dice, bytes(PAGE)),
        "a page of noise": lambda content, dice: _page(content, dice, dice.randbytes(PAGE)),
        "cut off": lambda content, dice: bytes(content[: dice.randrange(1, len(content))]),
        "nothing in it": lambda *_: b"",
        "a text": lambda *_: "台账备份，请勿删除\n".encode() * 999,
        "another program's database": _other_database,
    }
)
# One bit: whatever stands there. An unencrypted file has no sums of its pages, so words may change unseen.
A_BIT: Mapping[str, Damage] = MappingProxyType({"a bit turned": _byte})


def run(settings: Settings, damages: int, kinds: Mapping[str, Damage], seed: int = 7) -> Figures:
    """Damage copies of the closed office of `settings` in turn."""
    dice, figures = random.Random(seed), Figures()  # noqa: S311 - repeatable damages
    folder = settings.folder
    whole = _content(settings)
    while figures.damages < damages:
        for kind, damage in kinds.items():
            copy = folder.with_name("damaged")
            shutil.copytree(folder, copy)
            file = copy / "linli.db"
            file.write_bytes(damage(bytearray(file.read_bytes()), dice))
            _examine(Settings(**{**settings.__dict__, "data_dir": str(copy)}), whole, figures, kind)
            shutil.rmtree(copy)
            figures.damages += 1
    return figures


def _examine(settings: Settings, whole: Content, figures: Figures, kind: str) -> None:
    try:
        keeping.look_before_start(settings)
    except SettingsError:
        figures.refused_at_start += 1
        return
    if not keeping.check(settings)[0]:
        figures.found_by_check += 1
    elif _content(settings) == whole:
        figures.harmless += 1
    else:
        figures.unseen.append(f"{kind} {figures.damages}")


def _content(settings: Settings) -> Content:
    """Every row of every table, or what kept it from being read."""
    try:
        with opened(settings) as database, database.engine.connect() as connection:
            return {
                table.name: [tuple(row) for row in connection.execute(table.select().order_by(*table.primary_key))]
                for table in Base.metadata.sorted_tables
            }
    except (SQLAlchemyError, ValueError) as error:
        return {type(error).__name__: []}
