#!/bin/sh
# What holds a backfill back: each signal rises and falls on a server with a standby, with what status shows.
set -eu
cd "$(dirname "$0")/.."
swift build --build-tests
swift test --skip-build --disable-xctest --filter 'IntegrationTests.ThrottleTests'
