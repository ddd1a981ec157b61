#!/usr/bin/env bash
# `grapevine devnet reset`, installing and building first where that is due.
set -euo pipefail
cd "$(dirname "$0")/.."
. devnet/prepare.sh
exec node dist/cmd/grapevine/main.js devnet reset "$@"
