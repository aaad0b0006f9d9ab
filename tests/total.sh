#!/bin/sh
# total.sh DIR -- names each test that failed, and prints the totals of the suites that suite.sh ran with DIR, as CUnit
# does.  A suite that did not come to its end counts as a failed test.
awk '
function tell(what, where) {
	print "FAILED: " name ": " what " (" where (where == "" ? "" : "; ") FILE ")"
}
function no_end() {
	if (open) {
		failed++
		tell("did not come to its end, in: " test, "")
	}
	open = 0
}
FNR == 1 { no_end(); suites++; open = 1; test = "no test"; FILE = FILENAME; name = FILENAME; sub(/.*\//, "", name) }
/^  Test: / { test = $0; sub(/^  Test: /, "", test); sub(/ \.\.\..*/, "", test) }
/FAILED$/ { wanted = 1 }
wanted && /^ +1\. / { tell(test, $2); wanted = 0 }
$1 == "tests" { open = 0; total += $2; ran += $3; passed += $4; failed += $5 }
$1 == "asserts" { asserts += $3 }
END {
	no_end()
	printf "\nRun Summary: %7s %7s %7s %7s\n", "Total", "Ran", "Passed", "Failed"
	printf "%12s %7d\n", "suites", suites
	printf "%12s %7d %7d %7d %7d\n", "tests", total, ran, passed, failed
	printf "%12s %7d\n", "asserts", asserts
	exit failed > 0 || total == 0
}' "$1"/*
