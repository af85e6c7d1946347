#!/bin/sh
# The first two targets on a quiet machine, with the release build: ten renames of 1,000,000 rows under load, and a
# reader that stays for 30 s when each DDL step is due.
set -eu
cd "$(dirname "$0")/.."
swift build -c release --product online-change
ONLINE_CHANGE_BINARY=$(swift build -c release --show-bin-path)/online-change
export ONLINE_CHANGE_BINARY
export ONLINE_CHANGE_LONG=1
swift build --build-tests
swift test --skip-build --filter 'IntegrationTests.TenRunsTests'
swift test --skip-build --filter 'IntegrationTests.HeldLockTests/readerStaysOpen'
