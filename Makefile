# make packet     set everything up and build the documents of a meeting (MEETING=113-1)
# make test       set everything up, then lint, types and tests (PYTEST_FLAGS=… for pytest)
# make test-fast  in under a minute: the tests without LibreOffice and without the slow ones
# make lint       only style, types and the direction of imports
# make fuzz       at least 5,000 seeded variants of check and 500 of build (over half an hour; FUZZ_FLAGS=…)
# make kills      kill each command at more than a hundred moments (half an hour); make test takes a quarter of them
# make bench      measure against LibreOffice itself and the script one would write instead; writes docs/benchmarks.md
#                 (only parts, shown and not written: BENCH_FLAGS="--only meetings"; see bench/README.md)
# make bundle     zips to install from without the internet, for Windows and Linux, into dist/ (fetches the wheels)
# make setup      only the virtual environment and the system packages
# make clean      remove the environment and caches; output/ stays, since it may hold hand-edited documents

MEETING ?= 113-1
PYTEST_FLAGS ?= --numprocesses=auto
FUZZ_FLAGS ?=
BENCH_FLAGS ?= --write

# Chinese file names and texts, whatever the locale of the machine.
export PYTHONUTF8 := 1

.PHONY: packet test test-fast lint fuzz kills bench bundle setup clean

packet: setup
	@.venv/bin/packet build "$(MEETING)"

test: lint
	@bash .ci/setup tests
	.venv/bin/python -m pytest $(PYTEST_FLAGS)

test-fast: setup
	.venv/bin/python -m pytest -m "not office and not slow" $(PYTEST_FLAGS)

fuzz: setup
	.venv/bin/python tests/fuzz.py $(FUZZ_FLAGS)
	.venv/bin/python tests/fuzz_packages.py --variants 500

kills: setup
	PACKET_KILL_MOMENTS=28 .venv/bin/python -m pytest tests/test_killed.py $(PYTEST_FLAGS)

bench: setup
	@PYTHONPATH=. .venv/bin/python bench/run.py $(BENCH_FLAGS)

bundle: setup
	@.venv/bin/python .ci/bundle

lint: setup
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/python -m mypy
	.venv/bin/lint-imports --no-logo

setup:
	@bash .ci/setup

clean:
	rm -rf .venv build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
