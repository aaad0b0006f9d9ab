#!/usr/bin/env bash
# tests/package.sh -- builds the Debian package and leads it through its life in a root of its own: installed, used,
# upgraded, removed with its data kept, installed again, purged.
#
# Needs root, debootstrap and the Debian archive; says why it is skipped where one is missing.
set -euo pipefail

cd "$(dirname "$0")/.."
name=report-outbox
suite=bookworm

skip() {
	echo "tests/package.sh: skipped: $*"
	exit 0
}
fail() {
	echo "tests/package.sh: $*" >&2
	[[ ! -s $work/log ]] || tail -n 20 "$work/log" >&2
	exit 1
}

((EUID == 0)) || skip "only root can make a Debian root"
for program in debootstrap dpkg-buildpackage lintian; do
	command -v "$program" >/dev/null || skip "there is no $program; apt-get install debootstrap debhelper lintian"
done

work=$(mktemp -d "${TMPDIR:-/tmp}/outbox-package.XXXXXXXX")
root=$work/root
end() {
	stop_outbox
	umount -q "$root/proc" 2>/dev/null || true
	rm -rf -- "$work"
}
trap end EXIT

# In the root, without a terminal and without services: there is no systemd.
inside() { chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 "$@"; }

# Builds the tree of this checkout as VERSION; the package is in $work.
build() { # VERSION
	local tree=$work/build-$1
	mkdir "$tree"
	git ls-files -z | xargs -0 cp --parents -t "$tree"
	sed -i "1s/(.*)/($1)/" "$tree/debian/changelog"
	(cd "$tree" && dpkg-buildpackage -us -uc -b) >"$work/log" 2>&1 || fail "the package does not build"
	cp "$work/${name}_$1"_*.deb "$root/tmp/$1.deb"
}

install() { # VERSION
	inside apt-get -qq install -y --no-install-recommends "/tmp/$1.deb" >"$work/log" 2>&1 || fail "$1 cannot be installed"
}

outboxctl() { inside outboxctl "$@"; }

start_outbox() {
	inside systemd-tmpfiles --create report-outbox.conf
	inside setpriv --reuid report-outbox --regid report-outbox --init-groups \
		/usr/libexec/report-outbox/outboxd --config /etc/report-outbox/outbox.conf </dev/null >"$work/log" 2>&1 &
	for ((i = 0; i < 300; i++)); do
		outboxctl status >/dev/null 2>&1 && return
		sleep 0.1
	done
	fail "the outbox does not serve"
}
stop_outbox() {
	local pid
	pid=$(cat "$root/run/report-outbox/outboxd.pid" 2>/dev/null) || return 0
	kill "$pid" 2>/dev/null || return 0
	for ((i = 0; i < 300; i++)); do
		kill -0 "$pid" 2>/dev/null || return 0
		sleep 0.1
	done
	fail "the outbox does not stop"
}

check() { # WHAT COMMAND...
	"${@:2}" || fail "$1"
	echo "  $1: yes"
}
has_user() { inside id -u report-outbox >/dev/null; }
has_token() { outboxctl token list | grep -q mta1; }
gone() { [[ ! -e $root$1 ]]; }
there() { [[ -e $root$1 ]]; }

echo "== a root of $suite"
debootstrap --variant=minbase "$suite" "$root" >"$work/log" 2>&1 || skip "debootstrap failed: $(tail -n 1 "$work/log")"
mount -t proc proc "$root/proc" || fail "cannot mount /proc in the root"
inside apt-get -qq update >"$work/log" 2>&1 || skip "the Debian archive is not reached"

echo "== the package"
build 0.0.1
check "lintian finds no errors or warnings" lintian --allow-root --fail-on error,warning "$work/${name}_0.0.1"_*.changes

echo "== installed"
install 0.0.1
check "the user report-outbox exists" has_user
check "the unit is there" there /lib/systemd/system/report-outbox.service
check "the manual page is there" there /usr/share/man/man1/outboxctl.1.gz
start_outbox
outboxctl token create --subject mta1 --permissions submitter >/dev/null
check "it serves, and makes a token" has_token
echo "log_level = \"warn\"" >>"$root/etc/report-outbox/outbox.conf"
stop_outbox

echo "== upgraded"
build 0.0.2
install 0.0.2
check "the changed configuration is kept" grep -q 'log_level = "warn"' "$root/etc/report-outbox/outbox.conf"
start_outbox
check "the token is kept" has_token
stop_outbox

echo "== removed"
inside apt-get -qq remove -y "$name" >"$work/log" 2>&1 || fail "it cannot be removed"
check "the programs are gone" gone /usr/libexec/report-outbox/outboxd
check "the configuration is kept" there /etc/report-outbox/outbox.conf
check "the data is kept" there /var/lib/report-outbox/store
install 0.0.2
start_outbox
check "installed again, it has the token" has_token
stop_outbox

echo "== purged"
inside apt-get -qq purge -y "$name" >"$work/log" 2>&1 || fail "it cannot be purged"
check "the configuration is gone" gone /etc/report-outbox
check "the data is gone" gone /var/lib/report-outbox
echo "1 passed, 0 failed"
