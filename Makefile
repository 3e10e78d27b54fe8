# Provenance Lab. `make help` lists the commands; each of them does its own set-up.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
# Bytecode is compiled once, at set-up: importing pandas without it costs seconds at every start.
unexport PYTHONDONTWRITEBYTECODE
.DEFAULT_GOAL := help

help: ## show this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(VENV)/.ready: requirements.txt pyproject.toml environment/setup.sh
	@PYTHON="$(PYTHON)" sh environment/setup.sh "$(VENV)"
	@touch $@

setup: $(VENV)/.ready ## prepare .venv and the broker, nothing else

lab: setup ## start the stack and open JupyterLab
	$(BIN)/eprlab lab

test: setup ## run every test
	$(BIN)/python -m pytest tests

site: setup ## build the site into _build/html from the committed outputs
	$(BIN)/eprlab site

bench: setup ## measure speed and memory (book/measurements.md)
	$(BIN)/python -m eprlab.bench

lint: setup ## format check and lint
	$(BIN)/ruff format --check . && $(BIN)/ruff check .

lock: ## resolve requirements.in into requirements.txt again
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" requirements.in -o requirements.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" -c requirements.txt environment/registry/requirements.in -o environment/registry/requirements.txt

clean: ## stop the stack and remove everything the lab wrote
	-@[ ! -x $(BIN)/eprlab ] || $(BIN)/eprlab reset --yes
	rm -rf .lab _build $(VENV)

.PHONY: help setup lab test site bench lint lock clean
