"""A unit's sheets to read, live or as they were published: total with its sum check, lines, and what each rests on."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction
from typing import Any

import pandas as pd
import streamlit as st

from components.forms import plain
from components.score_labels import DASH, label, measure, named, rule, shown
from components.words import day, moment, t

Told = Mapping[str, Any]


def total(told: Told) -> None:
    """The total, what it is made of, and the sum added up again from the printed parts."""
    whole = told["total"]
    with st.container(border=True, key="score-total"):
        with st.container(horizontal=True, gap="small"):
            st.metric(t("Total"), shown(whole), width=140)
            st.metric(t("Base"), _base(whole), width=140)
            st.metric(t("Bonus counted"), shown(whole["bonus_counted"]), help=_cap(told), width=140)
            st.metric(t("Deductions"), shown(whole["deduction"]), width=140)
        st.caption(_sum(whole))
        if whole["missing"]:
            names = {one["code"]: named(one) for one in told["periods"]}
            missing = t(", ").join(names.get(code, code) for code in whole["missing"])
            st.caption(t("Not finished yet, so left out of this total: {periods}.", periods=missing))
        for card in told["cards"]:
            _card(card)


def parts(told: Told) -> None:
    """Each part with its mean, its share and its points."""
    rows = told["total"]["parts"]
    columns = {
        t("Part"): [named(part) for part in rows],
        t("Sheets that count"): [f"{part['counted']} / {part['of']}" for part in rows],
        t("Mean"): [shown(part["mean"]) for part in rows],
        t("Weight (%)"): [part["weight"] for part in rows],
        t("Share now (%)"): [shown(part["share"]) for part in rows],
        t("Points"): [shown(part["points"]) for part in rows],
    }
    st.dataframe(pd.DataFrame(columns), hide_index=True, width="stretch", alt=t("Parts of the total"))


def period_head(sheet: Told) -> None:
    """The span of a sheet, its score, and who finished it."""
    span = t("{begins} to {ends}", begins=_day(sheet["begins"]), ends=_day(sheet["ends"]))
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{t('Score')} {shown(sheet['score'])}**")
        st.badge(label("standing", sheet["standing"]), color="green" if sheet["standing"] == "scored" else "gray")
        st.caption(span)
    if sheet["finished_at"]:
        when = _moment(sheet["finished_at"])
        st.caption(t("Finished by {name}, {time}", name=sheet["finished_by"], time=when))
    if sheet["computed_at"]:
        st.caption(t("Computed {time}", time=_moment(sheet["computed_at"])))


def lines(rows: Sequence[Told], *, key: str) -> str:
    """Lines of a sheet; answers the item of the one chosen, "" none."""
    columns = {
        t("Item"): [named(row) for row in rows],
        t("Points"): [_points(row) for row in rows],
        t("Of"): [row["most"] if row["kind"] == "base" else "" for row in rows],
        t("Count"): [row["count"] or "" for row in rows],
        t("How"): [_how(row) for row in rows],
        t("Rule"): [rule(row["source"]) for row in rows],
    }
    frame = pd.DataFrame(columns)
    frame[t("Count")] = frame[t("Count")].astype(str)
    if any(row["kind"] == "base" for row in rows):
        frame = frame.drop(columns=[t("Count")])
    else:
        frame = frame.drop(columns=[t("Of")])
    chosen = st.dataframe(
        frame,
        hide_index=True,
        width="stretch",
        height="content",
        on_select="rerun",
        selection_mode="single-row",
        key=key,
        alt=t("Lines of the sheet"),
    )
    picked = chosen["selection"]["rows"]
    return str(rows[picked[0]]["code"]) if picked and picked[0] < len(rows) else ""


def measured(told: Told) -> None:
    """Minimums and targets beside what was measured."""
    rows = told["total"]["measured"]
    if not rows:
        return
    st.subheader(t("Minimums and targets"), anchor=False)
    columns = {
        t("Item"): [named(row) for row in rows],
        t("Measured"): [measure(row["value"], row["unit"]) for row in rows],
        t("Asked for"): [measure(row["asked"], row["unit"]) for row in rows],
        t("Reached"): [DASH if row["met"] is None else t("Yes") if row["met"] else t("No") for row in rows],
        t("Rule"): [rule(row["source"]) for row in rows],
    }
    st.dataframe(pd.DataFrame(columns), hide_index=True, width="stretch", alt=t("Minimums and targets"))


def items(told: Told) -> dict[str, Told]:
    """Every line of the sheets and of the year's book by its item."""
    lines = [line for sheet in told["periods"] for line in sheet["lines"]]
    return {line["code"]: line for line in [*lines, *told["total"]["lines"], *told["total"]["measured"]]}


