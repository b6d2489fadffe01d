"""What the words of rubrics are called: states, kinds, fields, what computes an item, and how an item scores."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from components.score_labels import TABLES as SCORING
from components.score_labels import label as scoring
from components.score_labels import named, names_in
from components.words import N_, t, translate
from db.rules.scoring.triggers import TRIGGERS, Measure

TABLES: Mapping[str, Mapping[str, str]] = {
    "state": {
        "draft": N_("Draft"),
        "in_force": N_("In force"),
        "replaced": N_("Superseded"),
        "discarded": N_("Discarded"),
    },
    "kind": {"points": N_("100 points"), "ladder": N_("Monthly ladder")},
    "differs": {"added": N_("Added"), "gone": N_("Gone"), "changed": N_("Changed")},
    "what": {
        "rubric": N_("The rubric itself"),
        "sections": N_("Section"),
        "parts": N_("Part of the total"),
        "periods": N_("Period"),
        "items": N_("Item"),
        "grades": N_("Grade"),
        "rewards": N_("Reward"),
    },
    "field": {
        "base": N_("Base"),
        "bonus_cap": N_("Most of all bonuses"),
        "told": N_("Units told of"),
        "rectify_after": N_("Rectification after months"),
        "yellow_after": N_("Yellow card after months"),
        "name": N_("Name"),
        "name_en": N_("Name in English"),
        "weight": N_("Weight"),
        "part": N_("Part of the total"),
        "begins": N_("Begins"),
        "ends": N_("Ends"),
        "least": N_("From points"),
        "percent": N_("Decrease in percent"),
        "yuan": N_("Reward in yuan"),
        "section": N_("Section"),
        "kind": N_("Kind"),
        "award": N_("How points come about"),
        "points": N_("Worth"),
        "steps": N_("Steps"),
        "cap": N_("Most in a year"),
        "group": N_("Counts together with"),
        "threshold": N_("Asked for"),
        "unit": N_("Of what"),
        "trigger": N_("Computed from"),
        "periods": N_("Scored in"),
        "source": N_("Source"),
        "active": N_("In use"),
    },
    "trigger": {
        "on_time_acceptance": N_("Accepted in time"),
        "on_time_completion": N_("Answered in time"),
        "rated_share": N_("Share that was rated"),
        "satisfaction": N_("Share satisfied"),
        "satisfied_or_fairly": N_("Satisfied or fairly satisfied"),
        "resolved_locally": N_("Settled at the grassroots"),
        "overdue": N_("Matters overdue"),
        "supervised": N_("Matters a leader stepped in"),
        "late_acceptance": N_("Matters not accepted or answered in time"),
        "disputes_found": N_("Disputes found by searches"),
        "standard_files": N_("Complete mediation files"),
        "duty_gaps": N_("Gaps in duty"),
        "missed_attendance": N_("Start or end not marked"),
        "uniform_missing": N_("Without uniform or armband"),
        "meetings_led": N_("Meetings the leaders held"),
        "meetings_missed": N_("Absent from meetings"),
        "reports_missing": N_("Reports missing"),
        "adopted_town": N_("Adopted by the town"),
        "adopted_county": N_("Adopted by the county"),
        "adopted_city": N_("Adopted by the city or province"),
        "adopted_central": N_("Adopted at central level"),
        "inspections": N_("Months inspected"),
        "activities": N_("Larger activities"),
    },
}
Row = Mapping[str, Any]
# Says a message in a language: `t` on a screen.
Say = Callable[..., str]
TYPED = N_("Entered by an assessor")


def label(kind: str, code: object) -> str:
    """A stored code in the person's language; an unknown one as it stands, nothing as an en dash."""
    known = TABLES[kind].get(str(code))
    return t(known) if known else str(code or "–")


def label_in(kind: str, code: object, into: str) -> str:
    """A stored code in a language."""
    return translate(TABLES[kind].get(str(code), str(code)), into)


def labels(kind: str) -> dict[str, str]:
    """Every code of a table with its label, in order."""
    return {code: t(message) for code, message in TABLES[kind].items()}


def triggers(*measures: Measure) -> dict[str, str]:
    """What computes a share or a number, to choose from; "" is an assessor."""
    return {"": t(TYPED)} | {code: label("trigger", code) for code, one in TRIGGERS.items() if one.measure in measures}


def entered_by(item: Row, say: Say = t) -> str:
    """What computes an item, or that somebody enters it."""
    trigger = item.get("trigger", "")
    if trigger:
        return say(TABLES["trigger"].get(trigger, trigger))
    return "–" if item["kind"] == "veto" else say(TYPED)


def worth(item: Row, say: Say = t) -> str:
    """What an item brings, in a few words: 10 × share, −0.5 each time, at least 6 times."""
    kind, points = item["kind"], item.get("points", "")
    if kind == "base":
        words = {"rate": N_("{points} × share"), "taken": N_("{points}, taken off")}
        return say(words.get(item.get("award", ""), N_("0 to {points}")), points=points)
    if kind in ("minimum", "target"):
        return asked_for(item, say)
    if kind == "veto":
        return say(N_("Blocks the best grade"))
    sign = "+" if kind == "bonus" else "−"
    told = say(N_("{points} each time"), points=f"{sign}{points}")
    if item.get("steps"):
        told = steps_told(item["steps"], say, sign)
    return say(N_("{worth}, at most {points} in a year"), worth=told, points=item["cap"]) if item.get("cap") else told


def steps_told(steps: Sequence[Row], say: Say = t, sign: str = "") -> str:
    """Steps in a line."""
    told = [say(N_("from {n}: {points}"), n=one["count"], points=sign + one["points"]) for one in steps]
    return say(N_(", ")).join(told)


def asked_for(item: Row, say: Say = t) -> str:
    """What a minimum or target asks for, a share in percent."""
    threshold, unit = item.get("threshold", ""), item.get("unit", "")
    if unit == "share":
        return say(N_("at least {n} %"), n=f"{float(threshold) * 100:g}")
    names = SCORING["unit_of_one" if threshold == "1" else "unit_of"]
    return say(N_("at least {n} {unit}"), n=threshold, unit=say(names.get(unit, unit)))


def said(field: str, value: Any, document: Row) -> str:
    """A value of a document as people read it; nothing as an en dash."""
    if value is None or value in ("", []):
        return "–"
    if field == "active":
        return t("Yes") if value else t("No")
    if field == "steps":
        return steps_told(value)
    if field == "periods":
        names = names_in(document)
        return t(", ").join(names.get(code, code) for code in value)
    if field in ("section", "part"):
        return names_in(document).get(value, str(value))
    if field == "group":
        rows = [row for row in document.get("items", ()) if row.get("group") == value]
        return t(", ").join(named(row) for row in rows) or str(value)
    tables = {"kind": "item_kind", "award": "award", "unit": "unit_of"}
    if field in tables:
        return scoring(tables[field], value)
    return label("trigger", value) if field == "trigger" else str(value)
