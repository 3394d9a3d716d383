#!/usr/bin/env bash
# One test of the web verifier: builds the page, then runs NAME.mjs with node. Prints TAP; says so
# when what it needs is not here.
set -eu

name=${1:?a name is needed}
cd "$(dirname "$0")/../.."

skip() {
    echo "1..0 # SKIP $*"
    exit 0
}

command -v node >/dev/null || skip "Node.js is not installed"
command -v npm >/dev/null || skip "npm is not installed"
if [ "$name" = browser ] && ! command -v chromium >/dev/null; then
    skip "Chromium is not installed"
fi
if ! script/web --tests >build/web.log 2>&1; then
    # Without a registry there are no libraries to build it from.
    grep -q 'npm ci failed' build/web.log && skip "npm cannot fetch the libraries"
    sed 's/^/# /' build/web.log
    echo "1..1"
    echo "not ok 1 - script/web"
    exit 1
fi

arguments=()
if [ "$name" = differential ]; then
    # As many as fit; under a sanitizer fewer in the same time. Another seed than the default.
    arguments=(--count 1000000 --seconds "${EARWITNESS_WEB_SECONDS:-60}" --seed 20260301)
fi
exec node "tests/web/$name.mjs" "${arguments[@]}"
