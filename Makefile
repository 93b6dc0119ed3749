# The same recipes on every machine. `make run` and `make test` need Python 3.11 or newer, make and git, nothing else.

PYTHON ?= python3
DATA_DIR ?= data/demo
BIN := .venv/bin

.PHONY: run setup test check audit secrets bench prove lock clean

run: setup  ## a fictional town through the real pipeline, then the dashboard at http://localhost:8501
	@test -e $(DATA_DIR)/truth/planted.json || $(BIN)/safer-places demo --data-dir $(DATA_DIR)
	$(BIN)/safer-places build --data-dir $(DATA_DIR)
	$(BIN)/safer-places publish --data-dir $(DATA_DIR)
	$(BIN)/safer-places serve --data-dir $(DATA_DIR)

setup: .venv/.ready  ## the environment in .venv, with the safer-places command in it

.venv/.ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	$(BIN)/python -m dashboard.assets
	@touch $@

test: setup  ## every test; what cannot run here is named
	$(BIN)/python -m pytest -n auto

check: setup  ## style, types, and who may depend on whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/bandit --quiet --recursive --configfile pyproject.toml geo pipelines dashboard
	$(BIN)/python -m benchmarks.leaked_secrets
	@# 3 says that without a network nothing is known either way; a fault that is known (1) stops here.
	$(BIN)/python -m benchmarks.known_faults || [ $$? -eq 3 ]

audit: setup  ## whether a library has a known security fault; needs a network, and says so without one
	$(BIN)/python -m benchmarks.known_faults

secrets: setup  ## note every finding as looked at and none
	$(BIN)/python -m benchmarks.leaked_secrets --keep

bench: setup  ## speed against the named peers; writes docs/figures/
	$(BIN)/python -m benchmarks

prove: setup  ## long evidence: many kills, many seeds, every attacker; writes docs/figures/
	$(BIN)/python -m benchmarks.kills --kills 200
	PYTHONPATH=tests/support $(BIN)/python -m benchmarks.faults
	$(BIN)/python -m benchmarks.fuzz --inputs 12000
	$(BIN)/python -m benchmarks.planted --seeds 10
	$(BIN)/python -m benchmarks.planted_directions --seeds 24 --keep
	$(BIN)/python -m benchmarks.attackers --seeds 10
	$(BIN)/python -m benchmarks.load --growth --every 10
	$(BIN)/python -m benchmarks.load

lock:  ## pin every dependency again, with hashes and no addresses
	uv pip compile --universal --generate-hashes --no-annotate --no-header --no-emit-index-url --no-emit-find-links \
		--extra dev --python-version 3.11 --upgrade pyproject.toml -o requirements.lock

clean:  ## take away the environment and everything made from the demo town
	rm -rf .venv data/demo dashboard/static/vendor
