#!/usr/bin/env bash
# tests/programs.sh -- other people's programs against an outbox of their own: jmap-jam (tests/clients), and Chromium
# (tests/browser), with packages from the npm registry that the user's npm is set to.
set -euo pipefail

cd "$(dirname "$0")/.."
dir=$(mktemp -d "${TMPDIR:-/tmp}/outbox-programs.XXXXXXXX")
trap './quickstart stop --dir "$dir/outbox" >/dev/null 2>&1 || true; rm -rf -- "$dir"' EXIT

for program in node npm chromium openssl; do
	command -v "$program" >/dev/null || {
		echo "tests/programs.sh: there is no $program; ./quickstart check installs it" >&2
		exit 1
	}
done

npm ping --fetch-retries=1 --fetch-retry-mintimeout=1000 >"$dir/npm.log" 2>&1 || {
	echo "tests/programs.sh: skipped: npm does not reach its registry:" >&2
	tail -n 3 "$dir/npm.log" >&2
	exit 0
}
# tests/browser/back.mjs stands before it with TLS, at this port.
OUTBOX_TLS_PORT=$(node -e 'const s = require("net").createServer();
	s.listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')
callback=/admin/oauth/callback
mkdir -m 700 "$dir/outbox"
cat >"$dir/outbox/outbox.conf" <<END
trusted_proxies = "127.0.0.1"
redirect_uris = "http://127.0.0.1$callback http://[::1]$callback https://127.0.0.1:$OUTBOX_TLS_PORT$callback"
END
./quickstart --dir "$dir/outbox" --detach --empty >"$dir/quickstart.log" 2>&1 || {
	cat "$dir/quickstart.log" >&2
	exit 1
}
OUTBOX_URL=http://$(sed -n 's/^[[:space:]]*listen \(127[0-9.:]*\);/\1/p' "$dir/outbox/nginx.conf")
OUTBOX_TOKEN=$(cat "$dir/outbox/admin.token")
OUTBOX_USER=alice
OUTBOX_PASSWORD='correct horse battery'
export OUTBOX_URL OUTBOX_TLS_PORT OUTBOX_TOKEN OUTBOX_USER OUTBOX_PASSWORD
build/outboxctl --dir "$dir/outbox" user add "$OUTBOX_USER" --permissions reader <<<"$OUTBOX_PASSWORD"

for package in tests/*/package.json; do
	folder=$(dirname "$package")
	cp -R "$folder" "$dir/"
	(
		cd "$dir/${folder##*/}"
		npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >npm.log 2>&1 || {
			cat npm.log >&2
			exit 1
		}
		for script in *.mjs; do
			node "$script"
		done
	)
done
