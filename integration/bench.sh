#!/bin/sh
# What a change of int to bigint costs, blocking, in one UPDATE, and by the release build: bench.sh [ROWS [TEST]].
# The table is printed; .build/bench.json has it too. The test is columnOfEveryRow, or shapesOfTables for other tables.
set -eu
cd "$(dirname "$0")/.."
swift build -c release --product online-change
ONLINE_CHANGE_BINARY=$(swift build -c release --show-bin-path)/online-change
export ONLINE_CHANGE_BINARY
export ONLINE_CHANGE_BENCH=${1:-1000000}
export ONLINE_CHANGE_BENCH_JSON=${ONLINE_CHANGE_BENCH_JSON:-$PWD/.build/bench.json}
swift build --build-tests
swift test --skip-build --disable-xctest --filter "BackfillBenchmark/${2:-columnOfEveryRow}"
