"""A frame with a style for each cell, told to Streamlit without pandas setting out every cell as HTML first."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from pandas.io.formats.style import Styler


def painted(texts: pd.DataFrame, styles: Mapping[str, Sequence[str]]) -> Styler:
    """The texts with a style for each cell, by column, as `Styler.apply` draws them at ten times the cost.

    Streamlit reads a Styler's two inner steps. For a grid of people by days they cost more than the rest of its page,
    so they are answered here; tests/components/test_painted.py tells when Streamlit reads anything else.
    """
    selectors: dict[str, list[str]] = {}
    for column, name in enumerate(texts):
        for row, style in enumerate(styles[str(name)]):
            if style:
                selectors.setdefault(style, []).append(f"row{row}_col{column}")
    cells = [{"props": _pairs(style), "selectors": where} for style, where in selectors.items()]
    styler = texts.style
    styler._compute = lambda: styler  # type: ignore[attr-defined]
    styler._translate = lambda *_: {"cellstyle": cells, "body": []}  # type: ignore[attr-defined]
    return styler


def _pairs(style: str) -> list[tuple[Any, ...]]:
    """A style as its properties with their values."""
    return [tuple(part.strip() for part in one.split(":", 1)) for one in style.split(";") if one.strip()]
