# Thin over scripts/, which serve where make is missing.
.PHONY: run test lint lock clean
run:
	@bash scripts/run
test:
	@bash scripts/test
lint:
	@bash scripts/lint
lock:
	@bash scripts/lock
clean:
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
