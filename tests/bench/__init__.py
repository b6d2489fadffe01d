"""Benchmarks: Linli beside the raw SQL for the same answer and beside an empty Streamlit page, in one run."""
