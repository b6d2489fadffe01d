"""A case registered by mistake: put into the bin from its page, told at its address, and taken out again."""

from collections.abc import Mapping

import streamlit as st

from components.case_outcome import some
from components.forms import mark_problem, plain, press
from components.kept_forms import KeptForm
from components.words import moment, t
from db.rules.permissions import Actor, Permission
from db.services import cases
from db.services.cases import CaseView
from db.services.records import Saved


def to_bin(actor: Actor, seen: CaseView) -> None:
    """The reason and the button, or what to do instead."""
    why = cases.why_not_binned(actor, case_ids=[seen.id])[seen.id]
    if why is not None:
        mark_problem(why)
        return
    number = str(seen.fields["number"])
    with KeptForm("case.bin", record=seen.id, subject=number, label=t("Put into the bin"), border=False) as form:
        st.caption(t("Only what was registered by mistake. It keeps its number and can be taken out again."))
        form.area("reason", t("Reason"), height=80)
        form.submit(t("Put into the bin"), put, rows={seen.id: seen.version}, icon=":material/delete:")


def put(actor: Actor, *, rows: Mapping[int, int], reason: str, key: str) -> Saved:
    """The act of a form with the reason: the bin takes what nobody changed since."""
    return some(cases.put_in_bin(actor, rows=rows, reason=reason, key=key))


def lies_in_bin(actor: Actor, case_id: int) -> bool:
    """Tell of a case in the bin to who may see the bin, with the button that takes it out; no for any other."""
    lying = cases.in_bin(actor, case_id=case_id) if actor.may(Permission.CASES_BIN) else None
    if lying is None:
        return False
    said = t(
        "{number} was put into the bin {time} by {who}.",
        number=lying.number,
        time=moment(lying.gone_at),
        who=lying.gone_by,
    )
    st.info(
        f"{plain(said)}  \n{plain(lying.subject)}  \n{plain(t('Reason'))}: {plain(lying.reason)}",
        icon=":material/delete:",
    )
    with st.container(horizontal=True):
        press(
            "case.restore",
            t("Take out of the bin"),
            cases.restore,
            record=case_id,
            rows={lying.id: lying.version},
            main=True,
            icon=":material/restore_from_trash:",
        )
        if st.button(t("To the bin"), key="to-the-bin"):
            st.switch_page("pages/cases/bin.py")
    return True
