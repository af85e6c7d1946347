#!/usr/bin/env bash
# The tool killed, cut off, starved and misused, and the table of what became of it: torture.sh [FILTER].
set -euo pipefail
cd "$(dirname "$0")/.."
export ONLINE_CHANGE_TORTURE=1
export ONLINE_CHANGE_SEED=${ONLINE_CHANGE_SEED:-$RANDOM$RANDOM}
ONLINE_CHANGE_TORTURE_TABLE=$(mktemp)
export ONLINE_CHANGE_TORTURE_TABLE
trap 'rm -f "$ONLINE_CHANGE_TORTURE_TABLE"' EXIT
# Many of the scenarios have a dozen processes each.
export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=${SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH:-$(getconf _NPROCESSORS_ONLN)}
echo "torture: seed $ONLINE_CHANGE_SEED"
swift build --build-tests
code=0
run() { swift test --skip-build --disable-xctest "$@" </dev/null || code=$?; }
# What measures its own process's memory has one for itself.
alone='manyChangesLeaveNothingBehind'
if [ $# -gt 0 ]; then
    run --filter "$1"
else
    run --filter IntegrationTests.Torture --skip "$alone"
    run --filter "$alone"
fi

# One line of JSON a scenario, keys in alphabetical order.
field() { sed -nE "s/.*\"$1\":(\"[^\"]*\"|[0-9.]+).*/\1/p" <<<"$2" | tr -d '"'; }
printf '\n%-52s %7s %7s %5s %7s %8s\n' scenario cases passed lost errors time
while read -r line; do
    printf '%-52s %7s %7s %5s %7s %6.0f s\n' "$(field scenario "$line")" "$(field tried "$line")" \
        "$(field passed "$line")" "$(field lostWrites "$line")" "$(field applicationErrors "$line")" "$(field time "$line")"
done <"$ONLINE_CHANGE_TORTURE_TABLE"
echo "torture: seed $ONLINE_CHANGE_SEED, $([ "$code" = 0 ] && echo passed || echo failed)"
exit "$code"
