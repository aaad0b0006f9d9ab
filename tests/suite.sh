#!/bin/sh
# suite.sh RUN SUITE DIR -- runs a suite.  Prints its tests, or all but the totals when one failed; DIR/SUITE keeps
# everything.
SUITE_MAX_S=600 # many times what any needs: a suite that hangs is a failure, and not the end of the run
timeout --foreground -k 5 "$SUITE_MAX_S" "$1" "$2" </dev/null >"$3/$2" 2>&1
status=$?
if [ $status -eq 0 ]; then
	sed -n '/^Suite:/,/^Run Summary:/{/^Run Summary:/!{/^$/!p}}' "$3/$2"
else
	sed '/^Run Summary:/,/^ *asserts /d' "$3/$2"
	echo "$2 ended with $status"
fi
exit $status
