# `make help` lists the commands. Each checks the machine first, and installs what it needs under this folder.
.POSIX:

PYTHON = python3

help:
	@echo 'make run     the demonstration, at http://127.0.0.1:8000/  (make run PORT=8001, make run PYTHON=python3.12)'
	@echo 'make test    all tests, journeys in a real browser included'
	@echo 'make check   lint, types, import order, templates, migrations, generated pages'
	@echo 'make docs    write the generated pages: rulebook, states, slots'
	@echo 'make bench   measure against the budgets'
	@echo 'make clean   remove what was installed and built; the data in var/ stay'

run test check docs bench:
	@"$(PYTHON)" -m trellis.tools.machine
	@exec "$(PYTHON)" -m trellis.tools.$@

clean:
	rm -rf .venv node_modules trellis/design/static trellis/documents/fonts
	rm -rf var/static var/stamps var/log .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find trellis -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: help run test check docs bench clean
