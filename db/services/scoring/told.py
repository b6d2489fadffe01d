"""One unit's sheets told whole: the live sheet is drawn from it, and a publication keeps a copy of it.

Everything in it is JSON: days and moments as ISO texts, exact numbers as "n/d" (as `ledger.kept`), shown ones beside
them with one decimal. Names come in both languages (name, name_en).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import AssessedUnit, Case, Dispute, Person, ScoreCard, ScoreEntry, ScoreSheet, Unit, Work
from db.rules.scoring.entries import Entry, Line
from db.rules.scoring.points import shown
from db.rules.scoring.rubric import Item
from db.rules.scoring.totals import PeriodScore, Total, period_score
from db.services.scoring import entries as typed
from db.services.scoring import ledger

Told = dict[str, Any]


def unit_told(session: Session, edition: ledger.Edition, assessed: AssessedUnit) -> Told:
    """All sheets of a unit as they stand now."""
    return units_told(session, edition, [assessed])[assessed.id]


def units_told(session: Session, edition: ledger.Edition, units: Sequence[AssessedUnit]) -> dict[int, Told]:
    """The same of some units, by assessed unit; hold no more than `ledger.CHUNK` at once."""
    ids = [assessed.id for assessed in units]
    named = {unit.id: unit for unit in session.scalars(select(Unit).where(Unit.id.in_(one.unit_id for one in units)))}
    sheets: dict[int, dict[str, ScoreSheet]] = defaultdict(dict)
    for sheet in session.scalars(select(ScoreSheet).where(ScoreSheet.assessed_unit_id.in_(ids))):
        sheets[sheet.assessed_unit_id][sheet.period] = sheet
    rows, standing, cards = _rows(session, ids), ledger.entries_of(session, ids), cards_told(session, ids)
    evidence = _evidence(session, ids, rows, sheets)
    found = {}
    for assessed in units:
        unit, own = named[assessed.unit_id], rows[assessed.id]
        finished = {period for period, sheet in sheets[assessed.id].items() if sheet.finished_at}
        total = ledger.total_of_unit(edition.rubric, standing[assessed.id], finished)
        found[assessed.id] = {
            "assessed_unit_id": assessed.id,
            "unit": {"id": unit.id, "name": unit.name, "name_en": unit.name_en},
            "edition": edition.edition,
            "base": f"{edition.rubric.base:f}",
            "bonus_cap": None if edition.rubric.bonus_cap is None else f"{edition.rubric.bonus_cap:f}",
            "periods": _periods(edition, sheets[assessed.id], standing[assessed.id], evidence.people),
            "total": _total(edition, total),
            "entries": [_entry(entry, period) for entry, period in own],
            "cards": cards[assessed.id],
        } | evidence.of([entry for entry, _ in own])
    return found


def number(value: Fraction | None) -> Told:
    """An exact number with what is shown of it; both empty where there is none."""
    return {"exact": ledger.kept(value), "shown": "" if value is None else f"{shown(value):f}"}


def named(document: Mapping[str, Any]) -> dict[str, Told]:
    """Names, section and source of every item of a rubric's document, by code."""
    wanted = ("code", "name", "name_en", "section", "source", "unit")
    return {item["code"]: {key: item.get(key, "") for key in wanted} for item in document.get("items", ())}


def periods_of(document: Mapping[str, Any]) -> list[Told]:
    """Every period of a rubric's document with its names and its part's, in order."""
    return [
        {"code": one["code"], "name": one["name"], "name_en": one.get("name_en", ""), "part": part["code"]}
        for part in document.get("parts", ())
        for one in part["periods"]
    ]


def _periods(
    edition: ledger.Edition, sheets: Mapping[str, ScoreSheet], standing: Sequence[Entry], people: Mapping[int, str]
) -> list[Told]:
    spans = {period.code: period for period in edition.rubric.periods()}
    told = []
    for one in periods_of(edition.document):
        sheet = sheets.get(one["code"])
        finished = sheet is not None and sheet.finished_at is not None
        score = period_score(edition.rubric, one["code"], standing, finished=finished)
        span = spans[one["code"]]
        told.append(
            one
            | {
                "begins": span.begins.isoformat(),
                "ends": span.ends.isoformat(),
                "standing": score.standing.value,
                "score": number(None if score.open else score.score),
                "lines": _lines(edition, score),
                "finished_at": sheet.finished_at.isoformat() if sheet and sheet.finished_at else "",
                "finished_by": people.get(sheet.finished_by_id or 0, "") if sheet else "",
                "computed_at": sheet.computed_at.isoformat() if sheet and sheet.computed_at else "",
            }
        )
    return told


def _lines(edition: ledger.Edition, score: PeriodScore) -> list[Told]:
    """Every base item of the period in the order of the rubric; an open one has no points yet."""
    names = named(edition.document)
    scored = {line.item.code: line for line in score.lines}
    return [_line(names, item, scored.get(item.code)) for item in edition.rubric.base_items(score.period)]


def _line(names: Mapping[str, Told], item: Item, line: Line | None) -> Told:
    return names[item.code] | {
        "kind": item.kind.value,
        "award": item.award.value,
        "trigger": item.trigger,
        "most": f"{item.points:f}",
        "count": line.count if line else 0,
        "points": number(line.points if line and line.applicable else None),
        "open": line is None,
        "applicable": line is None or line.applicable,
    }


