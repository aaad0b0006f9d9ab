/* ctl/dump.h -- records as text, a line each, for moving them to another outbox.
 *
 *   {"reportOutboxDump":1,"version":"0.1.0","records":{"DmarcInternalReport":12, ...}}
 *   {"type":"DmarcInternalReport","id":"d0000000001","record":{...}}
 *   ...
 *   {"end":true,"records":{"DmarcInternalReport":12, ...}}
 *
 * Records are canonical (model/record.h), in order of their types and then of their ids.  The
 * first line counts what there was when the dump began, the last what is in it. */
#ifndef CTL_DUMP_H
#define CTL_DUMP_H

#define DUMP_MARK "reportOutboxDump"
#define DUMP_FORMAT 1

#endif
