# zaslin: `make demo` and `make test` need nothing but Python 3.11 or newer, make and package downloads.

VENV   ?= .venv
PYTHON ?= python3
BIN    := $(VENV)/bin
RUN    := $(BIN)/python -m zaslin
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet
TESTS  ?= tests
# two processes: one compiles the engine while the other tests the rest (tests/conftest.py)
TWO    ?= -n 2 --dist loadscope

# The pinned lists are complete, so pip resolves nothing (`--no-deps`): asked to, it prefers a newer `coverage[toml]` to the pinned one and stops.
# The installed state is keyed to what it was installed from: a second `make` installs nothing, an edited pin installs again.
KEY    := $(shell cat requirements.txt requirements-dev.txt pyproject.toml | cksum | tr ' ' '-')
READY  := $(VENV)/.ready-$(KEY)
DEV    := $(VENV)/.ready-dev-$(KEY)

.PHONY: help demo test test-all bounds lint bench bench-smoke bench-gate mutants kinematics peers clean pins

help:
	@echo "make demo      the main job on a real night; ends with the brief's path (about 3 minutes after the downloads)"
	@echo "make test      the tests that CI runs (about three minutes)"
	@echo "make test-all  these and the slow ones, with coverage"
	@echo "make bounds    tests of the model with every look into an array checked: nothing reads beside one (about a quarter of an hour)"
	@echo "make lint      style, types and the house's import rules"
	@echo "make bench     how fast zaslin is here, every figure of docs/performance (about half an hour; BENCH='--only anew' for one row)"
	@echo "make bench-smoke  the same in under a minute, only to see that it works"
	@echo "make bench-gate BASE=main  is this version slower than another beyond doubt? (about ten minutes)"
	@echo "make mutants   mutation testing of physics and doctrine, on a copy (about a quarter of an hour; FILES=doctrine/heading.py for one file)"
	@echo "make kinematics  the raid's flights against BlueSky's traffic, in an environment of its own (about a quarter of an hour)"
	@echo "make peers     workload W against BlueSky, Mesa, SimPy and a NumPy time-step, in an environment of their own (some minutes)"
	@echo "make clean     removes the environment, caches and the demo's results"
	@echo "make pins      writes the hash-pinned requirements anew (needs uv)"

demo: $(READY)
	@$(RUN) demo

test: $(DEV)
	$(BIN)/python -m pytest $(TWO) -m "not slow" $(TESTS)

test-all: $(DEV)
	$(BIN)/python -m pytest $(TWO) --cov --cov-report=term $(TESTS)

bounds: $(DEV)
	empty=$$(mktemp -d) && trap 'rm -rf "$$empty"' EXIT && \
	ZASLIN_CACHE="$$empty" NUMBA_BOUNDSCHECK=1 $(BIN)/python -m pytest $(TWO) -m "not slow" tests/atlas tests/physics tests/world tests/doctrine tests/engine tests/studies tests/oracle

lint: $(DEV)
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/mypy benchmarks
	$(BIN)/lint-imports

bench: $(READY)
	@$(BIN)/python benchmarks/run.py $(BENCH)

bench-smoke: $(READY)
	@$(BIN)/python benchmarks/run.py --quick $(BENCH)

bench-gate: $(READY)
	@[ -n "$(BASE)" ] || { echo "bench-gate: name the version to hold this one against: make bench-gate BASE=main" >&2; exit 2; }
	@$(BIN)/python benchmarks/gate.py $(BASE)

mutants: $(DEV)
	$(BIN)/python scripts/mutation/run.py $(FILES)

kinematics: $(READY)
	$(BIN)/python scripts/bluesky/run.py

peers: $(READY)
	$(BIN)/python benchmarks/peers/peers.py

clean:
	[ ! -f .venv-bluesky/pyvenv.cfg ] || rm -rf .venv-bluesky
	[ ! -f benchmarks/peers/.venv/pyvenv.cfg ] || rm -rf benchmarks/peers/.venv
	[ ! -f "$(VENV)/pyvenv.cfg" ] || rm -rf "$(VENV)"
	rm -rf results/demo-* build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .coverage .cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

pins:
	uv pip compile --universal --generate-hashes --python-version 3.11 --no-header --no-annotate \
	  pyproject.toml --group build -o requirements.txt
	uv pip compile --universal --generate-hashes --python-version 3.11 --no-header --no-annotate \
	  pyproject.toml --group build --extra dev -c requirements.txt -o requirements-dev.txt
	uv pip compile --universal --generate-hashes --python-version 3.11 --no-header --no-annotate --no-emit-package zmq \
	  scripts/bluesky/requirements.in -o scripts/bluesky/requirements.txt
	uv pip compile --universal --generate-hashes --python-version 3.11 --no-header --no-annotate --no-emit-package zmq \
	  -c scripts/bluesky/requirements.txt benchmarks/peers/requirements.in -o benchmarks/peers/requirements.txt

# An environment of our own. Where `python3` is too old, a newer one beside it is looked for before giving up.
$(BIN)/python:
	@set -e; found=; \
	for python in $(PYTHON) python3.14 python3.13 python3.12 python3.11; do \
	  if command -v "$$python" >/dev/null 2>&1 && "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
	  then found=$$python; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
	  echo "zaslin needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1 || echo not there)." >&2; \
	  echo "Install a newer Python, or name one: make PYTHON=/path/to/python3.12" >&2; exit 1; \
	fi; \
	echo "making the environment $(VENV) with $$found ($$($$found --version))"; \
	"$$found" -m venv "$(VENV)" || { rm -f $(BIN)/python*; \
	  echo "$$found cannot make a virtual environment; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }

$(READY): | $(BIN)/python
	@echo "installing zaslin and what it needs (pinned by hash; the first time takes a minute or two)"
	@$(PIP) install --no-deps --require-hashes -r requirements.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@rm -f $(VENV)/.ready-[0-9]*; touch $@

$(DEV): $(READY)
	@echo "installing what the tests need"
	@$(PIP) install --no-deps --require-hashes -r requirements-dev.txt
	@$(PIP) check
	@rm -f $(VENV)/.ready-dev-*; touch $@
