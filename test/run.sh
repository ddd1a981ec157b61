#!/usr/bin/env bash
# The whole test suite, or the part that the arguments name (they go to vitest).
set -euo pipefail
cd "$(dirname "$0")/.."
. devnet/prepare.sh
exec node_modules/.bin/vitest run "$@"
