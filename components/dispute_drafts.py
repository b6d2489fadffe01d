"""Forms of this dispute that somebody began and did not finish, offered to go on with."""

import streamlit as st

from components import dispute_sheet
from components.forms import plain
from components.words import moment, t
from db.rules.permissions import Actor
from db.services import intake
from db.services.mediation.read import DisputeView


def offered(actor: Actor, seen: DisputeView) -> None:
    """Each kept draft of this dispute whose form is not open, with the way back into it."""
    begun = f"dispute:{seen.id}:"
    for row in intake.drafts(actor).to_dict("records"):
        form, _, record = str(row["form"]).removeprefix(begun).partition(":")
        kept = str(row["form"]).startswith(begun) and form in dispute_sheet.KEPT
        if kept and not dispute_sheet.is_open(seen.id, form, record):
            with st.container(horizontal=True, vertical_alignment="center", key=f"draft-{seen.id}-{form}-{record}"):
                said = t("You began: {what} (kept {time})", what=row["label"], time=moment(row["saved_at"]))
                st.markdown(f":material/edit_note: {plain(said)}", width="content")
                st.button(
                    t("Continue"),
                    key=f"continue-{seen.id}-{form}-{record}",
                    on_click=dispute_sheet.show,
                    args=(seen.id, form, record, dispute_sheet.KEPT[form]),
                )
