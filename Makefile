.PHONY: demo demo-all test check bench lock pdfs clean

demo: ## analyse the example claim from recorded replies
	@bin/set-up requirements.lock
	@.venv/bin/mechsyn demo

demo-all: ## analyse all recorded claims
	@bin/set-up requirements.lock
	@.venv/bin/mechsyn demo --all

test: ## linter, type checker, import floors and tests; every branch of rules and schemas must be run
	@bin/set-up requirements-dev.lock
	@bin/browser
	@if [ "$$CI" = true ]; then bin/llama-server >/dev/null; fi
	@$(MAKE) --no-print-directory check
	.venv/bin/python -m pytest -q --cov --cov-report=term:skip-covered
	.venv/bin/coverage report -m --skip-covered --include='pipeline/rules/*,schemas/*' --fail-under=100

check:
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/pyright
	.venv/bin/lint-imports --no-logo

bench: ## measurements, each a ratio in one run
	@bin/set-up requirements-dev.lock
	.venv/bin/python bench/run_all.py

lock: ## resolve the dependencies anew (needs uv)
	uv pip compile pyproject.toml --group build --universal --generate-hashes --no-header -q -o requirements.lock
	uv pip compile pyproject.toml --group dev --universal --generate-hashes --no-header -q -o requirements-dev.lock

pdfs: ## make the fixture PDFs again from their typst sources
	@bin/set-up requirements-dev.lock
	.venv/bin/python fixtures/studies/build_pdfs.py

clean:
	rm -rf .venv .pytest_cache .ruff_cache .hypothesis .import_linter_cache .coverage
