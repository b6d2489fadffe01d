"""The items of a rubric by sections: to read, quickly changed in a grid, and one of them in full."""

from typing import Any

import pandas as pd
import streamlit as st

from components import asked
from components.forms import Form, plain, press
from components.kept_forms import KeptForm
from components.rubric_address import ADDING, CORRECTING, ITEM, KIND, SECTION
from components.rubric_labels import entered_by, label, said, triggers, worth
from components.rubric_lines import frame, grid, number, text
from components.score_labels import TABLES as SCORING
from components.score_labels import label as scoring
from components.score_labels import labels as scorings
from components.score_labels import named, rule
from components.tables import pick
from components.words import t
from db.rules.scoring.drafting import digest, lines_of
from db.rules.scoring.drafting_items import STEPS, typed_item
from db.rules.scoring.formulas import FORMULAS
from db.rules.scoring.triggers import Measure
from db.services.scoring import drafts
from db.services.scoring.rubrics import RubricView

Row = dict[str, Any]


def show(seen: RubricView) -> None:
    """Every section to read; for who drafts one section at a time with its grid and forms."""
    if not seen.may_edit:
        _read(seen)
        _formulas(seen)
        return
    _sums(seen)
    sections = {line["code"]: named(line) for line in lines_of(seen.document, "sections")}
    if not sections:
        st.info(t("No section yet. Add one under “Parts, periods and sections”."), icon=":material/category:")
        return
    section = _ask_section(sections)
    items = lines_of(seen.document, "items")
    places = [place for place, item in enumerate(items) if item.get("section") == section]
    if places:
        _grid(seen, section, places)
    else:
        st.info(t("No item in this section yet."), icon=":material/checklist:")
    _change(seen, [items[place] for place in places])
    _add(seen, section)
    _formulas(seen)


# --- reading ---


def _read(seen: RubricView) -> None:
    for section in lines_of(seen.document, "sections"):
        items = [item for item in lines_of(seen.document, "items") if item.get("section") == section["code"]]
        items = [item for item in items if item.get("active", True)]
        if items:
            st.markdown(f"**{plain(named(section))}**")
            _table(seen, items)
    off = [item for item in lines_of(seen.document, "items") if not item.get("active", True)]
    if off:
        with st.expander(t("Not in use ({n})", n=len(off)), icon=":material/visibility_off:"):
            _table(seen, off)


def _table(seen: RubricView, items: list[Row]) -> None:
    told = pd.DataFrame(
        {
            t("Item"): [named(item) for item in items],
            t("Worth"): [worth(item) for item in items],
            t("Computed from"): [entered_by(item) for item in items],
            t("Scored in"): [said("periods", item.get("periods"), seen.document) for item in items],
            t("Together with"): [_partners(seen, item) for item in items],
            t("Source"): [rule(item["source"]) if item.get("source") else "" for item in items],
        }
    )
    for name in (t("Scored in"), t("Together with")):
        if set(told[name]) <= {"–", ""}:
            told = told.drop(columns=name)
    widths = {t("Item"): 260, t("Worth"): 180, t("Computed from"): 200}
    config = {name: st.column_config.TextColumn(width=width) for name, width in widths.items()}
    st.dataframe(told, hide_index=True, column_config=config, placeholder="–", height="content")


def _partners(seen: RubricView, item: Row) -> str:
    """The other items of its group; of one event only the highest counts."""
    group = item.get("group")
    rows = [one for one in lines_of(seen.document, "items") if group and one.get("group") == group]
    return t(", ").join(named(one) for one in rows if one["code"] != item["code"])


def _formulas(seen: RubricView) -> None:
    """In plain words what each computed item is computed from."""
    used = dict.fromkeys(item["trigger"] for item in lines_of(seen.document, "items") if item.get("trigger"))
    shown = list(FORMULAS) if seen.may_edit else [code for code in used if code in FORMULAS]
    if shown:
        with st.expander(t("What is computed, in words"), icon=":material/calculate:"):
            st.markdown(
                "\n".join(f"- **{plain(label('trigger', code))}**: {plain(t(FORMULAS[code]))}" for code in shown)
            )


