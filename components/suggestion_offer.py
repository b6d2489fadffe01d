"""What similar cases were, offered beside a choice; one click takes it, nothing chosen is ever replaced."""

from collections.abc import Mapping, Sequence

import streamlit as st

from components.case_step_state import OpenStep
from components.forms import plain
from components.intake_draft import OpenDraft
from components.words import t
from db.rules.cases import Kind
from db.rules.permissions import Actor
from db.services import suggesting
from db.services.cases import CaseView
from db.services.importing.planning import UNSORTED, PreviewRow

ICON = ":material/lightbulb:"


def category(actor: Actor, draft: OpenDraft, names: Mapping[str, str]) -> None:
    """Below the category of the intake form, while none is chosen; asked again only when the words changed."""
    if draft.value("category") or draft.value("kind") == Kind.ACCUSATION:
        return
    asked = tuple(str(draft.value(name)) for name in ("subject", "text"))
    if draft.suggested[0] != asked:
        draft.suggested = asked, tuple(suggesting.suggest(actor, subject=asked[0], text=asked[1]))
    for told in draft.suggested[1]:
        if told.code in names:
            said = t(
                "Like earlier cases: {category} ({percent} % sure)", category=names[told.code], percent=_percent(told)
            )
            st.button(
                plain(said),
                key=draft.key(f"_suggested_{told.code}"),
                type="tertiary",
                icon=ICON,
                on_click=_choose_category,
                args=(draft, told.code),
                help=t("A guess learned from closed cases. A click chooses it; you can still choose another."),
            )


def for_rows(actor: Actor, rows: Sequence[PreviewRow], names: Mapping[str, str]) -> list[str]:
    """For each row of a preview that no category was found for: what similar cases were; only told, never taken."""
    asked = [row for row in rows if row.fields["category"] in UNSORTED]
    words = [(str(row.fields["subject"]), str(row.fields["text"])) for row in asked]
    likely = suggesting.suggest_many(actor, rows=words) if words else []
    told = {
        row.row: t("{category} ({percent} % sure)", category=names[one.code], percent=_percent(one))
        for row, one in zip(asked, likely, strict=True)
        if one is not None and one.code in names and one.code not in UNSORTED
    }
    return [told.get(row.row, "") for row in rows]


def unit(actor: Actor, seen: CaseView, form: OpenStep, names: Mapping[int, str]) -> None:
    """Below the lead unit of a proposal, while none is chosen."""
    if form.values.get("unit") is not None:
        return
    told = suggesting.suggest_unit(actor, case_id=seen.id)
    if told is None or told.unit_id is None or told.unit_id not in names:
        return
    said = t("Matters like this often went to {unit} ({percent} % sure)", unit=names[told.unit_id].strip("　"),
             percent=_percent(told))  # fmt: skip
    st.button(
        plain(said),
        key=form.key("-suggested"),
        type="tertiary",
        icon=ICON,
        on_click=_choose_unit,
        args=(form, told.unit_id),
        help=t("A guess learned from closed cases. A click chooses it; you can still choose another."),
    )


def _choose_category(draft: OpenDraft, code: str) -> None:
    draft.values["category"] = st.session_state[draft.key("category")] = code


def _choose_unit(form: OpenStep, unit_id: int) -> None:
    form.values["unit"] = st.session_state[form.key("unit")] = unit_id


def _percent(told: suggesting.Suggestion) -> int:
    return round(told.confidence * 100)
