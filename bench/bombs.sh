#!/usr/bin/env bash
# bench/bombs.sh -- what other clients notice of requests made to keep every worker busy.
#
# usage: bench/bombs.sh BUILD [SECONDS [WORKERS]]     fails if a worker is killed.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd -P)
build=$1 seconds=${2:-5} workers=${3:-4}
dir=$(mktemp -d)
trap '"$root/quickstart" stop --dir "$dir/outbox" >/dev/null; rm -rf "$dir"' EXIT
port=$((20000 + RANDOM % 20000))
"$root/quickstart" --detach --port "$port" --dir "$dir/outbox" --workers "$workers" --empty >/dev/null
"$build/bench/bombs" "http://127.0.0.1:$port/api" "$(cat "$dir/outbox/admin.token")" "$seconds"
if grep -a 'worker_timeout_s\|worker-ended\|killed' "$dir/outbox/outboxd.log"; then
	echo "bench/bombs.sh: a worker was killed" >&2
	exit 1
fi
