#pragma once

// What the shim's parts know of each other. One shim a process, so its state is one structure; no malloc, no stdio: each page counts.

#include "include/CPosixShim.h"
#include "include/Terminals.h"

#include <limits.h>
#include <stddef.h>

/// A line's piece in the log is at most this long.
enum { TYPED_SIZE = 1 << 10, PIECE_SIZE = 16 << 10, IN_SIZE = 64 << 10, OUT_SIZE = 128 << 10, TAIL_SIZE = 2048, TAIL_LINES = 80, MESSAGE_SIZE = 4096 };

struct request {
  char *memory;
  size_t memory_size;
  const char *program;
  char **arguments;
  char **environment;
  const char *folder;
  const char *cgroups[4];
  int cgroup_count;
  int has_user, has_group, has_groups, has_oom_score, input, terminal, no_privileges;
  uint32_t user, group, group_count;
  uint32_t groups[256];
  struct { uint64_t which, soft, hard; } limits[16];
  int limit_count;
  // The fields of mounts, in order, as they stand in the memory: tag, length, bytes.
  const char *mounts[256];
  int mount_count;
  uint32_t mask;
  int32_t oom_score;
};

enum outcome { RUNNING = '-', EXITED = 'e', SIGNALLED = 's', FAILED = 'f' };

struct shim {
  char token[65];
  pid_t program;
  int program_ended;
  int status;  // as waitpid has it
  int64_t started, ended;
  int none_left;  // no process of the container is left
  int left;       // those that would not end
  int leaves;     // what the program leaves behind is not ended with it
  int control, input;
  int pipes[2];  // the program's output and error; -1 once ended. A terminal is the first, and its input too
  int has_terminal;

  // What goes to a terminal.
  char typed[TYPED_SIZE];
  size_t typed_used;
  unsigned char window[4];
  int window_used;

  // Who else is given the output: two FIFOs each; -1 where nobody is.
  int attached[CPOSIX_ATTACH_PLACES][2];

  // Log.
  char log_name[128];
  int log;
  uint64_t log_size, log_limit;
  unsigned log_files;
  char *in, *out;
  size_t out_used;
  uint64_t dropped_bytes, dropped_records;

  // Record.
  enum outcome outcome;
  int32_t code, step;
  int32_t mount, mount_problem;  // the first mount that failed
  int oom_killed;
  long oom_kills_before;
  char cgroups[4][512];
  int cgroup_count;
  char message_path[1024];
  int fallback;
  char tail[TAIL_SIZE];
  size_t tail_end;  // how many bytes ever went into it
};
extern struct shim shim;

/// Nanoseconds since 1970.
int64_t shim_now(void);
/// Milliseconds that nobody sets back.
int64_t shim_ticks(void);

// Text.
struct text {
  char *bytes;
  size_t used, size;
};
void text_add(struct text *text, const char *words);
void text_bytes(struct text *text, const char *bytes, size_t count);
/// Right-aligned to `width` with zeros.
void text_number(struct text *text, uint64_t number, int width);

// ShimRequest.c
/// Reads the request; returns 0 or errno's value. End without a whole request: EPIPE.
int request_read(int channel, struct request *request);
void request_forget(struct request *request);

// ShimMounts.c
/// Gives the calling process mounts of its own. What can't be mounted is left out; returns which came first, from 1, with errno's value.
int mounts_make(const struct request *request, int *problem);

// ShimProgram.c
/// Starts the program; returns the step that failed with errno's value in `problem`.
int program_start(const struct request *request, int out, int error, int input, int *problem);

// ShimTree.c
/// Takes the ends of those that have ended.
void tree_reap(void);
/// Ends every process of the container; returns after `milliseconds` even if some would not.
void tree_end(int milliseconds);

// ShimLog.c
int log_open(void);
/// Moves what a stream has to the log; returns 0 at its end.
int log_take(int stream);
/// Gives back memory that only a busy log needs.
void log_rest(void);

// ShimAttach.c
/// Gives the output to a place's FIFOs too, from now on.
void attach_add(unsigned place);
/// Gives what a stream has said to all who are attached. Who doesn't read fast enough misses some: nobody waits for them.
void attach_send(int stream, const char *bytes, size_t count);
/// Takes what was typed from the FIFO `stdin` as far as there is room.
void typed_take(void);
/// Hands what was typed to the terminal as far as it takes it.
void typed_put(void);
/// One more byte of a size.
void window_add(unsigned char byte);

// ShimRecord.c
/// Writes `state` in place; its size never changes, so a full disk is no matter.
int state_save(void);
/// Writes `exit` durably.
void exit_save(void);
long oom_kills(void);
