"""The question of a chart, asked with a few choices; each changes the address and draws at once."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from components import chart_address
from components.chart_labels import COMPARED, PERIODS, kind_name
from components.forms import plain
from components.words import language, t
from db import clock
from db.engine import current
from db.rules.briefings.chart import ChartSpec, Drawn, Period
from db.rules.briefings.periods import days_of
from db.rules.briefings.recommending import kinds_for, recommended
from db.rules.permissions import Actor
from db.rules.problems import Problems, Refused
from db.services.briefings import drawing
from db.services.briefings.registers import REGISTERS, Dimension, Register, measures_of, register_of, registers_of

NARROWED = "chart-narrowed"
ACROSS, MOST_NAMED = 3, 5


def begin(actor: Actor) -> None:
    """The first click: which register; a sensible chart of it appears."""
    st.markdown(t("What shall the chart be about? A first chart appears at once; change it as you like."))
    into, offered = language(), registers_of(actor)
    for begins in range(0, len(offered), ACROSS):
        for column, register in zip(st.columns(ACROSS), offered[begins : begins + ACROSS], strict=False):
            names = [one.name.within(into) for one in measures_of(actor, register).values()]
            with column.container(border=True, height="stretch", key=f"chart-card-{register.code}"):
                st.button(
                    register.name.within(into),
                    key=f"chart-register-{register.code}",
                    icon=":material/add_chart:",
                    width="stretch",
                    on_click=_begin,
                    args=(actor, register.code),
                )
                st.caption(plain(t(", ").join(names[:MOST_NAMED]) + (" …" if len(names) > MOST_NAMED else "")))


def sensible(actor: Actor, code: str) -> ChartSpec:
    """A first question about a register: its first figure, this month, by what it is divided by first."""
    register = register_of(actor, code)
    measure = next(iter(measures_of(actor, register)))
    split = next(iter(_divisions(register, measure, lambda one: one.slot is None)), "")
    return ChartSpec(register=code, measure=measure, split=split)


def completed(actor: Actor, spec: ChartSpec) -> ChartSpec:
    """The question; one that names a register only is the first question about it."""
    theirs = any(one.code == spec.register for one in registers_of(actor))
    return spec if spec.measure or not theirs else sensible(actor, spec.register)


def ask(actor: Actor, spec: ChartSpec, chart_id: int | None) -> None:
    """Register, figure, divisions, days and filters, one under another; only what makes sense together is offered."""
    try:
        register = register_of(actor, spec.register)
    except (Problems, Refused):
        _register(actor, spec, chart_id)
        return
    into = language()
    asked = _Asked(spec, chart_id)
    if len(registers_of(actor)) > 1:
        _register(actor, spec, chart_id)
    measures = {code: one.name.within(into) for code, one in measures_of(actor, register).items()}
    asked.one("measure", t("What is counted"), measures)
    asked.one("split", t("Divided by"), _named(_divisions(register, spec.measure)), none=t("Not divided"))
    if spec.split:
        others = _divisions(register, spec.measure, lambda one: one.slot is None and one.code != spec.split)
        asked.one("by", t("And by"), _named(others), none=t("Nothing else"))
    asked.one("period", t("Days"), {code: t(name) for code, name in PERIODS.items()})
    if spec.period == Period.CHOSEN:
        asked.day("first", t("From"))
        asked.day("last", t("Until"))
    _filters(actor, register, asked)


def shape(spec: ChartSpec, chart_id: int | None, drawn: Drawn) -> None:
    """How it is drawn (the recommended kind has a star) and what it stands beside, one click each."""
    register = REGISTERS[spec.register]
    kinds, best = kinds_for(register, spec), recommended(register, spec, len(drawn.at) + drawn.cut)
    asked = _Asked(spec, chart_id)
    drawn_as, beside = st.columns([2, 1], gap="small")
    if len(kinds) > 1:
        names = {code: kind_name(code) for code in kinds}
        names[best] += " :material/kid_star:"
        said = t("The star marks what answers this question best.")
        with drawn_as:
            asked.in_sight("kind", t("Drawn as"), names, drawn.kind, help=said)
    if spec.period != Period.EVER:
        with beside:
            asked.in_sight("compare", t("Beside it"), {code: t(name) for code, name in COMPARED.items()}, spec.compare)


class _Asked:
    """Widgets whose values are those of the question; a change asks another one."""

    def __init__(self, spec: ChartSpec, chart_id: int | None) -> None:
        self.spec, self.chart_id = spec, chart_id

    def one(self, name: str, label: str, options: Mapping[str, str], *, none: str = "") -> None:
        """One of several; `none` is what nothing is called, "" where something must be chosen."""
        value = getattr(self.spec, name)
        unknown = {value: value} if value and value not in options else {}
        named = {**({"": none} if none else {}), **options, **unknown}
        self._draw(st.selectbox, name, value, label=label, options=list(named), format_func=named.__getitem__)

    def in_sight(self, name: str, label: str, options: Mapping[str, str], value: str, **more: Any) -> None:
        """One of a few, all in sight; a second click on what is chosen takes it back."""
        shown = {"options": list(options), "format_func": lambda code: options[code], "wrap": True}
        self._draw(st.pills, name, value if value in options else None, label=label, **shown, **more)

    def day(self, name: str, label: str) -> None:
        """A day."""
        value = getattr(self.spec, name)
        self._draw(st.date_input, name, value, label=label, format="YYYY-MM-DD")

    def some(self, name: str, label: str, options: Mapping[str, str]) -> None:
        """Any of several codes a filter keeps."""
        value = list(dict(self.spec.filters).get(name, ()))
        named = {**options, **{code: code for code in value if code not in options}}
        key = f"filter-{name}"
        shown = {"options": list(named), "format_func": lambda code: named[code], "placeholder": t("Any")}
        self._draw(st.multiselect, key, value, label=label, **shown)

    def _draw(self, draw: Callable[..., Any], name: str, value: Any, /, **options: Any) -> None:
        key = f"chart-{name}"
        if draw is st.date_input:
            options["value"] = None
        if key not in st.session_state or st.session_state[key] != value:
            st.session_state[key] = value
        draw(key=key, on_change=_changed, args=(self.spec, self.chart_id, name, key), **options)


def _changed(spec: ChartSpec, chart_id: int | None, name: str, key: str) -> None:
    """Callback: the question with one choice changed, without what no longer goes with it.

    Two quick changes may come in one run: the second begins with what the first put into the address.
    """
    asked = chart_address.spec_asked()
    spec = asked if asked is not None and asked.measure else spec
    value = st.session_state.get(key)
    kind, _, dimension = name.partition("-")
    if kind == "filter":
        rest = tuple(one for one in spec.filters if one[0] != dimension)
        changed = replace(spec, filters=(*rest, (dimension, tuple(value))) if value else rest)
    elif name == "period" and value == Period.CHOSEN and spec.period in set(Period):
        first, last = days_of(Period(spec.period), clock.today(current().settings.timezone), spec.first, spec.last)
        changed = replace(spec, period=value, first=first, last=last)
    else:
        new: dict[str, Any] = {name: value if name in chart_address.DAYS else value or ""}
        changed = replace(spec, **new)
    chart_address.ask(_fitting(changed, name), chart_id)


def _fitting(spec: ChartSpec, changed: str) -> ChartSpec:
    """Without divisions that don't go with the figure, a kind chosen for another question, and idle days."""
    register = REGISTERS.get(spec.register)
    if changed == "measure" and register is not None:
        can = _divisions(register, spec.measure)
        spec = replace(spec, split=spec.split if spec.split in can else "", by=spec.by if spec.by in can else "")
    if changed in ("measure", "split", "by"):
        spec = replace(spec, kind="")
    if not spec.split or spec.by == spec.split:
        spec = replace(spec, by="")
    if spec.period != Period.CHOSEN:
        spec = replace(spec, first=None, last=None)
    return replace(spec, compare="") if spec.period == Period.EVER else spec


