"""Figures named in a text stand where its writer wants them."""

import pytest

from components.briefing_figures import inserted


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "{登记件数}"),
        ("共", "共{登记件数}"),
        ("共{}件，办结{}件。", "共{登记件数}件，办结{}件。"),
        ("共｛ ｝件。", "共{登记件数}件。"),
        ("共{办结件数}件", "共{办结件数}件{登记件数}"),
    ],
)
def test_a_figure_stands_in_the_first_empty_braces_or_at_the_end(text: str, told: str) -> None:
    assert inserted(text, "{登记件数}") == told
