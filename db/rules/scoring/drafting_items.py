"""One item of a rubric as its form shows it, and back: each kind keeps what belongs to it."""

import itertools
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from db.rules.problems import N_, Check
from db.rules.scoring.triggers import TRIGGERS, Measure
from db.rules.scoring.typed import Document, Line, Typed, check_names, check_number, number_of, plain, words
from db.rules.scoring.words import Award, ItemKind

# How many steps a form offers.
STEPS = 4
SHARE = "share"
_EVENTS = (ItemKind.BONUS, ItemKind.DEDUCTION)
_ASKED = (ItemKind.MINIMUM, ItemKind.TARGET)


def typed_item(line: Line, document: Document) -> dict[str, Any]:
    """An item as its form shows it: points as text, a share in percent, the item it counts together with."""
    group = line.get("group", "")
    others = [item["code"] for item in document.get("items", ()) if item.get("group") == group]
    told: dict[str, Any] = {
        name: words(line, name) for name in ("name", "name_en", "section", "points", "cap", "unit", "trigger", "source")
    }
    told |= {"award": line.get("award", Award.GIVEN.value), "active": bool(line.get("active", True))}
    told |= {"periods": list(line.get("periods", ()))}
    told["together"] = next((code for code in others if code != line.get("code")), "") if group else ""
    threshold = number_of(Decimal(line["threshold"]) * 100) if line.get("unit") == SHARE else None
    told["threshold"] = words(line, "threshold") if threshold is None else plain(threshold)
    steps = [*line.get("steps", ()), *({} for _ in range(STEPS))][: max(STEPS, len(line.get("steps", ())))]
    for number, step in enumerate(steps, start=1):
        told |= {f"count_{number}": step.get("count"), f"step_{number}": step.get("points", "")}
    return told


def item_line(document: Document, kind: ItemKind, typed: Typed, before: Line) -> Line:
    """The line of an item as typed; raises Problems beside the fields."""
    check = Check()
    line = {name: value for name, value in (("code", before.get("code")), ("kind", kind.value)) if value}
    line |= check_names(check, typed) | {"source": words(typed, "source").strip()}
    sections = [section["code"] for section in document.get("sections", ())]
    check.that(typed.get("section") in sections, "section", N_("Choose the section."))
    line["section"] = typed.get("section")
    if kind is ItemKind.BASE:
        line |= _base(check, document, typed)
    elif kind in _EVENTS:
        line |= _event(check, document, typed, before)
    elif kind in _ASKED:
        line |= _asked(check, typed)
    if not typed.get("active", True):
        line["active"] = False
    check.done()
    return {name: value for name, value in line.items() if value not in ("", None, [], ())} | {
        "name_en": line["name_en"]
    }


def _base(check: Check, document: Document, typed: Typed) -> Line:
    award = typed.get("award")
    check.that(award in set(Award), "award", N_("This is not one of the choices."))
    points = check_number(check, "points", typed.get("points"))
    check.that(points is None or points > 0, "points", N_("A base item has points."))
    whole = number_of(document.get("base", "100")) or Decimal()
    fine = points is None or points <= whole
    check.that(fine, "points", N_("A base item has at most {most} points, the base."), most=plain(whole))
    trigger = words(typed, "trigger")
    if award == Award.RATE:
        rate = trigger in TRIGGERS and TRIGGERS[trigger].measure is Measure.RATE
        check.that(rate, "trigger", N_("Choose the share it is computed from."))
    else:
        check.that(not trigger, "trigger", N_("Only a share of its points is computed; the others are typed."))
    known = {period["code"] for part in document.get("parts", ()) for period in part["periods"]}
    periods = [code for code in typed.get("periods") or () if code in known]
    return {"award": award, "points": plain(points), "trigger": trigger, "periods": periods}


def _event(check: Check, document: Document, typed: Typed, before: Line) -> Line:
    steps = _steps(check, typed)
    points = check_number(check, "points", typed.get("points"), empty=True)
    if steps:
        check.that(not points, "points", N_("Either points for each time, or steps."))
    else:
        check.that(points, "points", N_("Say how many points each time brings, or give steps."))
    cap = check_number(check, "cap", typed.get("cap"), empty=True)
    check.that(cap is None or not points or cap >= points, "cap", N_("The most in a year is at least once its points."))
    group = _group(document, words(typed, "together"), before)
    check.that(not (group and steps), "together", N_("An item of a group has points for each time, not steps."))
    line = {"points": "" if steps else plain(points), "steps": steps, "cap": plain(cap), "group": group}
    return line | {"trigger": _counted(check, typed)}


def _asked(check: Check, typed: Typed) -> Line:
    unit, trigger = words(typed, "unit").strip(), words(typed, "trigger")
    threshold = check_number(check, "threshold", typed.get("threshold"))
    check.that(unit, "unit", N_("Say of what: times, files, a share."))
    if trigger:
        known = check.that(trigger in TRIGGERS, "trigger", N_("Nothing computes this."))
        rate = known and TRIGGERS[trigger].measure is Measure.RATE
        check.that(
            not known or rate == (unit == SHARE), "unit", N_("A share is computed as a share, a number as a number.")
        )
    if unit == SHARE and threshold is not None:
        check.that(threshold <= 100, "threshold", N_("A share is at most 100 percent."))
        threshold /= 100
    return {"threshold": plain(threshold), "unit": unit, "trigger": trigger}


def _counted(check: Check, typed: Typed) -> str:
    """What counts an event by itself; "" where an assessor enters it."""
    trigger = words(typed, "trigger")
    number = not trigger or (trigger in TRIGGERS and TRIGGERS[trigger].measure is Measure.NUMBER)
    check.that(number, "trigger", N_("Choose something that is counted."))
    return trigger


def _steps(check: Check, typed: Typed) -> list[Line]:
    """The steps in use, from so many on so many points in all; later ones are higher (R-24, R-25)."""
    numbers = sorted(int(name.removeprefix("count_")) for name in typed if name.startswith("count_"))
    found: list[tuple[int, Decimal]] = []
    for number in numbers:
        count, points = typed.get(f"count_{number}"), typed.get(f"step_{number}")
        if not count and not words(typed, f"step_{number}").strip():
            continue
        fine = check.that(isinstance(count, int) and count >= 1, f"count_{number}", N_("From how many on? 1 or more."))
        worth = check_number(check, f"step_{number}", points)
        if fine and worth is not None:
            found.append((int(count or 0), worth))
            before = found[-2:-1]
            rising = all(a[0] < found[-1][0] and a[1] <= found[-1][1] for a in before)
            message = N_("Steps rise: more of it never brings fewer points.")
            check.that(rising, f"count_{number}", message)
    return [{"count": count, "points": plain(points)} for count, points in found]


def _group(document: Document, partner: str, before: Line) -> str:
    """The group of the item it counts together with; one of its own where that has none yet."""
    items: Mapping[str, Line] = {item["code"]: item for item in document.get("items", ())}
    if partner not in items:
        return ""
    groups = {item.get("group", "") for item in items.values()}
    numbered = (f"group_{number}" for number in itertools.count(1))
    return str(items[partner].get("group") or before.get("group") or next(one for one in numbered if one not in groups))
