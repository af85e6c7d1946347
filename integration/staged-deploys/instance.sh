#!/usr/bin/env bash
# An instance of a release: its statements over and over, until it is told to stop. The log has what was acknowledged.
set -euo pipefail
release=$1 statements=$2 log=$3
trap 'rm -f "$log.running"' EXIT

while [ ! -e "$log.stop" ] && kill -0 "$SHOP_PID" 2>/dev/null; do
    cat "$statements"
    sleep 0.02
done | PGAPPNAME="shop $release" psql -XAtq >"$log.log" 2>"$log.errors" || true
