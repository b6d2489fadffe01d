"""Who serves in a duty: the list with telephone numbers, each person's form, and which two serve together or never."""

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from components import duty_import
from components.case_labels import code_labels
from components.duty_labels import Row, in_words, is_missing, label, labels, number_or_none
from components.duty_parts import codes_of, keep, names_of, stands, take_back, used
from components.forms import Form
from components.kept_forms import KeptForm
from components.tables import table, unit_names
from components.words import N_, day, t
from db.rules.permissions import Actor
from db.services.duty import members, pairs
from db.services.duty.describing import DutyView
from db.services.duty.rows import records
from db.services.units import units as every_unit

# Pixels of a letter in a table, around a text, and of the widest column.
LETTER, EDGE, WIDEST = 8, 20, 240


def show(actor: Actor, seen: DutyView) -> None:
    """The members, and for who plans the duty their forms."""
    retired = seen.may_plan and st.toggle(t("Also retired people"), key="retired:member")
    found = members.members(actor, duty_id=seen.id, retired=retired)
    if found.empty:
        st.info(t("Nobody serves yet. Enter everybody with their roles; the account, if they have one, comes with it."))
    else:
        _table(actor, seen, found, retired=bool(retired))
    if not seen.may_plan:
        if seen.may_manage:
            st.caption(t("People are entered by whoever plans this duty."))
        return
    if seen.active:
        duty_import.show(actor, seen, duty_import.PEOPLE)
    names = {int(row["id"]): str(row["name"]) for row in records(found)}
    acts = (members.add_member, members.edit_member, members.retire_member, members.restore_member)
    keep(seen, "member", found, names, lambda form, row: _fields(actor, seen, form, row), acts, may=True)


def _table(actor: Actor, seen: DutyView, found: pd.DataFrame, *, retired: bool) -> None:
    """Who serves; what is said of nobody takes no column."""
    roles, skills = code_labels(actor, "duty_role"), code_labels(actor, "duty_skill")
    posts = names_of(seen.posts)
    told = in_words(found).assign(
        roles=[_listed(roles, codes) for codes in found["roles"]],
        skills=[_listed(skills, codes) for codes in found["skills"]],
        posts=[_listed(posts, codes) or t("All posts") for codes in found["posts"]] if any(found["posts"]) else "",
        share=found["share"].astype(str) if (found["share"] != 100).any() else "",
        reserve=[t("Yes") if reserve else "" for reserve in found["reserve"]],
        most=["" if is_missing(most) else str(most) for most in found["most"]],
        from_on=["" if is_missing(on) else day(on) for on in found["from_on"]],
        until_on=["" if is_missing(on) else day(on) for on in found["until_on"]],
        active=[used(active) if retired else "" for active in found["active"]],
    )
    columns = {"name": t("Name"), "phone": t("Telephone"), "roles": t("Roles"), "skills": t("Skills")}
    columns |= {
        "posts": t("Posts"),
        "team": t("Team"),
        "unit": t("Unit"),
        "share": t("Share (%)"),
        "reserve": t("Reserve"),
    }
    columns |= {"most": t("Most in a month"), "from_on": t("From"), "until_on": t("Until"), "account": t("Account")}
    columns |= {"active": t("State")}
    told["unit"] = told["unit"] if _by_unit(seen, found) else ""
    shown = {
        label: told[name] for name, label in columns.items() if name in ("name", "phone", "roles") or any(told[name])
    }
    widths = {t("Telephone"): st.column_config.TextColumn(width=125)}
    # The browser measures the first rows only.
    long = {t(said): told[name] for name, said in (("skills", N_("Skills")), ("team", N_("Team")))}
    widths |= {label: st.column_config.TextColumn(width=_width(label, texts)) for label, texts in long.items()}
    st.dataframe(pd.DataFrame(shown), hide_index=True, column_config=widths, placeholder="–", height="content")


def _by_unit(seen: DutyView, found: pd.DataFrame) -> bool:
    """Whether anything here goes by unit: a need, or what is said of a member."""
    return bool(seen.needs["unit_id"].notna().any() or found["unit_id"].notna().any())


