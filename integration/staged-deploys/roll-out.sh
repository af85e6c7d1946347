#!/usr/bin/env bash
# Replaces the application's two instances, one after the other: new and old ones run side by side meanwhile.
set -euo pipefail
release=$1 statements=$(realpath "$2") here=$(dirname "$(realpath "$0")")
cd "$SHOP_RUN"

old=$(ls -d -- *.running 2>/dev/null || true)
for instance in 1 2; do
    log=$release-$(date +%s%N)
    touch "$log.running"
    "$here/instance.sh" "$release" "$statements" "$log" &
    sleep "$SHOP_PAUSE"
    gone=$(sed -n "${instance}p" <<<"$old")
    [ -z "$gone" ] || touch "${gone%.running}.stop"
    while [ -n "$gone" ] && [ -e "$gone" ]; do sleep 0.05; done
done
echo "release $release runs"
