#!/usr/bin/env bash
# A deploy, in the folder of what is deployed: the same lines every time, in two jobs that start side by side.
set -euo pipefail
job=$1 deploy=$2 release=$3
case $job in
schema)
    online-change apply changes --yes --annotate "deploy $deploy, release $release"
    ;;
application)
    phase=$(sed -n 's/^through: //p' changes/0001-customer-full-name.yaml)
    online-change wait customer-full-name --for "$phase" --timeout 10m
    ../roll-out.sh "$release" release.sql
    ;;
esac
