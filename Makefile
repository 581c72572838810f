# Thin over scripts/, which serve where make is missing.
.PHONY: run test lint lock package smoke docs clean
run:
	@bash scripts/run
test:
	@bash scripts/test
lint:
	@bash scripts/lint
lock:
	@bash scripts/lock
package:
	@bash scripts/package
smoke:
	@bash scripts/smoke
docs:
	@bash scripts/docs
clean:
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