def evidence(told: Told, entry: Told) -> None:
    """One entry: what was given or taken, why, what it rests on, who wrote it."""
    item = items(told).get(entry["item"], {"name": entry["item"], "unit": ""})
    with st.container(border=True, gap="small", key=f"score-entry-{entry['id']}"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{plain(named(item))}**")
            st.caption(_day(entry["on_day"]), width="content")
            st.badge(_said(entry, item), color="gray")
            st.badge(t("Computed") if entry["computed"] else t("Typed"), color="blue" if entry["computed"] else "gray")
        if entry["reason"]:
            st.text(entry["reason"])
        if entry["event"]:
            st.caption(t("Event: {event}", event=plain(entry["event"])))
        if entry["record_id"]:
            number = told["records"].get(f"{entry['record']} {entry['record_id']}", DASH)
            st.caption(f"{label('evidence', entry['record'])}: {plain(number)}")
        for file_id, name in told["files"].get(str(entry["id"]), ()):
            st.link_button(name, f"/files/{file_id}", icon=":material/attach_file:", type="tertiary")
        if entry["computed"] and entry["basis"]:
            basis(json.loads(entry["basis"]))
        author = told["people"].get(str(entry["author_id"]), "")
        when = _moment(entry["written_at"])
        st.caption(t("{name}, {time}", name=plain(author), time=when) if author else when)


def basis(told: Told) -> None:
    """The formula of a computed point and what went into it."""
    if told.get("formula"):
        st.caption(t(told["formula"]))
    if told.get("denominator") is not None:
        st.caption(f"{told.get('numerator', 0)} ÷ {told['denominator']}")


def _base(whole: Told) -> str:
    if not whole["exact"]:
        return DASH
    base = sum((Fraction(part["points"]["exact"]) for part in whole["parts"] if part["counted"]), Fraction())
    return f"{float(base):.1f}"


def _cap(told: Told) -> str | None:
    if told["bonus_cap"] is None:
        return None
    return t("{bonus} earned, at most {cap} count", bonus=shown(told["total"]["bonus"]), cap=told["bonus_cap"])


def _sum(whole: Told) -> str:
    if not whole["exact"]:
        return t("No sheet counts yet.")
    pieces = [f"{named(part)} {shown(part['points'])}" for part in whole["parts"] if part["counted"]]
    pieces += [f"{t('Bonus')} {shown(whole['bonus_counted'])}"]
    added = " + ".join(pieces) + f" − {t('Deductions')} {shown(whole['deduction'])}"
    fine = whole["sum"]["exact"] == whole["exact"]
    verdict = t("The sum is right.") if fine else t("The sum does not come out; tell the administrator.")
    rounding = t("Added up exactly, rounded once, half up, to one decimal.")
    return f"{plain(added)} = **{shown(whole)}** · {verdict} {rounding}"


def _card(card: Told) -> None:
    said = t(
        "{kind} of {day}, signed by {name}: {reason}",
        kind=label("card", card["kind"]),
        day=_day(card["on_day"]),
        name=card["signed_by"],
        reason=card["reason"],
    )
    icon = ":material/block:" if card["kind"] == "veto" else ":material/style:"
    st.warning(plain(said), icon=icon)


def _points(row: Told) -> str:
    if not row["applicable"]:
        return t("does not apply")
    if row["open"]:
        return DASH
    return shown(row["points"]) if row["kind"] != "deduction" or not row["count"] else f"−{shown(row['points'])}"


def _how(row: Told) -> str:
    return t("computed") if row["trigger"] else label("award", row["award"]) if row["kind"] == "base" else t("typed")


def _said(entry: Told, item: Told) -> str:
    if entry["not_applicable"]:
        return t("does not apply")
    if entry["points"]:
        return t("{points} points", points=entry["points"])
    if item.get("award") == "rate":
        return measure(entry["value"], "share")
    return measure(entry["value"], item["unit"]) if entry["value"] else f"× {entry['count']}"


def _day(text: str) -> str:
    return day(date.fromisoformat(text))


def _moment(text: str) -> str:
    return moment(datetime.fromisoformat(text))