def _register(actor: Actor, spec: ChartSpec, chart_id: int | None) -> None:
    names = {register.code: register.name.within(language()) for register in registers_of(actor)}
    key, value = "chart-register", spec.register if spec.register in names else None
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value
    st.selectbox(
        t("Data from"),
        list(names),
        index=None if value is None else 0,
        key=key,
        format_func=lambda code: names[code],
        placeholder=t("Choose"),
        on_change=_other_register,
        args=(actor, chart_id),
    )


def _filters(actor: Actor, register: Register, asked: _Asked) -> None:
    """Which filters are wanted, and what each keeps."""
    can = {code: one for code, one in register.dimensions.items() if one.slot is None}
    used = [code for code, _ in asked.spec.filters if code in can]
    names = _named(can)
    with st.popover(
        t("Filters ({n})", n=len(used)) if used else t("Filters"), icon=":material/filter_alt:", key="chart-filters"
    ):
        wanted = st.selectbox(
            t("Filter by"),
            list(names),
            index=list(names).index(used[0]) if used else 0,
            key=NARROWED,
            format_func=lambda code: names[code],
        )
        for code in dict.fromkeys([*used, wanted]):
            values = drawing.values_of(actor, register=register.code, dimension=code)
            options = {entry.code: entry.name.within(language()) for entry in values}
            asked.some(code, names[code], options)


def _divisions(
    register: Register, measure: str, fits: Callable[[Dimension], bool] = lambda _: True
) -> dict[str, Dimension]:
    """What this figure can be divided by."""
    counted = register.measures.get(measure)
    return {
        code: one
        for code, one in register.dimensions.items()
        if fits(one) and (counted is None or counted.divided_by(one))
    }


def _named(dimensions: Mapping[str, Dimension]) -> dict[str, str]:
    return {code: one.name.within(language()) for code, one in dimensions.items()}


def _begin(actor: Actor, code: str) -> None:
    chart_address.ask(sensible(actor, code))


def _other_register(actor: Actor, chart_id: int | None) -> None:
    code = st.session_state.get("chart-register")
    if code:
        chart_address.ask(sensible(actor, code), chart_id)
