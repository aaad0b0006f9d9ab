#!/bin/sh
# total.sh DIR -- the totals of the suites that suite.sh ran with DIR, as CUnit prints them.  A suite that did not come to
# its end counts as a test that failed.
awk '
function no_end() {
	if (open) {
		failed++
		print "FAILED: " name " did not come to its end"
	}
	open = 0
}
FNR == 1 { no_end(); suites++; open = 1; name = FILENAME; sub(/.*\//, "", name) }
$1 == "tests" { open = 0; total += $2; ran += $3; passed += $4; failed += $5 }
$1 == "tests" && $5 > 0 { print "FAILED: " name }
$1 == "asserts" { asserts += $3 }
END {
	no_end()
	printf "\nRun Summary: %7s %7s %7s %7s\n", "Total", "Ran", "Passed", "Failed"
	printf "%12s %7d\n", "suites", suites
	printf "%12s %7d %7d %7d %7d\n", "tests", total, ran, passed, failed
	printf "%12s %7d\n", "asserts", asserts
	exit failed > 0 || total == 0
}' "$1"/*
