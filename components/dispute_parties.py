"""The parties, side by side: who they are, what they were told, whether they consented and signed."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from components.dispute_labels import label, labels
from components.dispute_sheet import ask, closing, is_open, kept, menu, opener, sheet
from components.dispute_texts import LINE
from components.forms import plain
from components.kept_forms import KeptForm
from components.words import day, t
from db.rules.mediation.words import PartyKind, Side
from db.rules.permissions import Actor
from db.services.mediation import parties
from db.services.mediation.read import DisputeView

DONE, OPEN, REFUSED = (
    ":green[:material/check_circle:]",
    ":gray[:material/radio_button_unchecked:]",
    ":red[:material/block:]",
)
Party = Mapping[str, Any]


def show(actor: Actor, seen: DisputeView) -> None:
    """Both sides; names in clear only when asked for, which is written down."""
    clear = _identities(actor, seen)
    with st.container(key=f"add-party-{seen.id}"):
        if is_open(seen.id, "add_party"):
            with sheet(seen, t("Add a party"), "add_party"):
                _add(seen)
    for column, side in zip(st.columns(2, gap="medium"), Side, strict=True):
        with column:
            st.markdown(f":gray[{plain(label('side', side))}]")
            rows = [row for row in seen.parties if row["side"] == side]
            for row in rows:
                _card(seen, row, clear.get(int(row["id"])))
            if not rows:
                st.info(t("Nobody on this side yet. Add the party before the rights are told."))


def _identities(actor: Actor, seen: DisputeView) -> dict[int, Party]:
    """The names in clear while they were asked for; the buttons above the cards."""
    asked = f"dispute-identity:{seen.id}"
    shown = bool(st.session_state.get(asked)) and seen.may_unmask
    with st.container(horizontal=True, vertical_alignment="center", key=f"parties-acts-{seen.id}"):
        if seen.may_keep:
            opener(seen, t("Add a party"), "add_party", icon=":material/person_add:")
        if seen.may_unmask:
            st.button(
                t("Hide the identity") if shown else t("Show identity"),
                key=f"dispute-identity-button:{seen.id}",
                icon=":material/visibility_off:" if shown else ":material/visibility:",
                on_click=_show_identity,
                args=(asked, not shown),
            )
            st.caption(t("That you looked is written into the journal."))
    if not shown:
        return {}
    return {int(row["id"]): row for row in parties.unmask(actor, dispute_id=seen.id).to_dict("records")}  # type: ignore[misc]


def _show_identity(key: str, wanted: bool) -> None:
    st.session_state[key] = wanted


def _card(seen: DisputeView, row: Party, clear: Party | None) -> None:
    says = {**row, **(clear or {})}
    with st.container(border=True, key=f"party-{row['id']}", gap="small"):
        _who(says, row)
        st.markdown("  \n".join(_standing(seen, row)))
        with st.container(horizontal=True, vertical_alignment="center", key=f"party-acts-{row['id']}"):
            _buttons(seen, row)
        _forms(seen, row, clear)


def _who(says: Party, row: Party) -> None:
    badges = [label("party_kind", row["kind"])] if row["kind"] == PartyKind.ORGANISATION else []
    badges += [t("Child")] if row["child"] else []
    st.markdown(f"**{plain(says['name'] or '–')}** {' '.join(f':gray-badge[{plain(b)}]' for b in badges)}")
    about = [label("sex", row["sex"]) if row["sex"] else "", _age(row["age"]), row["occupation"]]
    agent = _joined(says.get("agent"), says.get("agent_contact"), row["agent_powers"], _until(row["agent_until"]))
    lines = [
        _joined(*about),
        _joined(says.get("contact"), says.get("address")),
        f"{t('Guardian')}: {says['guardian']}"
        if says.get("guardian")
        else t("Guardian written down")
        if row["has_guardian"]
        else "",
        f"{t('Agent')}: {agent}" if agent else "",
    ]
    told = "  \n".join(plain(line) for line in lines if line)
    if told:
        st.markdown(told)


def _standing(seen: DisputeView, row: Party) -> list[str]:
    """Rights, consent, identity and signature, each with its day or as still open."""
    refuses = row["consent"] == "no"
    lines = [
        _tick(row["told_on"], t("Told its rights"), t("Not told its rights yet"), label("how", row["told_how"])),
        f"{REFUSED} {plain(t('Refuses to be mediated'))}"
        if refuses
        else _tick(row["consent_on"], t("Consented"), t("No consent yet")),
        _tick(row["identity_seen_on"], t("Identity document seen"), t("Identity document not seen yet")),
    ]
    if seen.agreement is not None and seen.agreement["form"] == "written":
        by = t("by its agent") if row["signed_by_agent"] else ""
        lines.append(_tick(row["signed_on"], t("Signed the agreement"), t("Not signed yet"), by))
    return lines


def _tick(on: Any, done: str, still: str, how: str = "") -> str:
    if on is None:
        return f"{OPEN} :gray[{plain(still)}]"
    when = " · ".join(part for part in (day(on), how) if part and part != "–")
    return f"{DONE} {plain(done)} :gray[{plain(when)}]"


def _buttons(seen: DisputeView, row: Party) -> None:
    """The next thing for this party as a button, the others in its menu."""
    if not seen.may_keep:
        return
    acts = {
        "tell": t("Rights told"),
        "consent": t("Consent given"),
        "identity": t("Identity seen"),
        "edit_party": t("Edit"),
        "remove_party": t("Take out of the file"),
    }
    missing = {"tell": row["told_on"], "consent": row["consent_on"], "identity": row["identity_seen_on"]}
    first = next((act for act, on in missing.items() if on is None and row["consent"] != "no"), "")
    if first:
        opener(seen, acts.pop(first), first, row["id"])
    menu(seen, acts, row["id"], of="party")


def _forms(seen: DisputeView, row: Party, clear: Party | None) -> None:
    """The open form of this party, below its card's words."""
    party: dict[str, Any] = {"dispute_id": seen.id, "party_id": int(row["id"])}
    with st.container(key=f"party-forms-{row['id']}"):
        if is_open(seen.id, "tell", row["id"]):
            with sheet(seen, t("Rights told"), "tell", row["id"]), _form(seen, t("Rights told"), "tell", row) as form:
                form.day("told_on", t("Told on"), row["told_on"] or seen.today, max_value=seen.today)
                form.choose("told_how", t("How"), labels("how"), row["told_how"] or "in_person")
                form.submit(t("Save"), closing(seen.id, parties.tell_rights), **party)
        elif is_open(seen.id, "consent", row["id"]):
            with (
                sheet(seen, t("Consent given"), "consent", row["id"]),
                _form(seen, t("Consent given"), "consent", row) as form,
            ):
                form.day("consent_on", t("Consented on"), row["consent_on"] or seen.today, max_value=seen.today)
                form.submit(t("Save"), closing(seen.id, parties.record_consent), **party)
        elif is_open(seen.id, "identity", row["id"]):
            with sheet(seen, t("Identity seen"), "identity", row["id"]):
                st.caption(t("Only the day and who looked are kept, never a copy of the document."))
                with _form(seen, t("Identity seen"), "identity", row) as form:
                    form.day(
                        "identity_seen_on", t("Seen on"), row["identity_seen_on"] or seen.today, max_value=seen.today
                    )
                    form.submit(t("Save"), closing(seen.id, parties.see_identity), **party)
        elif is_open(seen.id, "edit_party", row["id"]):
            with sheet(seen, t("Edit the party"), "edit_party", row["id"]):
                _edit(seen, row, clear)
        elif is_open(seen.id, "remove_party", row["id"]):
            question = t("Take {name} out of the file? It can be put back under “What happened”.", name=row["name"])
            answer, version = t("Take out of the file"), int(row["version"])
            ask(seen, question, answer, parties.remove_party, "remove_party", row["id"], version=version, **party)


