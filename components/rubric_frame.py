"""Parts with weights, periods with days, sections, grades and the ladder: to read, and for who drafts to change."""

from decimal import Decimal
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from components.forms import Form, plain
from components.rubric_labels import label
from components.rubric_lines import adding, frame, grid, number, taking_out, text
from components.score_labels import named
from components.words import t
from db.rules.scoring.drafting import digest, lines_of
from db.rules.scoring.typed import number_of
from db.rules.scoring.typed import plain as written
from db.rules.scoring.written import day_in
from db.services.scoring import drafts
from db.services.scoring.drafts import FRAME, LADDER, some_of
from db.services.scoring.rubrics import RubricView

_NAMES = ("name", "name_en")


def show(seen: RubricView) -> None:
    """How parts come to 100, when each period is, the sections, the base and what bonuses come to at most."""
    st.markdown(f"**{plain(t('Parts of the total'))}**")
    _weights(seen)
    if not seen.may_edit:
        _read_parts(seen)
        _read_frame(seen)
        return
    config = {"name": text(t("Part")), "name_en": text(t("Name in English")), "weight": number(t("Weight"))}
    config["source"] = text(t("Source"))
    if lines_of(seen.document, "parts"):
        grid(seen, "parts", frame(seen, "parts"), config, [*_NAMES, "weight", "source"])
    adding(seen, "parts", t("Add a part"), partial(_name_and, "weight", t("Weight")))
    taking_out(seen, "parts", t("Take a part out"), _names(seen, "parts"))
    _periods(seen)
    _sections(seen)
    _whole(seen)


def grades(seen: RubricView) -> None:
    """From how many points on a total has which grade."""
    found = frame(seen, "grades")
    if found.empty:
        st.info(t("No grades: totals are only ranked."), icon=":material/military_tech:")
    elif not seen.may_edit:
        rows = [(named(line), line["least"]) for line in lines_of(seen.document, "grades")]
        _table(rows, [t("Grade"), t("From points")])
    else:
        config = {"name": text(t("Grade")), "name_en": text(t("Name in English")), "least": number(t("From points"))}
        grid(seen, "grades", found, config, [*_NAMES, "least"])
    if seen.may_edit:
        adding(seen, "grades", t("Add a grade"), partial(_name_and, "least", t("From points")))
        taking_out(seen, "grades", t("Take a grade out"), _names(seen, "grades"))


def ladder(seen: RubricView) -> None:
    """How many units are told of, what follows after how many months running, and what a decrease brings."""
    told = seen.document
    st.markdown(
        plain(
            t(
                "Each month the units with the highest increase of the figure are told of: {told}. After {rectify} "
                "months running they rectify, after {yellow} they get a yellow card.",
                told=told["told"],
                rectify=told["rectify_after"],
                yellow=told["yellow_after"],
            )
        )
    )
    if seen.may_edit:
        form = Form("rubric.ladder", record=seen.id, version=digest(some_of(told, LADDER)))
        with form:
            columns = st.columns(3)
            for column, name in zip(columns, LADDER, strict=True):
                with column:
                    form.number(name, label("field", name), told[name])
            form.submit(t("Save"), drafts.save_ladder, rubric_id=seen.id)
    st.markdown(f"**{plain(t('Rewards'))}**")
    found = frame(seen, "rewards")
    if found.empty:
        st.info(t("No rewards."), icon=":material/redeem:")
    elif not seen.may_edit:
        rows = [(f"{line['percent']} %", line["yuan"]) for line in lines_of(told, "rewards")]
        _table(rows, [t("Decrease of at least"), t("Yuan")])
    else:
        config = {"percent": number(t("Decrease in percent")), "yuan": number(t("Reward in yuan"))}
        config["source"] = text(t("Source"))
        grid(seen, "rewards", found, config, ["percent", "yuan", "source"])
    if seen.may_edit:
        adding(seen, "rewards", t("Add a reward"), _reward_fields)
        rewards = {line["percent"]: f"{line['percent']} %" for line in lines_of(told, "rewards")}
        taking_out(seen, "rewards", t("Take a reward out"), rewards)


# --- parts and periods ---


