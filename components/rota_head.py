"""The head of a rota: what it is, how good it is in words, and what can be done with it as a whole."""

from collections import Counter
from typing import Any, Literal

import pandas as pd
import streamlit as st

from components.case_labels import code_labels
from components.forms import Form, plain, press
from components.rota_address import leaving
from components.rota_labels import label, period
from components.rota_sheet import in_order, signed
from components.words import day, moment, number, t
from db.rules.duty.counts import MEASURES
from db.rules.permissions import Actor
from db.services.duty import publishing, rotas
from db.services.duty.rotas import RotaView

EVEN = 0.05
# So many open places are named before publishing.
GAPS_TOLD = 8


def head(seen: RotaView) -> None:
    """Duty, period, state, version, open places and broken rules."""
    st.subheader(plain(f"{seen.duty} · {seen.title or period(seen.from_on, seen.until_on)}"), anchor=False)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"rota-head-{seen.id}"):
        _state(seen)
        if seen.score.open:
            st.badge(t("Open places: {n}", n=seen.score.open), icon=":material/person_off:", color="red")
        else:
            st.badge(t("no open place"), icon=":material/check:", color="green")
        if seen.score.broken:
            st.badge(t("Broken rules: {n}", n=seen.score.broken), icon=":material/error:", color="red")
        else:
            st.badge(t("no broken rule"), icon=":material/check:", color="green")
        if seen.provisional:
            st.badge(t("calendar provisional"), icon=":material/event_upcoming:", color="orange")
        lines = [period(seen.from_on, seen.until_on)] if seen.title else []
        if seen.published_at is not None:
            who = seen.published_by or "–"
            lines.append(t("published {time} by {who}", time=moment(seen.published_at), who=who))
        else:
            lines.append(t("drawn up {time}", time=moment(seen.made_at)))
        st.markdown(f":gray[{plain(' · '.join(lines))}]", width="content")
    _calendar(seen)


def _calendar(seen: RotaView) -> None:
    """A loud word while a year of the period has no official calendar."""
    unknown = sorted({one.year for one in seen.days.loc[~seen.days["known"].astype(bool), "day"]})
    if unknown:
        years = t(", ").join(str(year) for year in unknown)
        said = t(
            "No official calendar is known for {years}: holidays and make-up days here are provisional.", years=years
        )
        st.warning(said, icon=":material/event_upcoming:")


def score(seen: RotaView) -> None:
    """How even it is, and who is furthest over and under their fair share; nothing while nobody serves."""
    if seen.counts.empty or not seen.counts["total"].any():
        return
    apart = [
        t("{measure} {n}", measure=label("measure", measure), n=number(round(seen.score.spread[measure], 1)))
        for measure in MEASURES
        if seen.score.spread.get(measure, 0) >= EVEN
    ]
    if not apart:
        st.markdown(f":material/balance: {plain(t('Everybody serves their fair share.'))}")
        return
    said = t("Between most and least served, in shifts: {measures}.", measures=t(", ").join(apart))
    ends = seen.counts.dropna(subset=["over_total"]).sort_values("over_total")
    if len(ends) > 1 and ends["over_total"].iloc[-1] >= EVEN:
        said += " " + t(
            "Most over the fair share: {most} {over}; most under: {least} {under}.",
            most=ends["member"].iloc[-1],
            over=signed(ends["over_total"].iloc[-1]),
            least=ends["member"].iloc[0],
            under=signed(ends["over_total"].iloc[0]),
        )
    st.markdown(f":material/balance: {plain(said)}")


