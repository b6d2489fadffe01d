"""A chart's question as it comes in an address: JSON anybody may have written."""

from dataclasses import fields

from db.rules.briefings.chart import ChartSpec
from db.rules.problems import N_, Problem, Problems
from db.rules.text import is_fit

LONGEST = 20_000
_TEXTS = tuple(one.name for one in fields(ChartSpec) if one.type in (str, "str"))


def spec_from(text: str) -> ChartSpec:
    """The question; raises Problems for what is none. Which codes exist is asked when it is drawn."""
    try:
        if len(text) > LONGEST:
            raise ValueError("longer than any question")
        spec = ChartSpec.from_json(text)
        texts = [getattr(spec, name) for name in _TEXTS]
        texts += [part for name, codes in spec.filters for part in (name, *codes)]
        if not all(isinstance(one, str) and is_fit(one) for one in texts):
            raise ValueError("of another shape")
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise Problems(Problem("spec", N_("This chart can't be read."))) from None
    return spec