def _add(seen: DisputeView) -> None:
    with kept(seen, t("Add a party"), "add_party") as form:
        _fields(form, {"side": Side.RESPONDENT}, identity=True)
        form.submit(t("Add"), closing(seen.id, parties.add_party), dispute_id=seen.id)


def _edit(seen: DisputeView, row: Party, clear: Party | None) -> None:
    if clear is None:
        st.caption(t("Names, contacts and addresses can be changed while the identity is shown."))
    with _form(seen, t("Edit the party"), "edit_party", row) as form:
        _fields(form, {**row, **(clear or {})}, identity=clear is not None)
        form.submit(t("Save"), closing(seen.id, parties.edit_party), dispute_id=seen.id, party_id=int(row["id"]))


def _form(seen: DisputeView, title: str, name: str, row: Party) -> KeptForm:
    return kept(seen, title, name, row["id"], version=int(row["version"]))


def _fields(form: KeptForm, says: Party, *, identity: bool) -> None:
    """What is written down of a party, in the order of the forms; the identity only when it may stand there."""
    form.choose("side", t("Side"), labels("side"), says["side"])
    form.choose("kind", t("Person or organisation"), labels("party_kind"), says.get("kind", PartyKind.PERSON))
    if identity:
        form.text("name", t("Name"), says.get("name") or "", max_chars=LINE, autocomplete="off")
        form.text("contact", t("Telephone"), says.get("contact") or "", max_chars=LINE, autocomplete="off")
        form.text("address", t("Unit or address"), says.get("address") or "", max_chars=LINE, autocomplete="off")
    form.choose("sex", t("Sex"), {"": "–"} | labels("sex"), says.get("sex") or "")
    form.number("age", t("Age"), says.get("age"), min_value=0, max_value=150)
    form.text("occupation", t("Occupation or post"), says.get("occupation", ""), max_chars=LINE)
    form.tick("child", t("A child"), bool(says.get("child")))
    if identity:
        form.text("guardian", t("Guardian (of a child)"), says.get("guardian") or "", max_chars=LINE)
        form.text("agent", t("Agent"), says.get("agent") or "", max_chars=LINE)
        form.text("agent_contact", t("Agent's telephone"), says.get("agent_contact") or "", max_chars=LINE)
    form.area("agent_powers", t("What the agent may do"), says.get("agent_powers", ""), height=80)
    form.day("agent_until", t("Agent's powers until"), says.get("agent_until"))


def _age(age: Any) -> str:
    return t("{n} years old", n=int(age)) if age is not None else ""


def _until(on: Any) -> str:
    return t("until {day}", day=day(on)) if on is not None else ""


def _joined(*parts: Any) -> str:
    return " · ".join(str(part) for part in parts if part)
