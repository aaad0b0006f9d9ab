#  make              everything, into build/
#  make check        the tests: units, tests/api in process and through nginx and Apache, kills, random histories
#                    SAN=1: under ASan and UBSan, in build-san/
#  make chaos        hundreds of faults under load, then a checker; CHAOS_TIME=SECONDS for another length
#  make chaos-short  the same in a minute
#  make check-clients  jmap-jam and Chromium against an outbox of their own; wants the npm registry
#  make fuzz         each fuzz target for FUZZ_TIME seconds; FUZZ_SEED=N: with this random seed
#  make lint         form, static analysis, and who may include whom
#  make bench        requests a second, and queries at 10,000 and at 1,000,000 records
#  make samples      real reports through a running outbox, from SAMPLES=DIR, if that folder exists
#  make docs         docs/model.md, from the field tables
#  make problems     nginx/problems.conf and apache/errors/, from the table of HTTP statuses
#  make install      into $(DESTDIR)$(PREFIX); the configuration into $(DESTDIR)$(SYSCONFDIR)
#  make package      the Debian package, beside this folder; check-package installs, upgrades and purges it in a root
#  make clean
PREFIX     ?= /usr/local
SYSCONFDIR ?= /etc
LIBEXEC    := $(PREFIX)/libexec/report-outbox
SHARE      := $(PREFIX)/share/report-outbox
DOC        := $(PREFIX)/share/doc/report-outbox
FUZZ_TIME  ?= 20
FUZZ_SEED  ?= 0
SAMPLES    ?= ../shared/samples
CLANG      ?= clang

ROOMS     := base metrics poison json model config storage storage/query storage/wire storage/serve storage/archive storage/login auth login jmap report schema fcgi daemon client ctl
PKGS      := jansson libsodium fcgi libidn2 liburiparser libconfuse libzstd zlib libcurl libxml-2.0 libpsl gmime-3.0
PKG_FLAGS := $(patsubst -I%,-isystem%,$(shell pkg-config --cflags $(PKGS)))
PKG_LIBS  := $(shell pkg-config --libs $(PKGS))
CPPFLAGS  += -D_GNU_SOURCE -I. $(PKG_FLAGS)
CFLAGS    ?= -O2 -g
CFLAGS    += -std=c11 -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes
CFLAGS    += -Wformat=2 -Wpointer-arith -Wwrite-strings -pthread
LDFLAGS   += -pthread -Wl,--as-needed
LDLIBS    += -ldb -lroaring -lunistring $(PKG_LIBS)

ifdef FUZZING
BUILD     := build-fuzz
CC        := $(CLANG)
CFLAGS    += -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
LDFLAGS   += -fsanitize=address,undefined
else ifdef SAN
BUILD     := build-san
CFLAGS    += -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
LDFLAGS   += -fsanitize=address,undefined
else
BUILD     := build
CPPFLAGS  += -D_FORTIFY_SOURCE=2
CFLAGS    += -fstack-protector-strong -fPIE
LDFLAGS   += -pie -Wl,-z,relro,-z,now
endif

# The leaks of Berkeley DB itself.
LSAN      := "suppressions='$(CURDIR)/tests/lsan.supp':print_suppressions=0"

