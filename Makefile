# make run · make test · make bench · make soak · make pictures · make lint
PORT ?= 8501
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/pip install --quiet --disable-pip-version-check

.PHONY: run test lint bench soak pictures

run: $(VENV)/run
	$(BIN)/streamlit run app.py --server.port $(PORT)

test: $(VENV)/test lint
	tests/provide
	$(BIN)/python -m pytest -n 2 --dist worksteal

lint: $(VENV)/test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/test
	tests/provide
	$(BIN)/python -m benchmarks

soak: $(VENV)/test
	tests/provide
	$(BIN)/python -m benchmarks soak

pictures: $(VENV)/test
	tests/provide
	$(BIN)/python -m benchmarks pictures

$(VENV)/run: requirements.txt | $(BIN)/pip
	$(INSTALL) -r requirements.txt
	@touch $@

$(VENV)/test: requirements.txt requirements-dev.txt | $(BIN)/pip
	$(INSTALL) -r requirements-dev.txt
	@touch $@ $(VENV)/run

$(BIN)/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.11 …")'
	$(PYTHON) -m venv $(VENV)