# --- changing ---


def _sums(seen: RubricView) -> None:
    """What the base items of each period come to, beside what they have to."""
    base = seen.document.get("base", "100")
    wrong = [fault for fault in seen.faults if fault.field.startswith("period:")]
    if not wrong:
        text_ = t("The base items of every period come to {base}.", base=base)
        st.markdown(f":green[:material/check: {plain(text_)}]")
        return
    names = {line["code"]: named(line) for line in lines_of(seen.document, "periods")}
    sums = t(", ").join(f"{names.get(one.field.partition(':')[2], '')} {one.values['total']}" for one in wrong)
    text_ = t("Base items have to come to {base}; they come to: {sums}", base=base, sums=sums)
    st.markdown(f":red[:material/error: {plain(text_)}]")


def _ask_section(sections: dict[str, str]) -> str:
    section = st.query_params.get(SECTION, "")
    section = section if section in sections else next(iter(sections))
    asked.widget(
        st.pills,
        SECTION,
        section,
        label=t("Section"),
        options=list(sections),
        format_func=lambda code: sections.get(code, code),
        required=True,
    )
    return section


def _grid(seen: RubricView, section: str, places: list[int]) -> None:
    """Names, points and whether they are in use, changed in place."""
    items = lines_of(seen.document, "items")
    found = frame(seen, "items", places)
    found["what"] = [scoring("item_kind", items[place]["kind"]) for place in places]
    found["worth"] = [worth(items[place]) for place in places]
    kinds = {items[place]["kind"] for place in places}
    config: dict[str, Any] = {
        "name": text(t("Name"), width=230),
        "name_en": text(t("Name in English"), width=200),
        "what": text(t("Kind"), width=100),
    }
    if kinds & {"base", "bonus", "deduction"}:
        config["points"] = number(t("Worth"), width=80)
    if kinds & {"minimum", "target"}:
        config["threshold"] = number(t("Asked for"), width=90)
    config["active"] = st.column_config.CheckboxColumn(t("In use"), width=70)
    config["worth"] = text(t("What it brings"), width=180)
    grid(seen, "items", found, config, ["name", "name_en", "points", "threshold", "active"], section)


def _change(seen: RubricView, items: list[Row]) -> None:
    """One item in full."""
    chosen = pick(ITEM, t("Change one in full"), {item["code"]: named(item) for item in items})
    item = next((one for one in items if one["code"] == chosen), None)
    if item is None:
        return
    where = f"{seen.id}:{item['section']}:{item['code']}"
    with KeptForm(CORRECTING, record=where, version=digest(item), label=_drafted(seen, named(item))) as form:
        _fields(seen, form, item["kind"], typed_item(item, seen.document), item["code"])
        form.submit(t("Save"), drafts.save_line, rubric_id=seen.id, what="items", line=item["code"])
    which: dict[str, Any] = {"rubric_id": seen.id, "line": item["code"], "record": where}
    with st.container(horizontal=True):
        press("rubric.up", t("Move up"), drafts.move_item, icon=":material/arrow_upward:", by=-1, **which)
        press("rubric.down", t("Move down"), drafts.move_item, icon=":material/arrow_downward:", by=1, **which)


def _add(seen: RubricView, section: str) -> None:
    """A new item; its kind is chosen first, because each kind has its own fields."""
    kinds, asked_kind = scorings("item_kind"), st.query_params.get(KIND, "")
    if any(item["kind"] == "veto" for item in lines_of(seen.document, "items")):
        kinds.pop("veto")
    with st.expander(t("Add an item"), icon=":material/add:", expanded=asked_kind in kinds, key="add-items"):
        kind = st.segmented_control(
            t("Kind"),
            list(kinds),
            default=asked_kind if asked_kind in kinds else _likely(seen, section),
            format_func=lambda code: kinds.get(code, code),
            key=f"rubric-kind:{seen.id}:{section}",
            required=True,
        )
        where, label_ = f"{seen.id}:{section}:{kind}", _drafted(seen, kinds[str(kind)])
        with KeptForm(ADDING, record=where, border=False, label=label_) as form:
            _fields(seen, form, str(kind), typed_item({"kind": kind, "section": section}, seen.document), "")
            form.submit(t("Add"), drafts.add_line, rubric_id=seen.id, what="items", kind=kind)


