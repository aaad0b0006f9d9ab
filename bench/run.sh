#!/usr/bin/env bash
# bench/run.sh -- all benchmarks; usage: bench/run.sh BUILD
set -euo pipefail

cd "$(dirname "$0")/.."
bench/http.sh
bench/bombs.sh "$1"
bench/million.sh "$1"
"$1/bench/query"