def _weights(seen: RubricView) -> None:
    """The running sum beside the weights."""
    weights = [number_of(line["weight"]) or Decimal() for line in lines_of(seen.document, "parts")]
    total = sum(weights, Decimal())
    summed = f"{' + '.join(written(weight) for weight in weights) or '0'} = {written(total)}"
    if total == 100:
        st.markdown(f":green[:material/check: {plain(t('Weights: {sum}', sum=summed))}]")
    else:
        said = t("Weights: {sum}; they have to come to 100.", sum=summed)
        st.markdown(f":red[:material/error: {plain(said)}]")


def _read_parts(seen: RubricView) -> None:
    rows = [
        (
            named(part),
            f"{part['weight']} %",
            named(period),
            *(f"{day_in(period[name], seen.year):%Y-%m-%d}" for name in ("begins", "ends")),
            part.get("source", ""),
        )
        for part in lines_of(seen.document, "parts")
        for period in part["periods"]
    ]
    _table(rows, [t("Part"), t("Weight"), t("Period"), t("Begins"), t("Ends"), t("Source")])


def _read_frame(seen: RubricView) -> None:
    base, cap = seen.document.get("base", "100"), seen.document.get("bonus_cap")
    said = t("Every sheet is out of {base} points.", base=base)
    said += " " + (t("All bonuses together count at most {n} points.", n=cap) if cap else "")
    st.caption(plain(said))


def _periods(seen: RubricView) -> None:
    st.markdown(f"**{plain(t('Periods'))}**")
    parts = _names(seen, "parts")
    found = frame(seen, "periods")
    within: dict[str, Any] = {"min_value": day_in("01-01", seen.year), "max_value": day_in("12-31", seen.year)}
    if not found.empty:
        shown = found.assign(of=[parts.get(code, code) for code in found["part"]])
        date = st.column_config.DateColumn
        config = {"of": text(t("Part")), "name": text(t("Period")), "name_en": text(t("Name in English"))}
        config |= {"begins": date(t("Begins"), format="YYYY-MM-DD"), "ends": date(t("Ends"), format="YYYY-MM-DD")}
        grid(seen, "periods", shown, config, [*_NAMES, "begins", "ends"])
    if parts:
        adding(seen, "periods", t("Add a period"), partial(_period_fields, parts, within))
        taking_out(seen, "periods", t("Take a period out"), _names(seen, "periods"))


def _period_fields(parts: dict[str, str], within: dict[str, Any], form: Form) -> None:
    left, right = st.columns(2)
    with left:
        form.choose("part", t("Part"), parts)
        form.text("name", t("Name"))
        form.text("name_en", t("Name in English (optional)"))
    with right:
        form.day("begins", t("Begins"), **within)
        form.day("ends", t("Ends"), **within)


# --- sections, base and cap ---


def _sections(seen: RubricView) -> None:
    st.markdown(f"**{plain(t('Sections'))}**")
    found = frame(seen, "sections")
    if not found.empty:
        config = {"name": text(t("Section")), "name_en": text(t("Name in English"))}
        grid(seen, "sections", found, config, _NAMES)
    adding(seen, "sections", t("Add a section"), partial(_name_and, "", ""))
    taking_out(seen, "sections", t("Take a section out"), _names(seen, "sections"))


def _whole(seen: RubricView) -> None:
    st.markdown(f"**{plain(t('Base and bonuses'))}**")
    form = Form("rubric.frame", record=seen.id, version=digest(some_of(seen.document, FRAME)))
    with form:
        left, right = st.columns(2)
        with left:
            form.text("base", t("Points of a full sheet"), seen.document.get("base", "100"))
        with right:
            cap = seen.document.get("bonus_cap", "")
            form.text("bonus_cap", t("Most points of all bonuses together (empty: no limit)"), cap)
        form.submit(t("Save"), drafts.save_frame, rubric_id=seen.id)


def _name_and(name: str, title: str, form: Form) -> None:
    """A line with names and one number."""
    left, right = st.columns(2)
    with left:
        form.text("name", t("Name"))
        if name:
            form.text(name, title)
    with right:
        form.text("name_en", t("Name in English (optional)"))


def _reward_fields(form: Form) -> None:
    left, right = st.columns(2)
    with left:
        form.text("percent", t("Decrease in percent"))
    with right:
        form.text("yuan", t("Reward in yuan"))


def _names(seen: RubricView, what: str) -> dict[str, str]:
    return {line["code"]: named(line) for line in lines_of(seen.document, what)}


def _table(rows: list[tuple[Any, ...]], titles: list[str]) -> None:
    st.dataframe(pd.DataFrame(rows, columns=titles), hide_index=True, placeholder="–", height="content")
