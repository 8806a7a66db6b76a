# The way into every tool. Plain `make` lists the verbs.
SHELL := /bin/sh
PYTHON ?= python3
PY := .venv/bin/python
export PYTHONPATH := $(CURDIR)

.DEFAULT_GOAL := help
.PHONY: help setup up down status logs start stop reconcile erase demo test check fmt requirements generate department migration \
	faults bench images images-airgapped engine containers

help: ## these lines
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-17s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## virtual environment from the lock, and the servers this machine lacks
	@$(PYTHON) tools/setup.py
	@$(PY) -m tools servers

up: setup ## open the shop (MODE=auto|compose|native, PORT_BASE=18000, ONLY="parts crm")
	@$(PY) -m tools up $(ONLY)

down: ## close it: ends what `make up` started, keeps the data
	@test ! -x $(PY) || $(PY) -m tools down

status: ## every part and how it is; fails if one is dead
	@$(PY) -m tools status

logs: ## last lines of the logs (OF=parts, FOLLOW=1)
	@$(PY) -m tools logs $(OF) $(if $(FOLLOW),--follow)

start: ## start one part (OF=parts, REPLICA=2)
	@$(PY) -m tools start $(OF) --replica $(or $(REPLICA),1)

stop: ## stop one part (OF=parts, REPLICA=2)
	@$(PY) -m tools stop $(OF) --replica $(or $(REPLICA),1)

reconcile: ## do all departments of the running shop agree? Q1 to Q10, by read-only logins; fails if not
	@$(PY) -m tools reconcile

erase: ## close the shop and delete its data, passwords and keys (asks; YES=1 does not)
	@$(PY) -m tools erase $(if $(YES),--yes)

demo: setup ## a working day of 60 visits with faults, and whether all departments agree (DEMO_INPUT=file.csv)
	@$(PY) -m demo

bench: setup ## what a journey costs, next to the machine's floor (QUICK=1, COMPARE=old.json, PROFILE=reception)
	@$(PY) -m bench

test: setup ## every test, on private servers (ARGS="-k estimate services/reception")
	@$(PY) -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

check: setup ## format, lint, types, imports, contracts, migrations: under a minute
	@$(PY) -m tools.check

fmt: setup ## put the code in its form
	@.venv/bin/ruff check --fix --quiet . || true
	@.venv/bin/ruff format --quiet .

requirements: setup ## what of the requirements works, and whether tests prove it; after `make test`
	@$(PY) -m tests.requirements

generate: setup ## write what is generated: AsyncAPI, schemas, OpenAPI, parts of Compose, gateway, import rules
	@$(PY) -m tools.generate
	@$(PY) -m tools.contracts
	@$(PY) -m tools.openapi
	@$(PY) -m tools.docs

department: setup ## a new department that subscribes and publishes (OF=quality EN=Quality ZH=质量)
	@$(PY) -m tools.scaffold $(OF) $(if $(EN),--en "$(EN)") $(if $(ZH),--zh "$(ZH)")
	@$(PYTHON) tools/setup.py

migration: setup ## write a department's next migration (OF=parts WHY="keep batches")
	@$(PY) -m tools.migrations revision $(OF) -m "$(WHY)"

faults: setup ## break broker, databases and departments on purpose (ONLY=alarm, SOAK=10m, SEED=3)
	@$(if $(SOAK),$(PY) -m tests.faults.soak $(SOAK) --seed $(or $(SEED),0),\
		$(PY) -m pytest shared/tests tests --faults=$(or $(ONLY),all) --fault-seed=$(or $(SEED),1) $(ARGS))

images: setup ## the containers' images, on the official ones
	@$(PY) -m tools images

images-airgapped: setup ## the same from distribution packages alone, where no registry is reached (FRESH=1)
	@$(PY) -m tools images --airgapped $(if $(FRESH),--fresh)

engine: setup ## a container engine of this checkout's own where none answers (STOP=1 ends it)
	@$(PY) -m tools engine $(if $(STOP),--stop)

containers: setup ## the demo's day in containers, a new department there, and tests on servers in containers
	@$(PY) -m tests.containers
