"""What is done with a chart: saved, renamed, shared, pinned, put into a briefing, removed and put back, taken away."""

from urllib.parse import urlencode

import streamlit as st

from components import chart_address
from components.forms import Form, press
from components.labels import role
from components.words import language, t
from db.documents import chart_words
from db.rules.briefings.chart import ChartSpec, Drawn
from db.rules.permissions import Actor, Permission
from db.services.briefings import blocks, briefings, saved
from db.services.briefings.saved import Saved

_WENT = "chart_saved"
FILES = {"png": "PNG", "svg": "SVG", "xlsx": "Excel", "pptx": "PowerPoint", "docx": "Word"}


def tools(actor: Actor, spec: ChartSpec, drawn: Drawn, seen: Saved | None) -> None:
    """One row of what can be done with the chart that is shown."""
    with st.container(horizontal=True, vertical_alignment="center", key="chart-tools"):
        if seen is not None and seen.removed:
            press("charts.restore", t("Restore"), saved.restore, record=seen.id, main=True, chart_id=seen.id)
            return
        _save(spec, drawn, seen)
        _files(spec)
        if actor.may(Permission.BRIEFINGS_KEEP):
            _brief(actor, spec)
        if seen is not None:
            _pin(seen)
            if seen.mine:
                _share(actor, seen)
                _remove(seen)


def tools_of_broken(seen: Saved | None) -> None:
    """What is left to be done with a saved chart that can't be drawn: to take it off the desk, and away."""
    if seen is not None and not seen.removed:
        with st.container(horizontal=True, vertical_alignment="center", key="chart-tools"):
            if seen.pinned:
                _pin(seen)
            if seen.mine:
                _remove(seen)


def restore(seen: Saved) -> None:
    """Put a removed chart back."""
    press("charts.restore", t("Restore"), saved.restore, record=seen.id, icon=":material/undo:", chart_id=seen.id)


def _save(spec: ChartSpec, drawn: Drawn, seen: Saved | None) -> None:
    """Under a name of one's own: a new one, or what was changed in mine."""
    mine = seen is not None and seen.mine
    changed = seen is not None and seen.spec != spec
    label = t("Save") if not mine else t("Save changes") if changed else t("Rename or copy")
    with st.popover(label, icon=":material/save:", type="primary" if seen is None or changed else "secondary"):
        name = seen.name if seen is not None else chart_words.headline(drawn, language())
        with Form(
            "charts.keep", record=seen.id if seen else "", version=seen.version if seen and mine else None, border=False
        ) as form:
            form.text("name", t("Name"), name, max_chars=saved.LONGEST_NAME)
            with st.container(horizontal=True):
                if seen is not None and mine:
                    form.submit(t("Save"), saved.change, chart_id=seen.id, spec=spec)
                form.submit(t("Save as a new one") if mine else t("Save"), _save_new, main=not mine, spec=spec)
    if form.result is not None and st.session_state.get(_WENT) != form.result:
        st.session_state[_WENT] = form.result
        chart_address.open_chart(chart_id=int(form.result))


def _save_new(actor: Actor, *, name: str, spec: ChartSpec, key: str, version: int | None = None) -> int:  # noqa: ARG001
    """A new chart; the version seen is that of another."""
    return saved.save(actor, name=name, spec=spec, key=key)


def _files(spec: ChartSpec) -> None:
    """The chart as a file, made when its link is followed."""
    with st.popover(t("Download"), icon=":material/download:"):
        asked = {"lang": language(), "spec": spec.to_json()}
        for kind, name in FILES.items():
            st.link_button(name, f"/chart-file?{urlencode({'as': kind} | asked)}", width="stretch", key=f"chart-{kind}")


def _brief(actor: Actor, spec: ChartSpec) -> None:
    """At the end of a briefing that is being written."""
    with st.popover(t("Put into a briefing"), icon=":material/article:"):
        drafts = briefings.drafts(actor)
        if drafts.empty:
            st.caption(t("No briefing is being written now. Begin one under Briefings."))
            return
        names = {int(row["id"]): f"{row['title']} ({row['begins']})" for _, row in drafts.iterrows()}
        with Form("charts.brief", border=False) as form:
            form.choose("briefing_id", t("Briefing"), names, next(iter(names)))
            form.submit(t("Put in"), blocks.add_chart, spec=spec)


def _pin(seen: Saved) -> None:
    act, label = (saved.unpin, t("Off my desk")) if seen.pinned else (saved.pin, t("On my desk"))
    press(f"charts.{act.__name__}", label, act, record=seen.id, icon=":material/keep:", chart_id=seen.id)


def _share(actor: Actor, seen: Saved) -> None:
    """With whole roles; everybody gets the figures that are theirs."""
    if not actor.may(Permission.CHARTS_SHARE):
        return
    with st.popover(t("Share ({n})", n=len(seen.roles)) if seen.roles else t("Share"), icon=":material/group:"):
        with Form("charts.share", record=seen.id, border=False) as form:
            names = {one.value: role(one) for one in saved.SHARED_WITH}
            form.choose_many("roles", t("Shared with"), names, seen.roles)
            form.submit(t("Share"), saved.share, chart_id=seen.id)
        st.caption(t("Only the question is shared: everybody sees the figures that are theirs to see."))


def _remove(seen: Saved) -> None:
    press(
        "charts.remove",
        t("Remove"),
        saved.remove,
        record=seen.id,
        icon=":material/delete:",
        chart_id=seen.id,
        version=seen.version,
    )
