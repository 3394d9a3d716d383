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
case $name in
browser | page_*)
    command -v chromium >/dev/null || skip "Chromium is not installed"
    ;;
esac
if [ "$name" = page_views ] && ! command -v ffmpeg >/dev/null; then
    skip "ffmpeg is not installed"
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! script/web --tests >"$log" 2>&1; then
    # Without a registry there are no libraries to build it from.
    grep -q 'npm ci failed' "$log" && skip "npm cannot fetch the libraries"
    sed 's/^/# /' "$log"
    echo "1..1"
    echo "not ok 1 - script/web"
    exit 1
fi

arguments=()
if [ "$name" = differential ]; then
    # As many as fit, of another seed than the default; a sanitizer looks at fewer.
    seconds=60
    [ "${EARWITNESS_TEST_SLOW:-1}" = 1 ] || seconds=30
    arguments=(--count 1000000 --seconds "${EARWITNESS_WEB_SECONDS:-$seconds}" --seed 20260301)
fi
node "tests/web/$name.mjs" "${arguments[@]}"