# A room's main.c is a program; all other files go into one archive, from which each program links what it needs.
MAINS     := $(foreach r,$(ROOMS),$(wildcard $(r)/main.c))
SRC       := $(filter-out $(MAINS),$(foreach r,$(ROOMS),$(wildcard $(r)/*.c)))
TESTS     := $(wildcard tests/*.c)
BENCHES   := $(wildcard bench/*.c)
FUZZ      := $(wildcard tests/fuzz/*.c)
CHAOS     := $(wildcard tests/chaos/*.c)
TOOLS     := $(wildcard tools/*.c)
ALL_C     := $(SRC) $(MAINS) $(TESTS) $(BENCHES) $(FUZZ) $(CHAOS) $(TOOLS)
ALL_H     := $(foreach r,$(ROOMS) tests tests/chaos bench,$(wildcard $(r)/*.h))
SCRIPTS   := quickstart tools/layers tools/temporaries .ci/run $(wildcard tests/*.sh bench/*.sh) ctl/outboxctl.bash
LIB       := $(BUILD)/libreport-outbox.a
PROGRAMS  := $(addprefix $(BUILD)/,outbox-store outbox-worker outboxd outboxctl)

all: $(PROGRAMS)

$(BUILD)/outbox-store: $(BUILD)/storage/main.o $(LIB)
$(BUILD)/outbox-worker: $(BUILD)/fcgi/main.o $(LIB)
$(BUILD)/outboxd: $(BUILD)/daemon/main.o $(LIB)
$(BUILD)/outboxctl: $(BUILD)/ctl/main.o $(LIB)
$(PROGRAMS):
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(LIB): $(SRC:%.c=$(BUILD)/%.o)
	@rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) -MMD -MP $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

$(BUILD)/tests/run: $(TESTS:%.c=$(BUILD)/%.o) $(LIB)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS) -lcunit

# The tests start only programs of this build.  Each suite is a separate process, so that -j runs several at once.  All
# suites run even if one fails.  The longest start first.
LONGEST := storage_repair site_kill storage_backup storage_tools site_hang
SUITES   = $(LONGEST) $(filter-out $(LONGEST),$(shell $(BUILD)/tests/run -l))
check: $(PROGRAMS) $(BUILD)/tests/run
	@rm -rf $(BUILD)/check
	@$(MAKE) --no-print-directory -k -O $(SUITES:%=check/%); status=$$?; \
		tests/total.sh $(BUILD)/check && exit $$status
check/%: $(PROGRAMS) $(BUILD)/tests/run
	@mkdir -p $(BUILD)/check
	@LSAN_OPTIONS=$(LSAN) tests/suite.sh $(BUILD)/tests/run $* $(BUILD)/check

# Needs node, npm with its registry, and chromium.
check-clients: $(PROGRAMS)
	tests/programs.sh

samples: $(PROGRAMS) $(BUILD)/tests/run
	SAMPLES=$(SAMPLES) $(BUILD)/tests/run samples

# Parts of the tests that other programs use too.
$(BUILD)/tests/libtests.a: $(patsubst %.c,$(BUILD)/%.o,$(filter-out tests/run.c,$(TESTS)))
	@rm -f $@
	$(AR) rcs $@ $^

# Clients and faults; the checker, which uses no code of storage/; the library that is preloaded into outbox-store.
CHAOS_LOOK := check contents dice environment findings journal ledger shelf since
CHAOS_TEST := ask check_tests contents dice disk_control disk_tests journal powercut tests
CHAOS_SHIM := disk disk_blind disk_undo
CHAOS_RUN  := $(filter-out check environment findings ledger shelf since check_tests disk_tests tests $(CHAOS_SHIM),\
	$(CHAOS:tests/chaos/%.c=%))

chaos: $(PROGRAMS) $(addprefix $(BUILD)/chaos/,chaos check disk.so tests)
	$(BUILD)/chaos/tests
	$(BUILD)/chaos/chaos
chaos-short:
	@CHAOS_TIME=60 $(MAKE) --no-print-directory chaos
$(BUILD)/chaos/chaos: $(CHAOS_RUN:%=$(BUILD)/tests/chaos/%.o) $(BUILD)/tests/libtests.a $(LIB)
$(BUILD)/chaos/check: $(CHAOS_LOOK:%=$(BUILD)/tests/chaos/%.o) $(LIB)
$(BUILD)/chaos/tests: $(CHAOS_TEST:%=$(BUILD)/tests/chaos/%.o) $(BUILD)/tests/libtests.a $(LIB)
$(addprefix $(BUILD)/chaos/,chaos check tests):
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS) -lcunit
$(BUILD)/chaos/disk.so: $(CHAOS_SHIM:%=tests/chaos/%.c) $(wildcard tests/chaos/disk*.h base/*.h) Makefile
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -U_FORTIFY_SOURCE $(CFLAGS) -fPIC -shared -o $@ $(filter %.c,$^)

# A file is checked again only when it, a header or the settings changed.  The analyzer follows each path through a
# function; 50,000 steps, not its usual 225,000, take a third of the time.
ANALYZER_STEPS := 50000
lint: lint-form $(ALL_C:%.c=build/lint/%.ok)
lint-form:
	clang-format -n -Werror $(ALL_C) $(ALL_H)
	shellcheck $(SCRIPTS)
	mandoc -T lint -W style ctl/outboxctl.1
	tools/layers
	tools/temporaries
build/lint/%.ok: %.c $(ALL_H) .clang-tidy
	@mkdir -p $(@D)
	@clang-tidy --quiet $< -- $(CPPFLAGS) -std=c11 \
		-Xclang -analyzer-config -Xclang max-nodes=$(ANALYZER_STEPS) 2>/dev/null
	@touch $@

# The same sources with clang's instrumentation; new inputs stay in build-fuzz/corpus.
# `service` closes standard error: the store writes an audit line for most of its requests.
FUZZ_service := -close_fd_mask=2
fuzz:
	@$(MAKE) --no-print-directory -k -O FUZZING=1 $(FUZZ:tests/fuzz/%.c=fuzz/%)
fuzz/%: $(BUILD)/fuzz/%
	@mkdir -p $(BUILD)/corpus/$*; echo "== $*"
	@LSAN_OPTIONS=$(LSAN) $< $(FUZZ_$*) -seed=$(FUZZ_SEED) -max_total_time=$(FUZZ_TIME) -max_len=65536 -verbosity=0 -print_final_stats=1 \
		-artifact_prefix=$(BUILD)/$*- $(BUILD)/corpus/$* $(wildcard tests/fuzz/corpus/$*)
$(BUILD)/fuzz/%: $(BUILD)/tests/fuzz/%.o $(LIB)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(LDLIBS)

bench: $(PROGRAMS) $(BENCHES:%.c=$(BUILD)/%)
	bench/run.sh $(BUILD)
$(BUILD)/bench/%: $(BUILD)/bench/%.o $(LIB)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

docs: $(BUILD)/outboxctl
	$(BUILD)/outboxctl model > docs/model.md

problems: $(BUILD)/tools/problems
	@rm -f apache/errors/*.json
	$<
$(BUILD)/tools/%: $(BUILD)/tools/%.o $(LIB)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# All programs go into one folder, where outboxd finds the others.  An existing outbox.conf is kept.
install: all
	install -d $(DESTDIR)$(LIBEXEC) $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(SHARE)/nginx $(DESTDIR)$(DOC)/docs/decisions \
		$(DESTDIR)$(SYSCONFDIR)/report-outbox \
		$(addprefix $(DESTDIR)$(PREFIX)/lib/,systemd/system sysusers.d tmpfiles.d) \
		$(addprefix $(DESTDIR)$(PREFIX)/share/,man/man1 bash-completion/completions)
	install -m 755 $(PROGRAMS) $(DESTDIR)$(LIBEXEC)
	ln -sf ../libexec/report-outbox/outboxctl $(DESTDIR)$(PREFIX)/bin/outboxctl
	install -m 644 ctl/outboxctl.1 $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 644 ctl/outboxctl.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/outboxctl
	install -m 644 deploy/outbox.conf $(DESTDIR)$(SHARE)/outbox.conf
	test -e $(DESTDIR)$(SYSCONFDIR)/report-outbox/outbox.conf || \
		install -m 644 deploy/outbox.conf $(DESTDIR)$(SYSCONFDIR)/report-outbox/outbox.conf
	install -d $(DESTDIR)$(SHARE)/apache/errors
	install -m 644 $(wildcard apache/errors/*.json) $(DESTDIR)$(SHARE)/apache/errors
	for f in $(filter-out %/loopback.conf,$(wildcard nginx/*.conf apache/*.conf)); do \
		sed 's|/usr/local/|$(PREFIX)/|' $$f > $(DESTDIR)$(SHARE)/$$f; \
	done
	sed 's|/usr/local/|$(PREFIX)/|' deploy/report-outbox.service > \
		$(DESTDIR)$(PREFIX)/lib/systemd/system/report-outbox.service
	install -m 644 deploy/prometheus-rules.yml $(DESTDIR)$(SHARE)/prometheus-rules.yml
	install -m 644 deploy/sysusers.conf $(DESTDIR)$(PREFIX)/lib/sysusers.d/report-outbox.conf
	install -m 644 deploy/tmpfiles.conf $(DESTDIR)$(PREFIX)/lib/tmpfiles.d/report-outbox.conf
	install -m 644 README.md CONTRIBUTING.md CHANGES.md LICENSE $(DESTDIR)$(DOC)
	install -m 644 $(wildcard docs/*.md) $(DESTDIR)$(DOC)/docs
	install -m 644 $(wildcard docs/decisions/*.md) $(DESTDIR)$(DOC)/docs/decisions

# Needs the packages in deploy/packages.txt.
package:
	dpkg-buildpackage -us -uc -b
check-package:
	tests/package.sh

clean:
	rm -rf build build-san build-fuzz

-include $(patsubst %.c,$(BUILD)/%.d,$(ALL_C))
.PHONY: all check check-clients chaos chaos-short lint lint-form fuzz bench samples docs problems install package check-package clean
.SECONDARY:
