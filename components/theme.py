"""The few rules of style that the theme in .streamlit/config.toml has no words for."""

import streamlit as st

# Streamlit writes white on the primary colour, too faint on the dark theme's; its faded text is too faint on both,
# and the button of an open popover is too dark at night. What a popover holds lies outside the app's own element.
# The search field of every page stands beside its title.
# A picture from a chart's own toolbar would carry no caption and stand in no journal: ours are downloaded below it.
# Where nothing hovers, a table's toolbar always shows: it gets a line of its own instead of covering the field above.
RULES = """<style>
:is([data-testid="stApp"], [data-testid="stPopoverBody"]) button[kind^="primary"],
:is([data-testid="stApp"], [data-testid="stPopoverBody"]) button[kind^="primary"] *,
:is([data-testid="stApp"], [data-testid="stPopoverBody"]) [data-tag] * { color: %(ground)s; }
:is([data-testid="stApp"], [data-testid="stPopoverBody"]) [data-testid="stCaptionContainer"],
[data-testid="stApp"] [data-testid="stMarkdownContainer"] blockquote { color: %(grey)s; opacity: 1; }
[data-testid="stApp"] [data-testid="stPopover"] button[aria-expanded="true"]:not([kind="primary"]),
[data-testid="stApp"] [data-testid="stPopover"] button[aria-expanded="true"]:not([kind="primary"]) * {
  color: %(text)s;
}
@media (min-width: 641px) {
  [data-testid="stApp"] [data-testid="stMainBlockContainer"] { padding-left: 2.5rem; padding-right: 2.5rem; }
}
[data-testid="stApp"] button[kind="elementToolbar"]:is(
  [aria-label^="Download as PNG"], [aria-label^="下载 PNG"],
  [aria-label^="Copy Vega-Lite spec"], [aria-label^="复制图表定义"]
) { display: none; }
@media (min-width: 641px) {
  [data-testid="stApp"] [data-testid="stLayoutWrapper"]:has(> .st-key-find-box) {
    position: absolute; top: 1.5rem; right: 2.5rem; width: 19rem; z-index: 1;
  }
  [data-testid="stApp"] [data-testid="stMainBlockContainer"] { position: relative; }
  [data-testid="stApp"] .st-key-receipts { max-width: calc(100%% - 20rem); }
}
[data-testid="stApp"] [class*="st-key-found-"] [data-testid="stPageLink-NavLink"] { padding-left: 0; }
@media (hover: none) { [data-testid="stApp"] [data-testid="stDataFrame"] { margin-top: 2.25rem; } }
</style>"""


def dress() -> None:
    """Lay the rules over this page, in the colours of the theme this browser shows."""
    theme = "dark" if st.context.theme.type == "dark" else "light"
    names = {"ground": "backgroundColor", "grey": "grayTextColor", "text": "textColor"}
    colours = {name: st.get_option(f"theme.{theme}.{option}") for name, option in names.items()}
    st.html(RULES % colours)
