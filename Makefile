# Two commands matter: `make demo` and `make test`. Each makes what it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c requirements/constraints.txt

.PHONY: help demo test test-zoo lint format bench bench-corpus bench-determinism bench-mutations bench-metrics bench-scale bench-shards bench-degrade bench-labels bench-rare bench-align bench-detect bench-detect-speed bench-detect-ablation benchmark bench-yolov10 bench-read bench-read-files bench-read-mutations clean clean-caches
help:  ## list the targets
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 24

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.demo: $(VENV)/bin/python pyproject.toml requirements/constraints.txt
	$(PIP) -e '.[demo]'
	@touch $@

$(VENV)/.test: $(VENV)/bin/python pyproject.toml requirements/constraints.txt
	$(PIP) -e '.[test,demo]'
	@touch $@

$(VENV)/.dev: $(VENV)/bin/python pyproject.toml requirements/constraints.txt
	$(PIP) -e '.[dev,demo]'
	@touch $@

demo: $(VENV)/.demo  ## engrave four real scores into demo/ and say where to look
	$(BIN)/python -m benchmarks.demo demo

test: $(VENV)/.test  ## run all tests
	$(BIN)/python -m pytest -n 2 --dist loadgroup --max-worker-restart 0 -q

test-zoo: $(VENV)/.test  ## the tests of networks that a further library holds, which is installed first
	$(PIP) -e '.[test,demo,zoo]'
	$(BIN)/python -m pytest -n 2 --dist loadgroup --max-worker-restart 0 -q tests/models

lint: $(VENV)/.dev  ## what pre-commit runs: style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/.dev  ## put the code in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.test  ## milliseconds a page and stage, memory, and the seeds' pipeline beside it
	$(BIN)/python -m benchmarks.speed $(SCORES) $(ARGS)

bench-corpus: $(VENV)/.test  ## build every score of a folder: SCORES=...
	$(BIN)/python -m benchmarks.corpus $(SCORES) $(ARGS)

bench-determinism: $(VENV)/.test  ## workers 1, 2, 4, shuffled, killed ten times: SCORES=...
	$(BIN)/python -m benchmarks.determinism $(SCORES) $(ARGS)

bench-mutations: $(VENV)/.test  ## 2,000 mutated scores: SCORES=...
	$(BIN)/python -m benchmarks.mutations $(SCORES) $(ARGS)

bench-metrics: $(VENV)/.test  ## figures of detection beside pycocotools and faster-coco-eval
	$(BIN)/python -m benchmarks.metrics $(ARGS)

bench-scale: $(VENV)/.test  ## DeepScoresV2 complete, simulated: 255,385 pages (34 GB of disk)
	$(BIN)/python -m benchmarks.scale $(ARGS)

bench-shards: $(VENV)/.test  ## builds of 100, 1,000 and 3,000 pages in shards, also on a cluster: SCORES=...
	$(BIN)/python -m benchmarks.shards $(SCORES) $(ARGS)

bench-degrade: $(VENV)/.test  ## milliseconds a page for each recipe: DATASET=...
	$(BIN)/python -m benchmarks.degrade_speed $(DATASET) $(ARGS)

bench-labels: $(VENV)/.test  ## how far labels are from the pixels they moved with: DATASET=...
	$(BIN)/python -m benchmarks.label_error $(DATASET) $(ARGS)

bench-rare: $(VENV)/.test  ## symbols of each class with composed scores, and without: DATASET=...
	$(BIN)/python -m benchmarks.rare --before $(DATASET)/statistics.json $(ARGS)

bench-align: $(VENV)/.test  ## scans registered to their pages, and wrong pages refused: DATASET=...
	$(BIN)/python -m benchmarks.align $(DATASET) $(ARGS)

bench-detect: $(VENV)/.test  ## what the detector finds on pages it was not trained on, and each bar: DATASET=...
	$(BIN)/python -m benchmarks.detect $(DATASET) $(ARGS)

bench-detect-speed: $(VENV)/.test  ## seconds from file to symbols and memory, beside a sliced YOLOv10n: DATASET=...
	$(BIN)/python -m benchmarks.detect_speed $(DATASET) $(ARGS)

bench-detect-ablation: $(VENV)/.test  ## what each part of the detector brings, by short trainings: DATASET=... OUT=runs/
	$(BIN)/python -m benchmarks.detect_ablation $(DATASET) -o $(OUT) $(ARGS)

benchmark: $(VENV)/.test  ## every model of the registry on the same small budget, side by side: DATASET=... OUT=runs/
	$(BIN)/python -m benchmarks.zoo $(DATASET) -o $(OUT) $(ARGS)

bench-yolov10: $(VENV)/.test  ## a YOLOv10 on slices, trained and evaluated: DATASET=... OUT=run/
	$(BIN)/python -m benchmarks.yolov10 $(DATASET) -o $(OUT) $(ARGS)

bench-read: $(VENV)/.test  ## music read from true and detected symbols, against the truth: DATASET=...
	$(BIN)/python -m benchmarks.read $(DATASET) $(ARGS)

bench-read-files: $(VENV)/.test  ## music read against the files it came from, by TEDn, LMX, OMR-NED: DATASET=... SCORES=...
	$(BIN)/python -m benchmarks.read_files $(DATASET) $(SCORES) $(ARGS)

bench-read-mutations: $(VENV)/.test  ## pages with damaged symbols: music or a clear error, nothing else: DATASET=...
	$(BIN)/python -m benchmarks.read_mutations $(DATASET) $(ARGS)

clean:  ## remove what the targets made
	rm -rf $(VENV) demo demo-scores bench .pytest_cache .mypy_cache .ruff_cache

clean-caches:  ## remove the caches of compiled functions
	find notehead benchmarks -name '*.nb[ic]' -delete
