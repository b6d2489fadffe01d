"""Who owes whom what, until when, and what was done towards it; overdue in red, late in orange."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from components.case_clocks import left as days_words
from components.dispute_labels import label, labels
from components.dispute_sheet import ask, closing, is_open, kept, menu, opener, sheet
from components.dispute_texts import LINE, money, parties, typed
from components.forms import Form, plain
from components.words import day, t
from db.rules.mediation.words import ObligationKind, Side, Standing, State
from db.rules.permissions import Actor
from db.services.mediation import obligations
from db.services.mediation.read import DisputeView

COLOURS = {"due": "gray", "part": "blue", "fulfilled": "green"}
Owed = Mapping[str, Any]


def show(actor: Actor, seen: DisputeView) -> None:  # noqa: ARG001 - every part is drawn alike
    """The obligations one by one with their standing, and ways to write more down."""
    mediating = seen.fields["state"] == State.MEDIATING and seen.may_keep
    with st.container(horizontal=True, vertical_alignment="center", key=f"obligations-acts-{seen.id}"):
        if mediating:
            opener(seen, t("Add an obligation"), "obligation", icon=":material/add:")
            opener(seen, t("Add instalments"), "instalments", icon=":material/calendar_month:")
    with st.container(key=f"obligation-new-{seen.id}"):
        if is_open(seen.id, "obligation"):
            with sheet(seen, t("Add an obligation"), "obligation"):
                _form(seen, None)
        elif is_open(seen.id, "instalments"):
            with sheet(seen, t("Add instalments"), "instalments"):
                _instalments(seen)
    if not seen.obligations:
        _empty(seen, mediating)
        return
    _sums(seen)
    for row in seen.obligations:
        _row(seen, row, mediating)


def _empty(seen: DisputeView, mediating: bool) -> None:
    if mediating:
        st.info(t("Nothing is promised yet. Write each thing down that one party owes another, with its day."))
    elif seen.fields["state"] == State.REGISTERED:
        st.info(t("What the parties promise each other is written down during the mediation."))
    else:
        st.info(t("There is nothing to perform."))


def _sums(seen: DisputeView) -> None:
    amounts = [row for row in seen.obligations if row["kind"] == ObligationKind.MONEY]
    if not amounts:
        return
    done = sum(row["performed"] for row in amounts)
    told = t(
        "Promised {promised}, paid {paid}, left {left}.",
        promised=money(sum(row["amount"] for row in amounts)),
        paid=money(done),
        left=money(sum(row["left"] for row in amounts)),
    )
    st.markdown(plain(told))


def _row(seen: DisputeView, row: Owed, mediating: bool) -> None:
    with st.container(border=True, key=f"obligation-{row['id']}", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", key=f"obligation-head-{row['id']}"):
            st.markdown(_told(seen, row), width="stretch")
            if seen.fields["state"] == State.AGREED and seen.may_keep and row["standing"] != Standing.FULFILLED:
                opener(seen, t("Record a performance"), "perform", row["id"])
            if mediating:
                acts = {"edit_obligation": t("Edit"), "remove_obligation": t("Take out of the file")}
                menu(seen, acts, row["id"], of="obligation")
        for one in row["performances"]:
            _performance(seen, one)
        with st.container(key=f"obligation-forms-{row['id']}"):
            _forms(seen, row)


def _told(seen: DisputeView, row: Owed) -> str:
    """What is owed and how it stands; who to whom, until when and how."""
    what = money(row["amount"]) if row["kind"] == ObligationKind.MONEY else row["act"]
    who = t("{debtor} to {creditor}", debtor=row["debtor"], creditor=row["creditor"])
    series = [one["id"] for one in seen.obligations if row["series"] and one["series"] == row["series"]]
    more = [
        t("due {day}", day=day(row["due_on"])),
        t("{n} of {all}", n=series.index(row["id"]) + 1, all=len(series)) if series else "",
        row["manner"],
        row["place"],
    ]
    under = " · ".join(plain(part) for part in more if part)
    return f"**{plain(what)}** {_standing(seen, row)}  \n{plain(who)} :gray[{under}]"


def _standing(seen: DisputeView, row: Owed) -> str:
    if row["overdue"]:
        late = days_words((row["due_on"] - seen.today).days, None)
        return f":red-badge[:material/error: {plain(late)}]"
    if row["late"]:
        return f":orange-badge[{plain(t('Fulfilled late'))}]"
    return f":{COLOURS.get(row['standing'], 'gray')}-badge[{plain(label('standing', row['standing']))}]"


def _performance(seen: DisputeView, one: Owed) -> None:
    done = money(one["amount"]) if one["amount"] else t("Done") if one["whole"] else t("Done in part")
    told = f":green[:material/check:] {plain(done)} :gray[{plain(day(one['done_on']))}"
    told += f" · {plain(one['person'])}]" if one["person"] else "]"
    if one["evidence"]:
        told += f"  \n{plain(one['evidence'])}"
    if one["attachment_id"] and one["file"]:
        told += f"  \n:material/attach_file: [{plain(one['file'])}](/files/{int(one['attachment_id'])})"
    with st.container(horizontal=True, vertical_alignment="center", key=f"performance-{one['id']}"):
        st.markdown(told, width="stretch")
        if seen.may_keep:
            menu(seen, {"remove_performance": t("Take out of the file")}, one["id"], of="performance")
    with st.container(key=f"performance-forms-{one['id']}"):
        if is_open(seen.id, "remove_performance", one["id"]):
            _remove(seen, "remove_performance", obligations.remove_performance, one, performance_id=int(one["id"]))


def _forms(seen: DisputeView, row: Owed) -> None:
    if is_open(seen.id, "perform", row["id"]):
        with sheet(seen, t("Record a performance"), "perform", row["id"]):
            _perform(seen, row)
    elif is_open(seen.id, "edit_obligation", row["id"]):
        with sheet(seen, t("Edit the obligation"), "edit_obligation", row["id"]):
            _form(seen, row)
    elif is_open(seen.id, "remove_obligation", row["id"]):
        _remove(seen, "remove_obligation", obligations.remove_obligation, row, obligation_id=int(row["id"]))


def _perform(seen: DisputeView, row: Owed) -> None:
    with kept(seen, t("Record a performance"), "perform", row["id"], version=int(row["version"])) as form:
        left, right = st.columns(2)
        with left:
            form.day("done_on", t("Done on"), seen.today, max_value=seen.today)
        with right:
            if row["kind"] == ObligationKind.MONEY:
                form.text("amount", t("Amount (yuan)"), typed(row["left"]))
            else:
                form.tick("whole", t("Done completely"), True)
        form.area("evidence", t("What proves it"), height=80)
        form.files("uploads", t("Receipt or photograph"))
        form.submit(
            t("Save the performance"),
            closing(seen.id, obligations.perform),
            dispute_id=seen.id,
            obligation_id=int(row["id"]),
        )


def _form(seen: DisputeView, row: Owed | None) -> None:
    says: Owed = row or _who_pays(seen)
    with (
        kept(seen, t("Add an obligation"), "obligation")
        if row is None
        else kept(seen, t("Edit the obligation"), "edit_obligation", row["id"], version=int(row["version"]))
    ) as form:
        _who(form, seen, says)
        left, right = st.columns(2)
        with left:
            form.choose("kind", t("What is owed"), labels("obligation"), says.get("kind", ObligationKind.MONEY))
            form.text("amount", t("Amount (yuan)"), typed(says.get("amount", 0)))
        with right:
            form.day("due_on", t("Due on"), says.get("due_on"))
            form.text("manner", t("In which way"), says.get("manner", ""), max_chars=LINE)
        form.area("act", t("What is to be done (if not paying)"), says.get("act", ""), height=80)
        form.text("place", t("Where"), says.get("place", ""), max_chars=LINE)
        if row is None:
            form.submit(t("Add"), closing(seen.id, obligations.add_obligation), dispute_id=seen.id)
        else:
            act = closing(seen.id, obligations.edit_obligation)
            form.submit(t("Save"), act, dispute_id=seen.id, obligation_id=int(row["id"]))


def _instalments(seen: DisputeView) -> None:
    st.caption(t("Equal parts; the last one takes the rest, so that the sum is exact."))
    with kept(seen, t("Add instalments"), "instalments") as form:
        _who(form, seen, _who_pays(seen))
        left, right = st.columns(2)
        with left:
            agreed = 0 if seen.agreement is None else seen.agreement["amount"]
            form.text("total", t("Amount in all (yuan)"), typed(agreed))
            form.number("count", t("In how many parts"), 3, min_value=2)
            form.text("manner", t("In which way"), max_chars=LINE)
        with right:
            form.day("first_due_on", t("First due on"))
            form.number("every_months", t("Every how many months"), 1, min_value=1)
            form.text("place", t("Where"), max_chars=LINE)
        form.submit(t("Add the instalments"), closing(seen.id, obligations.add_instalments), dispute_id=seen.id)


def _who(form: Form, seen: DisputeView, says: Owed) -> None:
    left, right = st.columns(2)
    with left:
        form.choose("debtor_id", t("Who owes"), parties(seen), says.get("debtor_id"))
    with right:
        form.choose("creditor_id", t("To whom"), parties(seen), says.get("creditor_id"))


def _who_pays(seen: DisputeView) -> Owed:
    """Mostly the respondent owes the applicant, when there is one of each."""
    sides = {side: [int(row["id"]) for row in seen.parties if row["side"] == side] for side in Side}
    if any(len(ids) != 1 for ids in sides.values()):
        return {}
    return {"debtor_id": sides[Side.RESPONDENT][0], "creditor_id": sides[Side.APPLICANT][0]}


def _remove(seen: DisputeView, form: str, act: Any, row: Owed, **which: int) -> None:
    question = t("Take this out of the file? It can be put back under “What happened”.")
    version = int(row["version"])
    ask(seen, question, t("Take out of the file"), act, form, row["id"], dispute_id=seen.id, version=version, **which)
