/* storage/archive/manifest.c -- MANIFEST: what a backup consists of, and which logs belong to
 * it. */
#include "storage/archive/manifest.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/folder.h"
#include "base/io.h"

#define MANIFEST_BYTES_MAX (4u << 20)
#define HEX_LEN (2 * (size_t)MANIFEST_HASH_LEN)
#define READ_BYTES (1u << 20)

struct hex {
	char text[HEX_LEN + 1];
};

static struct hex
hex_of(const uint8_t hash[static MANIFEST_HASH_LEN])
{
	struct hex hex;

	sodium_bin2hex(hex.text, sizeof hex.text, hash, MANIFEST_HASH_LEN);
	return hex;
}

static bool
hex_to_hash(struct str hex, uint8_t hash[static MANIFEST_HASH_LEN])
{
	size_t len = 0;

	return hex.len == HEX_LEN &&
	    sodium_hex2bin(hash, MANIFEST_HASH_LEN, hex.s, hex.len, NULL, &len, NULL) == 0 &&
	    len == MANIFEST_HASH_LEN;
}

static void
hash_text(struct str text, uint8_t hash[static MANIFEST_HASH_LEN])
{
	crypto_generichash(hash, MANIFEST_HASH_LEN, (const uint8_t *)text.s, text.len, NULL, 0);
}

/* --- reading: a line is a word and what follows it --- */

/* What stands before the next delimiter, which is taken too. */
static struct str
cut(struct str *rest, char delimiter)
{
	const char *at = rest->len == 0 ? NULL : memchr(rest->s, delimiter, rest->len);
	struct str head = {rest->s, at == NULL ? rest->len : (size_t)(at - rest->s)};
	size_t gone = at == NULL ? rest->len : head.len + 1;

	rest->s += gone;
	rest->len -= gone;
	return head;
}

static bool
cut_u32(struct str *rest, uint32_t *n)
{
	uint64_t wide = 0;
	bool ok = str_to_u64(cut(rest, ' '), UINT32_MAX, &wide);

	*n = (uint32_t)wide;
	return ok;
}

typedef bool read_line(struct manifest *m, struct str value);

static bool
read_head(struct manifest *m, struct str value)
{
	(void)m;
	return str_is(value, "1");
}

static bool
read_format(struct manifest *m, struct str value)
{
	return cut_u32(&value, &m->format) && value.len == 0;
}

