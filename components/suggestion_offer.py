"""What similar cases were, offered beside a choice; one click takes it, nothing chosen is ever replaced."""

from collections.abc import Mapping

import streamlit as st

from components.case_step_state import OpenStep
from components.forms import plain
from components.intake_draft import OpenDraft
from components.words import t
from db.rules.cases import Kind
from db.rules.permissions import Actor
from db.services import suggesting
from db.services.cases import CaseView

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
