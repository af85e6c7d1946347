#!/usr/bin/env bash
# Three deploys of a small application whose column gets another name. Prints the terminal's transcript as the page
# docs/staged-deploys.md. Fails if a write was lost or a statement failed.
#
# Starts a server of its own and leaves nothing; with --here it makes its table where libpq's environment leads.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
tool=$(realpath -m "${ONLINE_CHANGE_BINARY:-$here/../../.build/release/online-change}")
cd "$here"
rows=${SHOP_ROWS:-20000}
export SHOP_PAUSE=${SHOP_PAUSE:-0.5} SHOP_PID=$$
[ -x "$tool" ] || { echo "staged-deploys: build it first: make build" >&2; exit 1; }
work=$(mktemp -d "${TMPDIR:-/tmp}/oc-shop-XXXXXX")
export SHOP_RUN=$work/run PATH=$work/bin:$PATH

# --- the server ---------------------------------------------------------------------------------------------------

as_server() {
    if [ "$EUID" != 0 ]; then "$@"; else setpriv --reuid="$owner" --regid="$(id -g "$owner")" --clear-groups "$@"; fi
}

start_server() {
    local programs=${ONLINE_CHANGE_PG_BIN:-$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -t/ -k5n | tail -n 1)}
    programs=${programs:-$(pg_config --bindir)}
    PATH=$programs:$PATH
    owner=$(id -un)
    [ "$EUID" != 0 ] || owner=$(id -un postgres 2>/dev/null || echo nobody)
    server=$work/server
    chmod 755 "$work"
    mkdir "$server"
    chown "$owner" "$server"
    as_server initdb -D "$server/data" -U shop -A trust --no-sync >/dev/null
    as_server pg_ctl -D "$server/data" -o "-c listen_addresses='' -k '$server'" -l "$server/log" -w start >/dev/null
    export PGHOST=$server PGPORT=5432 PGUSER=shop PGDATABASE=postgres
    # Whoever kills this script leaves nothing either.
    (
        while kill -0 "$SHOP_PID" 2>/dev/null; do sleep 0.5; done
        stop_server
        rm -rf "$work"
    ) >/dev/null 2>&1 &
}

stop_server() {
    [ ! -e "$work/server/data/postmaster.pid" ] || as_server pg_ctl -D "$work/server/data" -m immediate -w stop >/dev/null
}

