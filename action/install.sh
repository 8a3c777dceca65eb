#!/usr/bin/env bash
# Installs what complygate needs, as the action's own commit locks it: uv.lock names every version and hash,
# nothing is built, and complygate itself runs from the action's checkout. The environment lies outside the
# workspace, and no configuration of uv is read from there.
set -euo pipefail

export UV_PROJECT_ENVIRONMENT="$RUNNER_TEMP/complygate-venv"
uv sync --quiet --no-config --project "$GITHUB_ACTION_PATH" \
  --frozen --no-dev --no-install-project --no-build