def publish(actor: Actor, seen: RotaView) -> None:
    """Publishing asks once more, because everybody who serves goes by it; with open places it asks why."""
    if seen.state != "draft" or not seen.may_publish:
        return
    ready = not seen.score.open and not seen.score.broken
    look: Literal["primary", "secondary"] = "primary" if ready else "secondary"
    with st.popover(t("Publish"), icon=":material/campaign:", type=look, key=f"rota-publish-{seen.id}"):
        st.markdown(plain(t("Everybody who serves sees a published rota; changes then say who made them and why.")))
        if seen.score.broken:
            broken = t("Broken rules to be mended first: {n}", n=seen.score.broken)
            st.markdown(f":red[:material/error: {plain(broken)}]")
        fixed: dict[str, Any] = {"rota_id": seen.id, "version": seen.version}
        record = f"{seen.id}:{seen.version}"
        if not seen.score.open:
            press("rota.publish", t("Publish this rota"), publishing.publish, record=record, main=True, **fixed)
            return
        st.markdown(f":orange[:material/warning: {plain(t('These places stay open, and everybody sees it:'))}]")
        st.markdown(_gaps(actor, seen))
        said = t("Publish with {n} open places", n=seen.score.open)
        with Form("rota.publish_open", record=record, border=False) as form:
            form.text("reason", t("Why they stay open"), max_chars=publishing.MOST_REASON)
            form.submit(said if seen.score.open > 1 else t("Publish with one open place"), publishing.publish, **fixed)


def _gaps(actor: Actor, seen: RotaView) -> str:
    """The first open places, those alike on one day in one line."""
    roles = code_labels(actor, "duty_role")
    gaps = in_order((row for row in seen.rows if row["member_id"] is None), list(roles))
    found = Counter((row["on_day"], row["post_id"], row["shift_id"], row["role"]) for row in gaps)
    lines = []
    for (on_day, post_id, shift_id, role), count in list(found.items())[:GAPS_TOLD]:
        told = (day(on_day), seen.posts.get(post_id, "?"), seen.shifts.get(shift_id, "?"), roles.get(role, role))
        lines.append(f"- {plain(' · '.join(told))}" + (f" × {count}" if count > 1 else ""))
    left = seen.score.open - sum(list(found.values())[:GAPS_TOLD])
    return "\n".join([*lines, *([f"- {plain(t('and {n} more', n=left))}"] if left else [])])


def discard(seen: RotaView) -> None:
    """Throwing a draft away asks once more too."""
    if seen.state != "draft" or not seen.may_plan:
        return
    with st.popover(t("Discard"), icon=":material/delete:", type="tertiary", key=f"rota-discard-{seen.id}"):
        st.markdown(
            plain(t("The draft is thrown away with everything put into it. The list of rotas can fetch it back."))
        )
        press(
            "rota.discard",
            t("Throw the draft away"),
            leaving(rotas.discard),
            record=f"{seen.id}:{seen.version}",
            rota_id=seen.id,
            version=seen.version,
        )


def renewal(seen: RotaView) -> None:
    """What the duty needs has changed since the places were laid out; who plans brings them up to it."""
    if not seen.may_plan or not (seen.lacking or (seen.surplus and seen.state == "draft")):
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"rota-renewal-{seen.id}"):
        said = t("What the duty needs has changed. Places missing: {n}", n=seen.lacking)
        said += t("; not needed any more: {n}", n=seen.surplus) if seen.state == "draft" else ""
        st.markdown(f":orange[:material/sync_problem: {plain(said)}]", width="stretch")
        press(
            "rota.renew",
            t("Bring the places up to date"),
            rotas.renew,
            record=f"{seen.id}:{seen.version}",
            rota_id=seen.id,
            version=seen.version,
        )


def note(actor: Actor, seen: RotaView) -> None:
    """The places that were left open when it was published."""
    left = publishing.left_open(seen.note)
    if not left:
        return
    roles = code_labels(actor, "duty_role")
    with st.expander(t("Left open when published ({n})", n=sum(one.count for one in left)), icon=":material/notes:"):
        shown = pd.DataFrame(
            {
                t("Day"): [day(one.on_day) for one in left],
                t("Post"): [seen.posts.get(one.post_id, "?") for one in left],
                t("Shift"): [seen.shifts.get(one.shift_id, "?") for one in left],
                t("Role"): [roles.get(one.role, one.role) for one in left],
                t("Places"): [one.count for one in left],
            }
        )
        if seen.open_reason:
            st.markdown(plain(t("Published all the same: {reason}", reason=seen.open_reason)))
        st.dataframe(shown, hide_index=True, width="stretch", key="rota-note")


def _state(seen: RotaView) -> None:
    if seen.state == "published":
        st.badge(t("Published, version {number}", number=seen.number), icon=":material/campaign:", color="green")
    else:
        st.badge(label("state", seen.state), icon=":material/edit:", color="orange")
