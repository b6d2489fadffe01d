"""Who changed a line of the registers of work and when, newest first; what was entered together is told together."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

import streamlit as st

from components.case_texts import unit_of
from components.forms import plain
from components.words import moment, number, t
from components.works_labels import TABLES, label
from db.rules.permissions import Actor
from db.services.duty.rows import records
from db.services.works import read
from db.services.works.read import WorkView

SHOWN_FIRST = 15
# Columns whose value is a code, and the table that names it.
CODED = {"about": "about", "level": "level", "standing": "stand"}
Row = Mapping[Any, Any]


def show(actor: Actor, seen: WorkView) -> None:
    """One paragraph for everything one person wrote in one minute."""
    asked = f"works-history-all-{seen.id}"
    rows = records(read.history(actor, work_id=seen.id))
    blocks = [list(group) for _, group in groupby(rows, key=lambda row: (moment(row["at"]), row["who"]))]
    shown = blocks if st.session_state.get(asked) else blocks[:SHOWN_FIRST]
    for block in shown:
        st.markdown(_told(block))
    if len(blocks) > len(shown):
        every = t("Show all {n} lines", n=len(blocks))
        st.button(every, key=f"{asked}-button", on_click=lambda: st.session_state.update({asked: True}))


def _told(block: Sequence[Row]) -> str:
    head = f"**{plain(block[0]['who'])}** :gray[{plain(moment(block[0]['at']))}]"
    return "  \n".join([head, *(plain(line) for line in _lines(block))])


def _lines(block: Sequence[Row]) -> Iterator[str]:
    """What was written: the line itself, units that came in, and each unit that changed."""
    entered = Counter(row["after"]["standing"] for row in block if row["unit"] and row["event"] == "insert")
    for row in block:
        if not row["unit"]:
            yield from _of_line(row)
    for standing, count in entered.items():
        said = label("stand", standing)
        if count == 1:
            unit = next(unit_of(row) for row in block if row["unit"] and row["after"].get("standing") == standing)
            yield t("{what}: {value}", what=unit, value=said)
        else:
            yield t("{n} units: {standing}", n=number(count), standing=said)
    for row in block:
        if row["unit"] and row["event"] == "update":
            yield t("{what}: {value}", what=unit_of(row), value=" · ".join(_changes(row)))


def _of_line(row: Row) -> Iterator[str]:
    if row["event"] == "insert":
        yield t("The line was entered.")
    elif "removed_at" in row["after"]:
        yield t("The line was removed.") if row["after"]["removed_at"] else t("The line was restored.")
    else:
        yield from _changes(row)


def _changes(row: Row) -> list[str]:
    names = [name for name in TABLES["field"] if name in row["after"] and name in row["before"]]
    if row["after"].get("standing") == "":
        return [t("taken out of the line")]
    return [t("{what}: {value}", what=label("field", name), value=_becomes(name, row)) for name in names]


def _becomes(name: str, row: Row) -> str:
    return f"{_said(name, row['before'][name])} → {_said(name, row['after'][name])}"


def _said(name: str, value: Any) -> str:
    if value in (None, "", 0):
        return "–"
    if name in CODED:
        return label(CODED[name], value)
    if name == "papers":
        return t(", ").join(label("paper", code) for code in str(value).split())
    return str(value)[:200]
