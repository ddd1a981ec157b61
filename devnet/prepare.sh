# Sourced by the scripts that need a built program: installs the locked dependencies and builds, each only if it is due.
# Expects to run in the project's root.

if ! command -v node >/dev/null 2>&1; then
  echo "grapevine needs Node.js 20.20 or newer; no \"node\" was found. Install it from your system's packages." >&2
  exit 1
fi
if ! node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 20) ? 0 : 1)'; then
  echo "grapevine needs Node.js 20.20 or newer; this is $(node --version). Upgrade Node.js and try again." >&2
  exit 1
fi

if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  echo "Installing dependencies (npm ci) ..." >&2
  npm ci --no-audit --no-fund --loglevel=error >&2
  touch node_modules/.package-lock.json
fi

if [ ! -e dist/.built ] || [ -n "$(find src cmd test/bench package.json tsconfig.json -newer dist/.built -print -quit)" ]; then
  echo "Building (tsc) ..." >&2
  rm -rf dist
  node_modules/.bin/tsc -p tsconfig.json >&2
  touch dist/.built
fi
