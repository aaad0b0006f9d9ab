#!/usr/bin/env bash
# tests/check.sh -- all that a change has to pass, with a summary at the end.
#
# Tests mostly wait for processes and disks; linting and fuzzing need a core all the time.  So the two kinds run side
# by side, in two lanes.  The output of each step is in build/steps/, and is shown when the step ends.
set -euo pipefail

FAILURES_SHOWN=20 # of a step, in the summary
LINES_SHOWN=8     # of the output of a step that failed without naming a test

cd "$(dirname "$0")/.."
steps=build/steps
names=(build build-san check check-san clients lint fuzz chaos)
cores=$(nproc)

step() { # NAME COMMAND...
	local name=$1 status=0 began=$SECONDS
	shift
	"$@" </dev/null >"$steps/$name" 2>&1 || status=$?
	echo "$status $((SECONDS - began))" >"$steps/$name.end"
	{
		flock 8 # the lanes share the screen
		echo "== $name, $((SECONDS - began)) s: $*"
		cat "$steps/$name"
	} 8<"$steps"
}

waiting_lane() {
	local jobs=$((cores + 1))
	step check make -s -j$jobs check
	step check-san make -s -j$jobs check SAN=1
	step clients make -s check-clients
}

computing_lane() {
	local jobs=$(((cores + 1) / 2))
	step lint make -s -k -j$jobs lint
	step fuzz make -s -j$jobs fuzz FUZZ_TIME=5 FUZZ_SEED=1
}

# In a process group of its own, which Ctrl-C does not reach.
lanes() {
	local computing
	set -m
	computing_lane &
	computing=$!
	set +m
	trap 'kill -- -'"$computing"' 2>/dev/null || true' EXIT
	waiting_lane
	wait "$computing" || true
	trap - EXIT
}

# The passed and failed tests of a step.  A step that prints no totals counts as one test, and so does whatever else
# made a step fail.
count() { # NAME
	awk -v status="$status" '
		$1 == "tests" { passed += $4; failed += $5; n++ }
		END {
			if (status != 0 && failed == 0) failed = 1
			print (n == 0 && status == 0 ? 1 : passed + 0), failed + 0
		}' "$steps/$1"
}

failures() { # NAME
	echo "$1 failed; its output is in $steps/$1:"
	if grep -q '^FAILED: ' "$steps/$1"; then
		sed -n 's/^FAILED: /  /p' "$steps/$1" | awk -v max="$FAILURES_SHOWN" '
			NR <= max
			END { if (NR > max) print "  and " NR - max " more" }'
	else
		{ grep -E 'error:|ERROR:|Error [0-9]' "$steps/$1" || cat "$steps/$1"; } | tail -n "$LINES_SHOWN" | sed 's/^/  /'
	fi
}

skipped() {
	cat "${names[@]/#/$steps/}" | sed -n 's/.*skipped: //; t take; d; :take; s/[: ]*passed$//; s/:$//; s/^/  /p' | sort -u
}

summary() {
	local name status seconds step_passed step_failed passed=0 failed=0 bad=() not_tried
	printf '\n%-10s %7s %7s %7s\n' step passed failed seconds
	for name in "${names[@]}"; do
		read -r status seconds <"$steps/$name.end" || true
		read -r step_passed step_failed < <(count "$name")
		printf '%-10s %7d %7d %7d\n' "$name" "$step_passed" "$step_failed" "$seconds"
		passed=$((passed + step_passed)) failed=$((failed + step_failed))
		((status == 0)) || bad+=("$name")
	done
	for name in "${bad[@]}"; do
		failures "$name"
	done
	not_tried=$(skipped)
	[[ -z $not_tried ]] || printf 'Not tried:\n%s\n' "$not_tried"
	echo "$passed passed, $failed failed"
	((failed == 0))
}

mkdir -p "$steps"
rm -f "$steps"/*
for name in "${names[@]}"; do
	: >"$steps/$name"
	echo "1 0" >"$steps/$name.end" # until it has run
done
step build make -s -j"$cores" all build/tests/run
step build-san make -s -j"$cores" SAN=1 all build-san/tests/run
lanes
step chaos make -s -j"$cores" chaos-short
summary