def _width(label: str, texts: Iterable[str]) -> int:
    """So many pixels as the longest text takes, a Chinese sign as much as two letters."""
    longest = max(
        sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in one) for one in (label, *texts)
    )
    return min(WIDEST, LETTER * longest + EDGE)


def _listed(names: Mapping[Any, str], codes: Iterable[Any]) -> str:
    return ", ".join(names.get(code, str(code)) for code in codes)


def _fields(actor: Actor, seen: DutyView, form: Form, row: Row) -> None:
    kept: dict[str, Any] = dict(row)
    account = number_or_none(kept.get("person_id"))
    own = {} if account is None else {account: str(kept["account"])}
    accounts = {None: t("No account")} | own | members.account_names(actor)
    posts = names_of(seen.posts[seen.posts["active"].astype(bool) | seen.posts["id"].isin(kept.get("posts", ()))])
    roles = codes_of(actor, "duty_role", kept.get("roles", ()))
    skills = codes_of(actor, "duty_skill", kept.get("skills", ()))
    left, right = st.columns(2)
    with left:
        form.text("name", t("Name"), kept.get("name", ""))
        form.text("phone", t("Telephone (optional)"), kept.get("phone", ""))
        form.choose_many("roles", t("Roles"), roles, kept.get("roles", ()))
        form.choose_many("skills", t("Skills (optional)"), skills, kept.get("skills", ()))
        form.choose_many("posts", t("Posts (none chosen: all of them)"), posts, kept.get("posts", ()))
        form.choose("person_id", t("Account, to see own shifts in Linli"), accounts, account)
    with right:
        form.text("team", t("Team (optional)"), kept.get("team", ""))
        units = {None: t("That of the account")} | unit_names(every_unit(actor))
        form.choose("unit_id", t("Unit"), units, number_or_none(kept.get("unit_id")))
        form.number("share", t("Share of a full turn (%)"), int(kept.get("share", 100)), min_value=0)
        form.number("most", t("Most shifts in a month (empty: no limit)"), number_or_none(kept.get("most")))
        form.day("from_on", t("Serves from (optional)"), kept.get("from_on"))
        form.day("until_on", t("Serves until (optional)"), kept.get("until_on"))
        form.tick("reserve", t("Reserve, called in for special periods"), bool(kept.get("reserve", False)))
    st.caption(t("Shifts served before the first rota here, so that everybody goes on from where they stand:"))
    counts = {
        "begin_total": t("All shifts"),
        "begin_nights": t("Nights"),
        "begin_weekends": t("Weekends"),
        "begin_festivals": t("Festivals"),
    }
    for place, (name, said) in zip(st.columns(4), counts.items(), strict=True):
        with place:
            form.number(name, said, int(kept.get(name, 0)), min_value=0)


# --- pairs ---


def show_pairs(actor: Actor, seen: DutyView) -> None:
    """Which two never serve together, and which should."""
    removed = seen.may_plan and st.toggle(t("Also what was taken back"), key="pairs:removed")
    found = pairs.pairs(actor, duty_id=seen.id, removed=bool(removed))
    if found.empty:
        st.info(t("Nothing is said of any two people. Say here who never serves with whom, or who should."))
    else:
        columns = {"first": t("Name"), "second": t("With"), "kind": t("How")}
        columns |= {"removed": t("State")} if removed else {}
        table(found, columns, shows={"kind": lambda code: label("pair", code), "removed": stands})
    if not seen.may_plan or not seen.active:
        return
    names = members.member_names(actor, duty_id=seen.id)
    if len(names) > 1:
        form = KeptForm("pairs.set", record=seen.id)
        with form:
            places = st.columns(3)
            with places[0]:
                form.choose("first_id", t("Name"), names)
            with places[1]:
                form.choose("second_id", t("With"), names)
            with places[2]:
                form.choose("kind", t("How"), labels("pair"))
            form.submit(t("Save"), pairs.set_pair, duty_id=seen.id)
    both = {int(row["id"]): f"{row['first']} – {row['second']}" for row in records(found)}
    take_back("pair", found, both, (pairs.remove_pair, pairs.restore_pair))
