"""Which units an assessment scores: chosen one by one, or all of a kind but for some."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

import pandas as pd

from components.forms import Form
from components.tables import unit_names
from components.words import t
from db.rules.permissions import Actor
from db.services import units

# All units of a kind, as one choice among the units.
ALL = "all:"
_KINDS = ("village", "department", "group")


def fields(actor: Actor, form: Form, chosen: Collection[int]) -> None:
    """The units, and those left out of what was chosen as a whole."""
    tree = units.units(actor)
    tree = tree[tree["parent_id"].notna()]
    names = unit_names(tree)
    wholes = {f"{ALL}{kind}": _whole(kind, tree) for kind in _KINDS if (tree["kind"] == kind).any()}
    taken, left_out = folded(chosen, _by_kind(tree))
    kept = {unit_id: str(unit_id) for unit_id in taken if isinstance(unit_id, int) and unit_id not in names}
    form.choose_many("unit_ids", t("Units that are scored"), {**wholes, **names, **kept}, taken)
    form.choose_many("but", t("Except these (of all villages, say)"), names, left_out)


def choosing(act: Callable[..., int], actor: Actor) -> Callable[..., int]:
    """The act with both fields where the service takes ids."""
    kinds = _by_kind(units.units(actor))

    def acted(actor: Actor, *, unit_ids: Collection[Any], but: Collection[int], **values: Any) -> int:
        return act(actor, unit_ids=unfolded(unit_ids, but, kinds), **values)

    acted.__name__ = act.__name__
    return acted


def folded(chosen: Collection[int], kinds: Mapping[str, Collection[int]]) -> tuple[list[Any], list[int]]:
    """Units as they are shown: a kind of which more than half is chosen as a whole, with those left out of it."""
    taken: list[Any] = []
    left_out: list[int] = []
    rest = set(chosen)
    for kind, members in kinds.items():
        inside = rest & set(members)
        if len(members) > 1 and len(inside) * 2 > len(members):
            taken.append(f"{ALL}{kind}")
            left_out += sorted(set(members) - inside)
            rest -= inside
    return [*taken, *sorted(rest)], left_out


def unfolded(taken: Collection[Any], left_out: Collection[int], kinds: Mapping[str, Collection[int]]) -> list[int]:
    """The way back: ids, sorted."""
    wholes = {str(one).removeprefix(ALL) for one in taken if str(one).startswith(ALL)}
    every = {unit_id for kind in wholes for unit_id in kinds.get(kind, ())} - set(left_out)
    return sorted(every | {one for one in taken if isinstance(one, int)})


def _whole(kind: str, tree: pd.DataFrame) -> str:
    count = int((tree["kind"] == kind).sum())
    said = {
        "village": t("All villages and communities ({n})", n=count),
        "department": t("All departments ({n})", n=count),
        "group": t("All groups ({n})", n=count),
    }
    return said[kind]


def _by_kind(tree: pd.DataFrame) -> dict[str, list[int]]:
    return {kind: [int(one) for one in tree.loc[tree["kind"] == kind, "id"]] for kind in _KINDS}
