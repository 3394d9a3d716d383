/* SPDX-License-Identifier: Apache-2.0 */
/* What the commands share: options, messages, progress, exit codes. */
#ifndef EW_CLI_CLI_H
#define EW_CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "earwitness/err.h"
#include "earwitness/progress.h"
#include "ops/archive.h"
#include "ops/input.h"
#include "report/json.h"
#include "report/table.h"

/* Frozen. */
enum {
    EXIT_FOUND = 0,
    EXIT_NOTHING = 1,
    EXIT_USAGE = 2,
    EXIT_SOME_FAILED = 3,
    EXIT_BROKEN = 4,
    EXIT_NO_ARCHIVE = 10,
    EXIT_LOCKED = 11,
    EXIT_WRONG_KEY = 12,
    EXIT_INTERRUPTED = 130
};

/* ------------------------------------------------------------------ options */

typedef enum opt_id {
    OPT_ARCHIVE,
    OPT_JSON,
    OPT_COLOR,
    OPT_PROGRESS,
    OPT_QUIET,
    OPT_VERBOSE,
    OPT_JOBS,
    OPT_LANGUAGE,
    OPT_VERSION,
    OPT_HELP,
    OPT_DRY_RUN,
    OPT_WAIT,
    OPT_FILES_FROM,
    OPT_NULL,
    OPT_SVG,
    OPT_EXPORT,
    OPT_CONTEXT,
    OPT_PNG,
    OPT_RATE,
    OPT_ONLY,
    OPT_DOT,
    OPT_DESK,
    OPT_PASS_FD,
    OPT_PASS_COMMAND,
    OPT_SPLITTER,
    OPT_SHOW,
    OPT_HIDE,
    OPT_FILE,
    OPT_OUTPUT,
    OPT_POLICY,
    OPT_FROM,
    OPT_OBTAINED,
    OPT_PLACE,
    OPT_TIME_CLAIMED,
    OPT_NOTE,
    OPT_DEVICE,
    OPT_REFERENCE,
    OPT_AFTER,
    OPT_META,
    OPT_MEMBERS,
    OPT_WITH_CUSTODY,
    OPT_COLLECTION,
    OPT_PUBLISHED,
    OPT_FILLER,
    OPT_ALL,
    OPT_CONFIRM,
    OPT_REALLY,
    OPT_REMOVE_ORIGINAL,
    OPT_DIR,
    OPT_LISTEN,
    OPT_REMOTE,
    OPT_REQUEST,
    OPT_ADD,
    OPT_OLD,
    OPT_KEY,
    OPT_DATA,
    OPT_RECIPIENT,
    OPT_RECIPIENTS_FILE,
    OPT_ARMOR,
    OPT_IDENTITY,
    OPT_CHECKPOINT,
    OPT_PROTECT,
    OPT_LOG,
    OPT_FORMAT,
    OPT_SINCE,
    OPT_YES,
    OPT_TEXT,
    OPT_TEXT_FILE,
    OPT_ABOUT,
    OPT_DIGEST_OF,
    OPT_ACTOR,
    OPT_MARK,
    OPT_STANCE,
    OPT_KIND,
    OPT_PREV,
    OPT_UNSIGNED,
    OPT_KEYS,
    OPT_PROOF,
    OPT_CHECK,
    OPT_NAME_FILE,
    OPT_SALT,
    OPT_CASE,
    OPT_WHO,
    OPT_PURPOSE,
    OPT_TITLE,
    OPT_ORIGIN,
    OPT_CALLED,
    OPT_NO_ANALYSES,
    OPT_PARENT,
    OPT_ITEM,
    OPT_PERSON,
    OPT_PSEUDONYM,
    OPT_DATE,
    OPT_CHANNEL,
    OPT_WORDS,
    OPT_REPORT,
    OPT_VIA,
    OPT_UNTIL,
    OPT_NEW_PERSON,
    OPT_PUBLISHER,
    OPT_PUBLISHER_URL,
    OPT_REVIEW_URL,
    OPT_REVIEW_DATE,
    OPT_RATING,
    OPT_AUTHENTICITY,
    OPT_MEDIA_CONTEXT,
    OPT_ORGANIZATION,
    OPT_WITHOUT_ORIGINALS,
    OPT_WITH_IDENTITIES,
    OPT_WITH_UNDONE,
    OPT_UNCHECKED,
    OPT_TODAY,
    OPT_LIMIT,
    OPT_DATES,
    OPT_BODY_ONLY,
    OPT_ALLOW,
    OPT_JSONLD,
    OPT_OPEN,
    OPT_IDENTITY_FD,
    OPT_IDENTITY_FILE,
    OPT_NAME_FD,
    OPT_PLACES,
    OPT_TO,
    OPT_NAME,
    OPT_NO_SOUND,
    OPT_SOUND_LIMIT,
    OPT_SOUNDS,
    OPT_PASS_FILE,
    OPT_TLS,
    OPT_CERT,
    OPT_CERT_KEY,
    OPT_IDLE,
    OPT_COUNT
} opt_id;

typedef struct opt_spec {
    opt_id id;
    char letter;      /* 0: none */
    const char *name; /* without dashes */
    const char *arg;  /* NULL: a switch */
    const char *help; /* one line */
} opt_spec;

