# make run opens Puffling, make test checks it; both install what is missing first.
VENV := .venv
PY := $(VENV)/bin/python
PYTHON ?= $(shell for each in python3.11 python3.12 python3.13 python3; do \
	$$each -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && echo $$each && break; done)
READY := $(VENV)/.ready
export PYTHONDONTWRITEBYTECODE :=
OFFSCREEN := QT_QPA_PLATFORM=offscreen
QUICK := not slow and not desktop

.PHONY: run setup test test-full checks bench peers bundle deb tour pictures lock sessions reference coverage clean

run: setup
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ] || [ "$$(uname)" != Linux ]; then $(PY) -m puffling; \
	else echo "There is no display here: running the guided tour instead; its pictures go to build/tour."; \
	$(MAKE) --no-print-directory tour; fi

setup: $(READY)

$(READY): requirements.lock pyproject.toml .ci/packages.txt
	@test -n "$(PYTHON)" || { echo "Puffling needs Python 3.11, 3.12 or 3.13."; exit 1; }
	@.ci/packages run
	@test -x $(PY) || $(PYTHON) -m venv $(VENV)
	@echo "Installing the locked dependencies"
	@if command -v uv >/dev/null; then uv pip sync -q --require-hashes --python $(PY) requirements.lock; \
	else $(PY) -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock; fi
	@if command -v uv >/dev/null; then uv pip install -q --python $(PY) --no-deps --no-build-isolation -e .; \
	else $(PY) -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .; fi
	@touch $@

checks: setup
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/lint-imports
	$(VENV)/bin/mypy

test: checks
	$(OFFSCREEN) $(PY) -m pytest -q -n 2 --dist loadfile -m "$(QUICK)"

test-full: setup
	@.ci/packages test
	$(PY) -m pytest -q -m "slow or desktop"
	@$(MAKE) --no-print-directory coverage

# The files that must stay fully covered, branches included.
PERFECT := puffling/core/*,puffling/commands/registry.py,puffling/services/orders.py,puffling/services/risk.py,puffling/services/halting.py,puffin/risk/limits*.py,puffin/risk/cash.py,puffin/risk/contracts.py,puffin/measures.py

coverage: setup
	$(OFFSCREEN) $(PY) -m pytest -q -n 2 --dist loadfile -m "$(QUICK)" --cov --cov-report= --cov-branch
	$(VENV)/bin/coverage report --include="$(PERFECT)" --fail-under=100

bench: setup
	$(OFFSCREEN) $(PY) -m tests.bench

# Other backtesters and chart programs, for the bench alone: in an environment of their own, never shipped.
peers: build/peers/.ready

build/peers/.ready:
	$(PYTHON) -m venv build/peers
	build/peers/bin/python -m pip install -q --disable-pip-version-check backtesting vectorbt finplot PyQt6 vnpy
	@touch $@

bundle: setup
	$(PY) -m PyInstaller --noconfirm --log-level WARN --distpath dist --workpath build/pyinstaller puffling.spec
	@du -sh dist/puffling

deb: bundle
	$(PY) -m bundle.deb dist/puffling dist

tour: setup
	@.ci/packages test
	xvfb-run -a -s "-screen 0 1920x1080x24" $(PY) -m puffling tour build/tour

# Every built-in layout in every theme and density, on a small and a large screen, to be looked at.
pictures: setup
	for size in 1366x768 1920x1080; do \
	  $(PY) -m tests.ui.gallery build/pictures --size $$size || exit 1; \
	done

lock:
	@test -x $(PY) || $(PYTHON) -m venv $(VENV)
	@command -v uv >/dev/null || $(PY) -m pip install -q uv
	PATH="$(VENV)/bin:$$PATH" uv pip compile pyproject.toml --extra dev --universal --generate-hashes --no-header -q -o requirements.lock

sessions: setup
	$(PY) -m puffin.data.sessions_table

reference: setup
	$(PY) -m puffling commands --write
	$(PY) -m puffling words

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage
