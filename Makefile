# The same words as `python3 manage.py ...`, for those who like make.
PYTHON ?= python3
ENV = .venv/bin/python
LOCK = $(ENV) -m uv pip compile --universal --no-header --python-version 3.11 pyproject.toml

.PHONY: run demo test check bench backup format lock

run:
	$(PYTHON) manage.py run

demo:
	$(PYTHON) manage.py run --demo

test check:
	$(PYTHON) manage.py test

bench:
	$(PYTHON) manage.py bench

backup:
	$(PYTHON) manage.py backup

format:
	$(ENV) -m ruff format .
	$(ENV) -m ruff check --fix .

lock:
	$(LOCK) --output-file requirements.txt
	$(LOCK) --extra dev --constraint requirements.txt --output-file requirements-dev.txt
