#!/bin/sh
# The speed of the backfill against one single UPDATE of the whole table, with the release build.
set -eu
cd "$(dirname "$0")/.."
swift build -c release --product online-change
ONLINE_CHANGE_BINARY=$(swift build -c release --show-bin-path)/online-change
export ONLINE_CHANGE_BINARY
export ONLINE_CHANGE_BENCH=${1:-1000000}
swift build --build-tests
swift test --skip-build --filter 'IntegrationTests.BackfillBenchmark'
