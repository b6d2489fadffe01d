"""Pure rules and enums: no database, no Streamlit, no clock."""