def _total(edition: ledger.Edition, total: Total) -> Told:
    names = named(edition.document)
    parts = {part["code"]: part for part in edition.document.get("parts", ())}
    return number(total.total) | {
        "sum": number(total.sum_check()),
        "whole": total.whole,
        "missing": list(total.missing),
        "vetoed": total.vetoed,
        "parts": [
            {
                "code": part.part.code,
                "name": parts[part.part.code]["name"],
                "name_en": parts[part.part.code].get("name_en", ""),
                "weight": f"{part.part.weight:f}",
                "counted": part.counted,
                "of": len(part.part.periods),
                "mean": number(part.mean),
                "share": number(part.share),
                "points": number(part.points),
            }
            for part in total.parts
        ],
        "bonus": number(total.bonus),
        "bonus_counted": number(total.bonus_counted),
        "deduction": number(total.deduction),
        "lines": [_line(names, line.item, line) for line in total.lines],
        "measured": [
            names[m.item.code]
            | {
                "kind": m.item.kind.value,
                "value": ledger.kept(m.value),
                "asked": "" if m.item.threshold is None else f"{m.item.threshold:f}",
                "met": m.met,
            }
            for m in total.measured
        ],
    }


def _rows(session: Session, assessed_unit_ids: Sequence[int]) -> dict[int, list[tuple[ScoreEntry, str]]]:
    """What stands in the sheets of each unit, with the period of its sheet, in the order of days."""
    query = (
        select(ScoreEntry, ScoreSheet.period, ScoreSheet.assessed_unit_id)
        .join(ScoreSheet, ScoreSheet.id == ScoreEntry.sheet_id)
        .where(ScoreSheet.assessed_unit_id.in_(assessed_unit_ids), ScoreEntry.removed_at.is_(None))
        .order_by(ScoreEntry.on_day, ScoreEntry.id)
    )
    found: dict[int, list[tuple[ScoreEntry, str]]] = defaultdict(list)
    for entry, period, assessed_unit_id in session.execute(query):
        found[assessed_unit_id].append((entry, period))
    return found


def _entry(entry: ScoreEntry, period: str) -> Told:
    return {
        "id": entry.id,
        "version": entry.version,
        "period": period,
        "item": entry.item,
        "on_day": entry.on_day.isoformat(),
        "count": entry.count,
        "points": typed.points_told(entry.points),
        "value": entry.value,
        "not_applicable": entry.not_applicable,
        "event": entry.event,
        "reason": entry.reason,
        "record": entry.record,
        "record_id": entry.record_id,
        "computed": entry.computed is not None,
        "basis": entry.basis,
        "author_id": entry.author_id,
        "written_at": entry.written_at.isoformat(),
    }


@dataclass(frozen=True)
class _Evidence:
    """What entries name: people by id, numbers of records by "kind id", files by entry."""

    people: Mapping[int, str]
    records: Mapping[str, str]
    files: Mapping[int, Sequence[tuple[int, str]]]

    def of(self, entries: Sequence[ScoreEntry]) -> Told:
        """As far as these entries name it, each by id as text."""
        authors = dict.fromkeys(entry.author_id for entry in entries if entry.author_id is not None)
        named = (f"{entry.record} {entry.record_id}" for entry in entries if entry.record_id is not None)
        with_files = (entry.id for entry in entries if entry.id in self.files)
        return {
            "people": {str(pk): self.people[pk] for pk in authors},
            "records": {one: self.records[one] for one in named if one in self.records},
            "files": {str(pk): [list(one) for one in self.files[pk]] for pk in with_files},
        }


def _evidence(
    session: Session,
    assessed_unit_ids: Sequence[int],
    rows: Mapping[int, Sequence[tuple[ScoreEntry, str]]],
    sheets: Mapping[int, Mapping[str, ScoreSheet]],
) -> _Evidence:
    entries = [entry for own in rows.values() for entry, _ in own]
    finishers = [sheet.finished_by_id for own in sheets.values() for sheet in own.values()]
    return _Evidence(
        _names(session, [*(entry.author_id for entry in entries), *finishers]),
        _numbers(session, entries),
        typed.files_of(session, assessed_unit_ids),
    )


def _numbers(session: Session, entries: Sequence[ScoreEntry]) -> dict[str, str]:
    """The number of each record named as evidence, by "kind id"."""
    asked: dict[str, set[int]] = defaultdict(set)
    for entry in entries:
        if entry.record_id is not None:
            asked[entry.record].add(entry.record_id)
    columns: dict[str, Any] = {
        "case": (Case.id, Case.number),
        "dispute": (Dispute.id, Dispute.number),
        "work": (Work.id, Work.title),
    }
    found = {}
    for record, ids in asked.items():
        pk, label = columns[record]
        for record_id, told in session.execute(select(pk, label).where(pk.in_(ids))):
            found[f"{record} {record_id}"] = str(told)
    return found


def cards_told(session: Session, assessed_unit_ids: Sequence[int]) -> dict[int, list[Told]]:
    """The cards and vetoes of each unit that stand, oldest first."""
    query = (
        select(ScoreCard, Person.name)
        .join(Person, Person.id == ScoreCard.signed_by_id)
        .where(ScoreCard.assessed_unit_id.in_(assessed_unit_ids), ScoreCard.removed_at.is_(None))
        .order_by(ScoreCard.on_day, ScoreCard.id)
    )
    found: dict[int, list[Told]] = defaultdict(list)
    for card, name in session.execute(query):
        found[card.assessed_unit_id].append(
            {
                "id": card.id,
                "version": card.version,
                "kind": card.kind,
                "on_day": card.on_day.isoformat(),
                "reason": card.reason,
                "signed_by": name,
                "signed_at": card.signed_at.isoformat(),
            }
        )
    return found


def _names(session: Session, ids: Sequence[int | None]) -> dict[int, str]:
    wanted = {pk for pk in ids if pk is not None}
    return dict(session.execute(select(Person.id, Person.name).where(Person.id.in_(wanted))).all())
