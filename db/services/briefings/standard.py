"""The standard set: questions that are ready to ask, from db/presets/charts.toml."""

from functools import cache

from db.rules.briefings.chart import ChartSpec, Words
from db.rules.permissions import Actor, Permission
from db.services.acts import guarded
from db.services.briefings.registers import measures_of, registers_of
from db.services.office.presets import preset

Ready = tuple[Words, ChartSpec]


@guarded(Permission.CHARTS_DRAW)
def standard(actor: Actor) -> list[Ready]:
    """The charts of the standard set this person may ask for, each with its name; the first is asked most."""
    offered = {register.code: measures_of(actor, register) for register in registers_of(actor)}
    return [(name, spec) for name, spec in every() if spec.measure in offered.get(spec.register, {})]


@cache
def every() -> tuple[Ready, ...]:
    """The whole set, in its order."""
    told = preset("charts")["chart"]
    names = ChartSpec.__dataclass_fields__
    return tuple(
        (Words(one["zh"], one["en"]), ChartSpec(**{key: value for key, value in one.items() if key in names}))
        for one in told
    )
