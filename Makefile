# Two commands do all set-up on a fresh machine (python3 with venv, make, a package index): `make demo`, `make test`.
PYTHON ?= python3
BIN = .venv/bin
TESTS ?= tests

.PHONY: demo test check format lock docs bench crash-test clean

demo: .venv/run
	$(BIN)/dibao demo --archive demo-archive

# a file's tests in one process: portals that are served and crawled for several of them are so once
test: .venv/dev
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(TESTS)

# formatting, lints, types: the same in CI (tests/test_quality.py runs them)
check: .venv/dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: .venv/dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# kill -9 at 200 random moments and at every named point (minutes)
crash-test: .venv/dev
	$(BIN)/python tests/crash_trial.py --kills 200

docs: .venv/dev
	$(BIN)/python -m tools.make_docs

bench: .venv/dev
	for script in benchmarks/*.py; do $(BIN)/python $$script || exit 1; done

# resolve the locks anew (needs uv); no registry host is written
lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header \
	  -q --extra build pyproject.toml -o requirements.lock --upgrade
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header \
	  -q --extra dev pyproject.toml -c requirements.lock -o requirements-dev.lock --upgrade
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header \
	  -q tests/wacz-tools.in -o tests/wacz-tools.lock --upgrade

.venv/made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Dibao needs Python 3.11 or later; found: $$($(PYTHON) --version). Try: make PYTHON=python3.12 demo"; exit 1; }
	@$(PYTHON) -m venv .venv || \
	  { echo "python3 has no venv module: install your system's package for it (Debian, Ubuntu: apt install python3-venv)"; \
	    rm -rf .venv; exit 1; }
	@touch $@

.venv/run: .venv/made requirements.lock pyproject.toml
	@test -e .venv/dev || $(BIN)/pip install -q --require-hashes -r requirements.lock
	$(BIN)/pip install -q --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev: .venv/made requirements-dev.lock pyproject.toml
	$(BIN)/pip install -q --require-hashes -r requirements-dev.lock
	$(BIN)/pip install -q --no-deps --no-build-isolation -e .
	@touch $@

clean:
	rm -rf .venv .venv-wacz demo-archive build dist *.egg-info
