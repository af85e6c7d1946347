#!/bin/sh
# What `evidence` says before and after the old release stops writing, and `doctor` of a badly set server.
set -eu
cd "$(dirname "$0")/.."
swift build --build-tests
ONLINE_CHANGE_SHOW=1 swift test --skip-build --disable-xctest --filter 'IntegrationTests.EvidenceTests'
