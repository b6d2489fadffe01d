"""The front door: every request, socket and file passes here before Streamlit sees it."""