/* One option as it was given. */
typedef struct given {
    opt_id id;
    const char *value;
} given;

typedef struct args {
    const char *values[OPT_COUNT]; /* NULL: not given; "" for a switch; else the last */
    given *given;          /* those with values, in order, also where one comes twice; */
    size_t given_count;    /* not kept when NULL */
    const char **operands; /* borrowed from argv */
    size_t count;
} args;

typedef struct app app;

/* One command; its options come on top of those that all commands have. One with verbs has nothing
 * else: what is done is named by two words, "case add", of which each pair is a command. */
typedef struct command {
    const char *name;
    const char *usage;   /* "FILE|FOLDER|- ..." */
    const char *summary; /* one line */
    const char *details; /* for --help; may hold newlines */
    const opt_spec *options;
    size_t option_count;
    size_t operands_min, operands_max;
    int (*run)(app *a, const args *in);
    const struct command *const *verbs; /* their names with this one's before */
    size_t verb_count;
} command;

extern const command cmd_add, cmd_archive, cmd_check, cmd_diff, cmd_family, cmd_help,
    cmd_info, cmd_inspect, cmd_list, cmd_remove, cmd_key, cmd_seal, cmd_stamp, cmd_log,
    cmd_disclose, cmd_burn, cmd_export, cmd_vault, cmd_verify, cmd_witness, cmd_sign,
    cmd_statement, cmd_repudiate, cmd_case, cmd_import, cmd_report, cmd_serve;
extern const command *const commands[];
extern const size_t command_count;

extern const opt_spec global_options[];
extern const size_t global_option_count;

const command *command_find(const char *name);
/* verb: the second word alone. */
const command *command_find_verb(const command *family, const char *verb);
/* Says what was meant perhaps. */
ew_code command_unknown(const command *family, const char *name, ew_err *err);

/* The name nearest to `typed` among names, or NULL when none is near. */
const char *nearest_name(const char *typed, const char *const *names, size_t n);

/* Sorts argv[1..] into the command, options and operands. On failure err->text is the
 * message, and *cmd is the command when it was understood. operands need room for argc. */
EW_MUST_CHECK ew_code args_parse(int argc, char **argv, const command **cmd, args *out,
                                 ew_err *err);

/* "0..max" as a number; EW_E_ARG with a message that names the option. */
EW_MUST_CHECK ew_code args_number(const args *in, opt_id id, double max, double *out,
                                  ew_err *err);

/* Usage of one command, or of the program when NULL. */
void usage_print(const command *cmd);

/* archive verify; returns the exit code. */
int verify_archive(app *a);

/* ------------------------------------------------------------------ the program */

typedef enum progress_kind { PROGRESS_NONE, PROGRESS_LINE, PROGRESS_JSON } progress_kind;

/* Settings that all commands share. */
struct app {
    const char *archive; /* --archive or NULL */
    char *archive_dir;   /* where that leads; owned */
    bool json;
    bool quiet;
    bool verbose;
    unsigned jobs;
    double wait_seconds;
    progress_kind progress;
    bool line_shown;       /* a progress line stands on the terminal */
    double progress_began; /* CLOCK_MONOTONIC seconds */
    double progress_last;
    ew_text_style out_style; /* stdout */
    ew_text_style err_style; /* stderr */
    bool out_failed;         /* standard output could not be written */
};

extern ew_stop app_stop; /* set by SIGINT and SIGTERM */

EW_MUST_CHECK ew_code app_init(app *a, const args *in, ew_err *err);
void app_release(app *a);

/* Finds the archive's folder; on failure tells and returns the exit code, else 0. */
int app_find_archive(app *a);

ew_wait app_wait(app *a);

/* stdout: data. Flushed; failure is remembered and told at the end. */
void out_write(app *a, const ew_buf *b);
/* The same for a JSON object, which is released. */
void out_object(app *a, ew_obj *o);

/* stderr: one line, "earwitness: ..."; text is made safe. Nothing when quiet and not an
 * error. In JSON mode errors are objects with schema earwitness.error/1. */
void say(app *a, const char *fmt, ...) EW_PRINTF(2, 3);
void say_verbose(app *a, const char *fmt, ...) EW_PRINTF(2, 3);
/* name: which input it is about, safe; or NULL. */
void say_error(app *a, const ew_err *e, const char *name);

/* The exit code that an error of a whole command leads to; tells the error. */
int fail_command(app *a, const ew_err *e);

/* The same when it was about the archive: EXIT_NO_ARCHIVE where there is none. */
int fail_archive(app *a, const ew_err *e);

/* Opens the archive for reading and says when damaged recordings are left out. On failure
 * tells, leaves *ix NULL and returns the exit code, else 0. */
int open_archive(app *a, ew_index **ix);

/* Progress: share 0..1 (negative: unknown); `text` is what to add, such as a rate. */
typedef struct progress_state {
    const char *stage;
    double share;
    uint64_t files_done, files_total;
    double sound_seconds; /* 0: not known */
} progress_state;
void progress_show(app *a, const progress_state *p);
void progress_clear(app *a);

/* An ew_progress that shows itself and cancels when the user interrupts. */
ew_progress app_progress(app *a);

#endif