static bool
read_epoch(struct manifest *m, struct str value)
{
	uint8_t bytes[4];
	size_t len = 0;

	if (sodium_hex2bin(bytes, sizeof bytes, value.s, value.len, NULL, &len, NULL) != 0 ||
	    len != sizeof bytes || value.len != 2 * sizeof bytes)
		return false;
	m->epoch = (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 |
	    (uint32_t)bytes[2] << 8 | bytes[3];
	return true;
}

static bool
read_made(struct manifest *m, struct str value)
{
	uint64_t n = 0;
	bool ok = str_to_u64(value, INT64_MAX, &n);

	m->made_s = (int64_t)n;
	return ok;
}

static bool
read_first_log(struct manifest *m, struct str value)
{
	return cut_u32(&value, &m->first_log) && value.len == 0 && m->first_log > 0;
}

static bool
read_end(struct manifest *m, struct str value)
{
	return cut_u32(&value, &m->end.file) && cut_u32(&value, &m->end.offset) &&
	    value.len == 0;
}

static bool
read_verified(struct manifest *m, struct str value)
{
	m->verified = str_is(value, "yes");
	return m->verified || str_is(value, "no");
}

static bool
name_is_plain(struct str name)
{
	return name.len > 0 && name.len <= MANIFEST_FILE_NAME_MAX && name.s[0] != '.' &&
	    memchr(name.s, '/', name.len) == NULL && memchr(name.s, '\0', name.len) == NULL &&
	    memchr(name.s, '\n', name.len) == NULL;
}

static bool
file_add(struct manifest *m, const struct manifest_file *f)
{
	if (m->n >= MANIFEST_FILES_MAX)
		return false;
	m->files = mem_grow(m->files, m->n + 1, sizeof *m->files);
	m->files[m->n++] = *f;
	return true;
}

static bool
read_file(struct manifest *m, struct str value)
{
	struct manifest_file f = {0};

	if (!str_to_u64(cut(&value, ' '), UINT64_MAX, &f.bytes) ||
	    !hex_to_hash(cut(&value, ' '), f.hash) || !name_is_plain(value))
		return false;
	memcpy(f.name, value.s, value.len);
	return file_add(m, &f);
}

/* In the order in which they are written; the last may come any number of times. */
static const struct {
	const char *word;
	read_line *read;
} lines[] = {
    {"report-outbox-backup", read_head},
    {"format", read_format},
    {"epoch", read_epoch},
    {"made", read_made},
    {"first_log", read_first_log},
    {"end", read_end},
    {"verified", read_verified},
    {"file", read_file},
};
#define N_LINES (sizeof lines / sizeof lines[0])

static bool
read_lines(struct manifest *m, struct str text)
{
	uint8_t hash[MANIFEST_HASH_LEN];
	struct str all = text, line;
	size_t i = 0;

	for (line = cut(&text, '\n'); text.len > 0; line = cut(&text, '\n')) {
		struct str word = cut(&line, ' ');

		if (!str_is(word, lines[i].word) || !lines[i].read(m, line))
			return false;
		i += i + 1 < N_LINES;
	}
	if (i + 1 < N_LINES || !str_cut_prefix(&line, "sum "))
		return false;
	all.len = (size_t)(line.s - strlen("sum ") - all.s);
	hash_text(all, hash);
	return str_is(line, hex_of(hash).text);
}

bool
manifest_read(struct manifest *m, const char *dir, struct err *e)
{
	struct folder_path path = folder_path(dir, MANIFEST_NAME);
	struct buf text = {0};
	bool ok = false;

	*m = (struct manifest){0};
	/* A folder that is there and cannot be looked into is not one without a MANIFEST. */
	if (access(path.text, F_OK) != 0 && (errno == ENOENT || errno == ENOTDIR))
		return err_set(e, ERR_NOT_FOUND, "there is no %s", path.text);
	if (!io_read_file(path.text, MANIFEST_BYTES_MAX, &text, e))
		goto out;
	if (!read_lines(m, buf_str(&text))) {
		err_set(e, ERR_DAMAGED, "%s is damaged", path.text);
		goto out;
	}
	ok = true;
out:
	buf_free(&text);
	if (!ok)
		manifest_free(m);
	return ok;
}

bool
manifest_write(const struct manifest *m, const char *dir, struct err *e)
{
	uint8_t hash[MANIFEST_HASH_LEN];
	struct buf text = {0};
	bool ok;

	buf_printf(&text,
	    "report-outbox-backup 1\nformat %u\nepoch %08x\nmade %" PRId64
	    "\nfirst_log %u\nend %u %u\nverified %s\n",
	    m->format, m->epoch, m->made_s, m->first_log, m->end.file, m->end.offset,
	    m->verified ? "yes" : "no");
	for (size_t i = 0; i < m->n; i++)
		buf_printf(&text, "file %" PRIu64 " %s %s\n", m->files[i].bytes,
		    hex_of(m->files[i].hash).text, m->files[i].name);
	hash_text(buf_str(&text), hash);
	buf_printf(&text, "sum %s\n", hex_of(hash).text);
	ok = io_write_file(folder_path(dir, MANIFEST_NAME).text, buf_str(&text), 0600, e) &&
	    folder_sync(dir, e);
	buf_free(&text);
	return ok;
}

void
manifest_free(struct manifest *m)
{
	free(m->files);
	*m = (struct manifest){0};
}

/* --- the files --- */

/* Size and hash of dir/f->name as it is now. */
static bool
file_look(struct manifest_file *f, const char *dir, struct pace *pace, struct err *e)
{
	struct folder_path path = folder_path(dir, f->name);
	crypto_generichash_state state;
	struct buf piece = {0};
	int fd = open(path.text, O_RDONLY | O_CLOEXEC);
	ssize_t n = 0;

	if (fd < 0)
		return err_set(e, errno == ENOENT ? ERR_DAMAGED : ERR_SERVER_FAIL,
		    "cannot open %s: %s", path.text, strerror(errno));
	f->bytes = 0;
	buf_reserve(&piece, READ_BYTES);
	crypto_generichash_init(&state, NULL, 0, MANIFEST_HASH_LEN);
	while (pace_goes_on(pace) &&
	    ((n = read(fd, piece.s, READ_BYTES)) > 0 || (n < 0 && errno == EINTR))) {
		if (n < 0)
			continue;
		crypto_generichash_update(
		    &state, (const uint8_t *)piece.s, (unsigned long long)n);
		f->bytes += (uint64_t)n;
	}
	if (n < 0)
		err_set(e, ERR_DAMAGED, "cannot read %s: %s", path.text, strerror(errno));
	crypto_generichash_final(&state, f->hash, MANIFEST_HASH_LEN);
	io_close(&fd);
	buf_free(&piece);
	return n >= 0;
}

bool
manifest_add(struct manifest *m, const char *dir, const char *name, struct err *e)
{
	struct manifest_file f = {0};

	if (!name_is_plain(str_of(name)))
		return err_set(e, ERR_SERVER_FAIL, "a backup cannot hold a file %s", name);
	memcpy(f.name, name, strlen(name));
	if (!file_look(&f, dir, &(struct pace){0}, e))
		return false;
	return file_add(m, &f) ||
	    err_set(e, ERR_SERVER_FAIL, "a backup holds at most %d files", MANIFEST_FILES_MAX);
}

bool
manifest_check(const struct manifest *m, const char *dir, struct pace *pace, struct err *e)
{
	for (size_t i = 0; i < m->n; i++) {
		struct manifest_file now = m->files[i];

		if (!file_look(&now, dir, pace, e))
			return false;
		if (pace->stopped)
			break;
		if (now.bytes != m->files[i].bytes ||
		    memcmp(now.hash, m->files[i].hash, sizeof now.hash) != 0)
			return err_set(e, ERR_DAMAGED,
			    "%s/%s is not as it was when the backup was made", dir,
			    m->files[i].name);
	}
	return true;
}

const struct manifest_file *
manifest_find(const struct manifest *m, const char *name)
{
	for (size_t i = 0; i < m->n; i++)
		if (strcmp(m->files[i].name, name) == 0)
			return &m->files[i];
	return NULL;
}
