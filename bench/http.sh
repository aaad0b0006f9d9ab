#!/usr/bin/env bash
# bench/http.sh -- requests a second through nginx: an empty call, a /get, a query with get of ten, and a create.
#
# usage: bench/http.sh [SECONDS [WORKERS]]     wrk (a Debian package) makes the load; everything on loopback.
# Machines are noisy: compare rows of one run with each other, not with those of another day.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd -P)
seconds=${1:-4} workers=${2:-4}
command -v wrk >/dev/null || { echo "bench/http.sh: wrk is not installed" >&2; exit 1; }
dir=$(mktemp -d)
trap '"$root/quickstart" stop --dir "$dir/outbox" >/dev/null; rm -rf "$dir"' EXIT
port=$((20000 + RANDOM % 20000))
"$root/quickstart" --detach --port "$port" --dir "$dir/outbox" --workers "$workers" --empty >/dev/null
token=$(cat "$dir/outbox/admin.token")
url=http://127.0.0.1:$port/api

using='"using":["urn:ietf:params:jmap:core","urn:stalwart:jmap"]'
report='{"orgName":"Bench","email":"dmarc@bench.example","reportId":"r","dateRangeBegin":"2026-01-01T00:00:00Z","dateRangeEnd":"2026-01-02T00:00:00Z","policyDomain":"bench.example","policyAdkim":"relaxed","policyAspf":"relaxed","policyDisposition":"none","policySubdomainDisposition":"none","records":[{"sourceIp":"192.0.2.1","count":7,"evaluatedDisposition":"none","evaluatedDkim":"pass","evaluatedSpf":"fail","envelopeFrom":"bench.example","headerFrom":"bench.example","dkimResults":[{"domain":"bench.example","selector":"s","result":"pass"}],"spfResults":[{"domain":"bench.example","scope":"mailFrom","result":"softFail"}]}]}'
create='["x:DmarcInternalReport/set",{"create":{"a":{"domain":"bench.example","createdAt":"2026-01-01T00:00:00Z","deliverAt":"2026-01-02T00:00:00Z","report":'$report'}}},"0"]'

# id [CALLS]: the first id that the outbox answers with
id() { curl -sS "$url" -H "Authorization: Bearer $token" -H 'Content-Type: application/json' -d "{$using,\"methodCalls\":[$1]}" | grep -o 'd[0-9a-v]\{10\}' | head -n 1; }
for _ in {1..10}; do some=$(id "$create"); done

row() { # NAME CLIENTS CALLS
	local lua=$dir/post.lua
	printf 'wrk.method = "POST"\nwrk.headers["Content-Type"] = "application/json"\nwrk.headers["Authorization"] = "Bearer %s"\nwrk.body = [==[{%s,"methodCalls":[%s]}]==]\nresponse = function(status, headers, body)\n  if status ~= 200 or body:find("\\"error\\"", 1, true) or body:find("\\"notCreated\\":{", 1, true) then\n    io.stderr:write("bench/http.sh: ", status, " ", body:sub(1, 500), "\\n") os.exit(1)\n  end\nend\n' "$token" "$using" "$3" >"$lua"
	wrk -t 2 -c "$2" -d "${seconds}s" --latency -s "$lua" "$url" |
		awk -v name="$1" -v clients="$2" '
			/50%/ {p50 = $2} /99%/ {p99 = $2} /Requests\/sec/ {rate = $2} /Non-2xx|Socket errors/ {bad = bad " " $0}
			END {printf "%-14s %7s %10s %10s %10s%s\n", name, clients, rate, p50, p99, bad}'
}

printf '%-14s %7s %10s %10s %10s   (%s workers)\n' request clients per_second median p99 "$workers"
for clients in 8 32 128; do
	row echo "$clients" '["Core/echo",{"a":1},"0"]'
	row get "$clients" "[\"x:DmarcInternalReport/get\",{\"ids\":[\"$some\"]},\"0\"]"
	row query+get "$clients" '["x:DmarcInternalReport/query",{"filter":{"domain":"bench.example"},"limit":10},"0"],["x:DmarcInternalReport/get",{"#ids":{"resultOf":"0","name":"x:DmarcInternalReport/query","path":"/ids"}},"1"]'
done
for clients in 8 32 128; do
	row create "$clients" "$create"
done
