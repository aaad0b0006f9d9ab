#!/usr/bin/env bash
# bench/million.sh -- what questions cost over HTTP at 10,000 and at 1,000,000 DMARC records (and 200, 20,000 TLS ones).
#
# usage: bench/million.sh BUILD [SMALL LARGE]     Loading a million takes minutes.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd -P)
build=$1 small=${2:-10000} large=${3:-1000000}
dir=$(mktemp -d)
outbox=$dir/outbox
trap '"$root/quickstart" stop --dir "$outbox" >/dev/null 2>&1 || true; rm -rf "$dir"' EXIT

measure() { # RECORDS
	local port=$((20000 + RANDOM % 20000))
	"$root/quickstart" --detach --port "$port" --dir "$outbox" --workers 4 --empty >/dev/null
	"$build/bench/load" "$outbox/run/store.sock" "$1" $(($1 / 50))
	"$build/bench/ask" "http://127.0.0.1:$port/api" "$(cat "$outbox/admin.token")" >"$dir/$1"
	"$root/quickstart" stop --dir "$outbox" >/dev/null
	rm -rf "$outbox"
}

measure "$small"
measure "$large"
printf '%-42s %12s %12s %8s\n' 'microseconds (median)' "$small" "$large" ratio
paste "$dir/$small" "$dir/$large" |
	awk -F '\t' '{ printf "%-42s %12d %12d %8.2f\n", $1, $2, $4, $4 / $2 }'