def _drafted(seen: RubricView, what: str) -> str:
    """What a draft of an item is called in a list of drafts."""
    return t("{what} in the rubric of {year}", what=what, year=seen.year)


def _likely(seen: RubricView, section: str) -> str:
    """The kind of the section's first item."""
    kinds = [item["kind"] for item in lines_of(seen.document, "items") if item.get("section") == section]
    return kinds[0] if kinds and kinds[0] != "veto" else "base"


def _fields(seen: RubricView, form: Form, kind: str, typed: Row, code: str) -> None:
    """The fields of a kind, in the order people speak them."""
    left, right = st.columns(2)
    with left:
        form.text("name", t("Name"), typed["name"])
        sections = {line["code"]: named(line) for line in lines_of(seen.document, "sections")}
        form.choose("section", t("Section"), sections, typed["section"])
    with right:
        form.text("name_en", t("Name in English (optional)"), typed["name_en"])
        form.text("source", t("Source (optional)"), typed["source"])
    if kind == "base":
        _base_fields(seen, form, typed, left, right)
    elif kind in ("bonus", "deduction"):
        _event_fields(seen, form, typed, code, left, right)
    elif kind in ("minimum", "target"):
        _asked_fields(form, typed, left, right)
    form.tick("active", t("In use"), typed["active"])


def _base_fields(seen: RubricView, form: Form, typed: Row, left: Any, right: Any) -> None:
    with left:
        form.text("points", t("Worth (points)"), typed["points"])
        form.choose("award", t("How points come about"), scorings("award"), typed["award"])
    with right:
        form.choose("trigger", t("Computed from, for a share"), triggers(Measure.RATE), typed["trigger"])
        periods = {line["code"]: named(line) for line in lines_of(seen.document, "periods")}
        form.choose_many("periods", t("Scored in (empty: in every period)"), periods, typed["periods"])


def _event_fields(seen: RubricView, form: Form, typed: Row, code: str, left: Any, right: Any) -> None:
    items = [item for item in lines_of(seen.document, "items") if item["kind"] in ("bonus", "deduction")]
    others = {"": t("Nothing: it counts by itself")}
    others |= {item["code"]: named(item) for item in items if item["code"] != code and not item.get("steps")}
    with left:
        form.text("points", t("Points each time (always 0 or more)"), typed["points"])
        form.text("cap", t("Most in a year (optional)"), typed["cap"])
    with right:
        form.choose("trigger", t("Computed from"), triggers(Measure.NUMBER), typed["trigger"])
        form.choose(
            "together",
            t("Counts together with"),
            others,
            typed["together"],
            help=t("Of one event only the highest of them counts."),
        )
    st.caption(t("Or steps instead of points each time: from so many in a year on, so many points in all."))
    for column, step in zip(st.columns(STEPS), range(1, STEPS + 1), strict=True):
        with column:
            form.number(f"count_{step}", t("From how many on ({n})", n=step), typed[f"count_{step}"])
            form.text(f"step_{step}", t("Points in all ({n})", n=step), typed[f"step_{step}"])


def _asked_fields(form: Form, typed: Row, left: Any, right: Any) -> None:
    units = {code: t(message) for code, message in SCORING["unit_of"].items()}
    with left:
        form.text("threshold", t("Asked for (a share in percent)"), typed["threshold"])
        form.choose("unit", t("Of what"), units, typed["unit"] or None)
    with right:
        every = triggers(Measure.RATE, Measure.NUMBER)
        form.choose("trigger", t("Computed from"), every, typed["trigger"])