stop_instances() {
    local running
    for running in "$SHOP_RUN"/*.running; do
        [ ! -e "$running" ] || touch "${running%.running}.stop"
    done
    for running in "$SHOP_RUN"/*.running; do
        while [ -e "$running" ]; do sleep 0.05; done
    done
}

finish() {
    local code=$?
    stop_instances
    stop_server
    rm -rf "$work"
    exit "$code"
}
trap finish EXIT
trap 'exit 130' INT TERM

mkdir "$SHOP_RUN" "$work/bin"
ln -s "$tool" "$work/bin/online-change"
if [ "${1:-}" != --here ]; then start_server; fi
export PGOPTIONS="-c client_min_messages=warning"

# --- the transcript -----------------------------------------------------------------------------------------------

say() { cat; echo; }

# What changes with every run is left out: times, rates, process numbers.
steady() {
    sed -E -e 's/ \(([0-9.]+ (s|ms|min))[^)]*\)$//' -e '/^ +(backfill|compare)[a-z ]* +[0-9.]+ %/d' \
        -e 's/compared [0-9,]+ rows/compared all rows/' -e '/^  waiting for [a-z]+: customer-full-name: /d' \
        -e 's/[a-z_0-9-]+@[^ ]+ \(pid [0-9]+\)/deploy@ci/' -e 's/[ \t]+$//'
}

# Shows a command and what it prints; fails if it ends with another code than the expected one.
shown() {
    local expected=$1 code=0
    shift
    echo "\$ ${shown_as:-$*}"
    "$@" >"$work/out" 2>&1 </dev/null || code=$?
    steady <"$work/out"
    if [ "$code" != "$expected" ]; then
        echo "staged-deploys: '$*' ended with $code, not $expected" >&2
        cat "$work/out" >&2
        exit 1
    fi
    [ "$code" = 0 ] || echo "(exit code $code)"
}

# What psql answers, without the blank line at its end.
sessions() {
    shown_as="psql -c \"$1\"" shown 0 psql -X -c "$1" | sed '$d'
}

# Both jobs of a deploy; the application's begins first and waits for the schema's.
deploy() {
    local folder=$1 number=$2 release=$3
    pushd "$folder" >/dev/null
    echo '```'
    echo "deploy $number/application \$ online-change wait customer-full-name --for $(sed -n 's/^through: //p' changes/*) --timeout 10m"
    ../pipeline.sh application "$number" "$release" >"$work/application" 2>&1 </dev/null &
    local job=$!
    while [ ! -s "$work/application" ] && kill -0 "$job" 2>/dev/null; do sleep 0.02; done
    echo "deploy $number/schema      \$ online-change apply changes --yes --annotate \"deploy $number, release $release\""
    ../pipeline.sh schema "$number" "$release" >"$work/schema" 2>&1 </dev/null || { cat "$work/schema" >&2; exit 1; }
    wait "$job" || { cat "$work/application" >&2; exit 1; }
    steady <"$work/schema"
    echo
    echo "deploy $number/application"
    steady <"$work/application"
    echo '```'
    echo
    popd >/dev/null
}

count() { cat "$SHOP_RUN"/*.log | grep -cx "$1" || true; }

psql -X -q -v ON_ERROR_STOP=1 -v rows="$rows" -f schema.sql
./roll-out.sh 1 0-old/release.sql >/dev/null

say <<'PAGE'
# Staged deploys: a rename in three deploys

A team's application, a shop, has the column `customer.name` and wants `customer.full_name`. Its releases are deployed by a
pipeline, weeks apart, two instances of each, one replaced after the other. This page is the terminal's transcript of the
whole way; `make staged-deploys` makes it anew on a server of its own, with every write counted. What you see is in
`integration/staged-deploys/`. Times and process numbers are left out.

The change is a file in the application's repository. The phase that it may have reached is the only line that a deploy
changes:
PAGE
echo '```yaml'
cat 1-both/changes/0001-customer-full-name.yaml
echo '```'
say <<'PAGE'

The pipeline has two jobs, which start side by side and are the same for every deploy:
PAGE
echo '```bash'
sed -n '/^case/,$p' pipeline.sh
echo '```'

say <<'PAGE'

`apply` takes the database as far as the file says and leaves alone what is reached. `wait` holds the application back until
it is, wherever the schema's job runs; it may start before the change does.

## Deploy 1: both names work, and release 2 writes both

Release 1 runs and knows `name` alone:
PAGE
echo '```'
shown 0 cat 0-old/release.sql
echo
sessions "SELECT DISTINCT application_name FROM pg_stat_activity WHERE application_name LIKE 'shop%'"
echo '```'
say <<'PAGE'

The commit adds the change file, with `through: backfill`, and release 2. It is deployed while release 1 writes:
PAGE
deploy 1-both 1 2
say <<'PAGE'
The gate says how to see that the new release is there. The instances are:
PAGE
echo '```'
sessions "SELECT DISTINCT application_name FROM pg_stat_activity WHERE query ~ ('\\m' || 'full_name' || '\\M') AND pid <> pg_backend_pid()"
echo '```'
say <<'PAGE'

## Weeks between

Deploys that have nothing to do with the change run the same line, and it is left alone:
PAGE
echo '```'
pushd 1-both >/dev/null
for _ in 1 2 3 4; do shown 0 online-change apply changes --yes --annotate "hotfix"; done
popd >/dev/null
echo '```'
say <<'PAGE'

Somebody edits the file of a change that has begun. That is refused, with the difference, before anything is touched:
PAGE
mkdir -p "$work/edited/changes"
sed 's/full_name/fullname/' 1-both/changes/0001-customer-full-name.yaml >"$work/edited/changes/0001-customer-full-name.yaml"
pushd "$work/edited" >/dev/null
echo '```'
shown 78 online-change apply changes --yes
echo '```'
popd >/dev/null
say <<'PAGE'

## Deploy 2: the names are exchanged, and release 3 writes the new one

The gate's check has shown that no instance of release 1 is left. The commit changes `through: backfill` to `through: swap`
and brings release 3, which knows `full_name` alone:
PAGE
deploy 2-new 2 3
say <<'PAGE'
Release 2 is gone, and nobody names the old column any more:
PAGE
echo '```'
sessions "SELECT DISTINCT application_name FROM pg_stat_activity WHERE query ~ ('\\m' || 'name' || '\\M') AND pid <> pg_backend_pid()"
echo '```'
say <<'PAGE'

## Deploy 3: the old column goes

Weeks later. Until here `online-change rollback customer-full-name` would have given the table back as it was. The commit
changes one line, `through: drop`:
PAGE
deploy 3-drop 3 3
stop_instances
say <<'PAGE'
## What was counted

All instances have stopped. What the server acknowledged to them is compared with what the table holds: each update appended
a `+` to a name, so that one that was lost would be missed.
PAGE
inserted=$(count inserted) updated=$(count updated) differs=$(count differs)
failed=$(cat "$SHOP_RUN"/*.errors | grep -c ERROR || true)
read -r found_inserts found_updates < <(psql -XAtF ' ' -v ON_ERROR_STOP=1 -c \
    "SELECT count(*) - $rows, sum(length(full_name) - length(replace(full_name, '+', ''))) FROM customer")
report() { printf '%-12s%s\n' "$1" "$2"; }
echo '```'
report inserts "acknowledged: all that are found; lost: $((inserted - found_inserts))"
report updates "acknowledged: all that are found; lost: $((updated - found_updates))"
report reads "that saw two names differ: $differs"
report statements "that failed: $failed"
echo
sessions "SELECT attname, atttypid::regtype FROM pg_attribute WHERE attrelid = 'customer'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum"
echo
sessions "SELECT what FROM online_change.audit WHERE what LIKE 'annotation: %' OR what LIKE '%: reached %' ORDER BY id"
echo '```'
echo "staged-deploys: $inserted inserts and $updated updates acknowledged, $found_inserts and $found_updates found, $failed failed" >&2
[ "$inserted" -gt 0 ] && [ "$updated" -gt 0 ] && [ "$differs $failed" = "0 0" ]
[ "$inserted $updated" = "$found_inserts $found_updates" ]

cat <<'PAGE'

## How a team stages this

* **One commit a phase.** `through:` says how far the database may be once that commit is deployed. A pipeline for several
  environments takes each as far as the commit that it deploys there, so that staging is ahead of production by as many
  phases as by commits.
* **The gate is the checklist of the next commit.** `apply` prints it when it stops, `online-change status` repeats it on
  any day: what is true now, what to deploy, how to see that it is deployed, and the commands on and back.
* **Nothing goes back of itself.** Deploying an older commit leaves the database where it is, which the older release
  bears until *drop*. To go back, say so: `online-change rollback customer-full-name`. The file is then refused (78) until
  it is removed, changed, or applied with `--again`.
* **Large tables.** Let the file say `through: expand`, and somebody who may watch it run the backfill for as long as it
  takes: `online-change advance customer-full-name --through backfill`, with `--only 22:00-06:00` set by `tune` if it must.
  The deploy that needs it says `wait customer-full-name --for backfill`.
* **Files stay.** The ledger knows a finished change by its name and arguments for good, whatever becomes of the table
  later. In a database that was made from a later schema, where `full_name` is and `name` isn't, there is nothing to do.
* **Exit codes.** 0 is deployed. 75 is not now: let the pipeline try again. 78 wants a person.
PAGE
