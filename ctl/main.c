/* ctl/main.c -- outboxctl: the outbox from the command line, over the store's socket. */
#include <getopt.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auth/permission.h"
#include "config/config.h"
#include "config/version.h"
#include "ctl/command.h"

#define EXIT_USAGE 2

#define BIT(word) (1u << (word))

/* Also the usage text. */
static const struct command {
	const char *name[2];   /* one or two words */
	bool alone;            /* it does without an outbox */
	unsigned needs, takes; /* bits of enum word */
	command_run *run;
	const char *arguments, *doc;
} commands[] = {
    {{"token", "create"}, false, BIT(WORD_SUBJECT) | BIT(WORD_PERMISSIONS), BIT(WORD_EXPIRES),
	ctl_token_create, "--subject S --permissions P [--expires 90d]",
	"make a token and print it, this once"},
    {{"token", "list"}, false, 0, 0, ctl_token_list, "",
	"show all tokens, without their secrets"},
    {{"token", "revoke"}, false, BIT(WORD_ID), 0, ctl_token_revoke, "ID",
	"end a token at once"},
    {{"status", ""}, false, 0, 0, ctl_status, "",
	"tell whether the store answers, and what it holds"},
    {{"model", ""}, true, 0, 0, ctl_model, "",
	"show the types of records and their fields, as Markdown"},
};
#define N_COMMANDS (sizeof commands / sizeof commands[0])

static const char *const word_names[] = {
    [WORD_SUBJECT] = "--subject",
    [WORD_PERMISSIONS] = "--permissions",
    [WORD_EXPIRES] = "--expires",
    [WORD_ID] = "ID",
};

enum { OPTION_DIR = WORD__COUNT, OPTION_CONFIG, OPTION_HELP, OPTION_VERSION };

static const struct option options[] = {
    {"subject", required_argument, NULL, WORD_SUBJECT},
    {"permissions", required_argument, NULL, WORD_PERMISSIONS},
    {"expires", required_argument, NULL, WORD_EXPIRES},
    {"dir", required_argument, NULL, OPTION_DIR},
    {"config", required_argument, NULL, OPTION_CONFIG},
    {"help", no_argument, NULL, OPTION_HELP},
    {"version", no_argument, NULL, OPTION_VERSION},
    {0},
};

/* What the command line said. */
struct line {
	const struct command *command;
	const char *dir, *config;
	words words;
};

static void
print_usage(FILE *f)
{
	fputs("usage: outboxctl [--dir D | --config FILE] COMMAND\n\n", f);
	for (const struct command *c = commands; c < commands + N_COMMANDS; c++)
		fprintf(f, "  %s %s %s\n        %s\n", c->name[0], c->name[1], c->arguments,
		    c->doc);
	fputs("\n"
	      "  --dir D          a quickstart folder: the configuration is D/outbox.conf\n"
	      "  --config FILE    default: " CONFIG_DEFAULT_PATH "\n"
	      "  --expires 90d    a number and one of s, m, h, d, w; without it a token does "
	      "not expire\n"
	      "  --permissions P  names with commas between, such as "
	      "sysDmarcInternalReportGet, or a role:\n",
	    f);
	for (const struct role *r = auth_roles; r->name != NULL; r++)
		fprintf(f, "                   %-10s %s\n", r->name, r->doc);
}

static bool
wrong_usage(const char *text, const char *about)
{
	fprintf(stderr, "outboxctl: %s%s; see outboxctl --help\n", text, about);
	return false;
}

static bool
find_command(struct line *l, int argc, char **argv)
{
	const struct command *c = commands;
	int n = 0;

	for (; c < commands + N_COMMANDS; c++) {
		n = c->name[1][0] != '\0' ? 2 : 1;
		if (argc >= n && strcmp(argv[0], c->name[0]) == 0 &&
		    (n == 1 || strcmp(argv[1], c->name[1]) == 0))
			break;
	}
	if (c == commands + N_COMMANDS)
		return wrong_usage(
		    argc > 0 ? "there is no such command: " : "a command is missing",
		    argc > 0 ? argv[0] : "");
	l->command = c;
	if (argc > n)
		l->words[WORD_ID] = argv[n++];
	return argc == n || wrong_usage("too many words: ", argv[n]);
}

static bool
check_words(const struct line *l)
{
	for (enum word w = 0; w < WORD__COUNT; w++) {
		if (l->words[w] == NULL && (l->command->needs & BIT(w)))
			return wrong_usage("this command needs ", word_names[w]);
		if (l->words[w] != NULL && !((l->command->needs | l->command->takes) & BIT(w)))
			return wrong_usage("this command takes no ", word_names[w]);
	}
	return true;
}

static bool
open_store(struct store **s, const struct line *l, struct err *e)
{
	struct config c;
	struct buf path = {0};
	char *socket;
	bool ok = false;

	if (l->dir != NULL)
		buf_printf(&path, "%s/outbox.conf", l->dir);
	else
		buf_puts(&path, l->config != NULL ? l->config : CONFIG_DEFAULT_PATH);
	if (!config_read(&c, buf_terminate(&path), e))
		goto out;
	socket = config_store_socket(&c);
	store_open(s, socket, (unsigned)c.store_timeout_ms);
	free(socket);
	config_free(&c);
	ok = true;
out:
	buf_free(&path);
	return ok;
}

static int
run(const struct line *l)
{
	struct store *s = NULL;
	struct err e = {0};

	if (sodium_init() < 0) {
		err_set(&e, ERR_SERVER_FAIL, "libsodium does not start");
		goto out;
	}
	if ((!l->command->alone && !open_store(&s, l, &e)) || !l->command->run(s, l->words, &e))
		goto out;
	if (fflush(stdout) != 0)
		err_set(&e, ERR_SERVER_FAIL, "cannot write to standard output");
out:
	store_close(&s);
	if (e.code != ERR_NONE)
		fprintf(stderr, "outboxctl: %s\n", e.text);
	return e.code == ERR_NONE ? EXIT_SUCCESS : EXIT_FAILURE;
}

int
main(int argc, char **argv)
{
	struct line l = {0};
	int o;

	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (o) {
		case OPTION_DIR:
			l.dir = optarg;
			break;
		case OPTION_CONFIG:
			l.config = optarg;
			break;
		case OPTION_HELP:
			print_usage(stdout);
			return EXIT_SUCCESS;
		case OPTION_VERSION:
			puts("outboxctl " OUTBOX_VERSION);
			return EXIT_SUCCESS;
		case '?':
			return EXIT_USAGE;
		default:
			l.words[o] = optarg;
		}
	}
	if (l.dir != NULL && l.config != NULL) {
		wrong_usage("--dir and --config exclude each other", "");
		return EXIT_USAGE;
	}
	if (!find_command(&l, argc - optind, argv + optind) || !check_words(&l))
		return EXIT_USAGE;
	return run(&l);
}
