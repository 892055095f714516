// The program's output, as Kubernetes keeps it: `2026-11-26T10:00:00.123456789Z stdout F text`, one file, rotated.
// A full disk never holds the program up: what finds no room is dropped and counted.

#include "Shim.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { STAMP_SIZE = 30 };
static const char *const streams[2] = {" stdout ", " stderr "};

static void stamp(char *place) {
  static int64_t second = -1;
  static char day[24];
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (now.tv_sec != second) {
    second = now.tv_sec;
    // Days to a date: Howard Hinnant's civil_from_days.
    int64_t z = second / 86400 + 719468, of_day = second % 86400;
    int64_t era = z / 146097, doe = z - era * 146097, yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153, month = mp < 10 ? mp + 3 : mp - 9;
    struct text text = {day, 0, sizeof day};
    text_number(&text, (uint64_t)(yoe + era * 400 + (month <= 2)), 4);
    text_add(&text, "-");
    text_number(&text, (uint64_t)month, 2);
    text_add(&text, "-");
    text_number(&text, (uint64_t)(doy - (153 * mp + 2) / 5 + 1), 2);
    text_add(&text, "T");
    text_number(&text, (uint64_t)(of_day / 3600), 2);
    text_add(&text, ":");
    text_number(&text, (uint64_t)(of_day / 60 % 60), 2);
    text_add(&text, ":");
    text_number(&text, (uint64_t)(of_day % 60), 2);
    text_add(&text, ".");
  }
  struct text text = {place, 0, STAMP_SIZE + 1};
  text_bytes(&text, day, 20);
  text_number(&text, (uint64_t)now.tv_nsec, 9);
  text_add(&text, "Z");
}

static void name_of(char *place, size_t size, unsigned number) {
  struct text text = {place, 0, size};
  text_add(&text, shim.log_name);
  if (number == 0) return;
  text_add(&text, ".");
  text_number(&text, number, 1);
}

static int open_file(void) {
  shim.log = open(shim.log_name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (shim.log < 0) return errno;
  struct stat info;
  shim.log_size = fstat(shim.log, &info) == 0 ? (uint64_t)info.st_size : 0;
  return 0;
}

int log_open(void) {
  shim.in = mmap(0, IN_SIZE + OUT_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);
  if (shim.in == MAP_FAILED) return errno;
  shim.out = shim.in + IN_SIZE;
  return open_file();
}

void log_rest(void) {
#ifdef __linux__
  madvise(shim.in, IN_SIZE + OUT_SIZE, MADV_DONTNEED);
#else
  // MADV_DONTNEED would keep the pages here.
  madvise(shim.in, IN_SIZE + OUT_SIZE, MADV_FREE);
#endif
}

static void rotate(void) {
  char from[144], to[144];
  if (shim.log_files > 1) {
    for (unsigned i = shim.log_files - 1; i > 0; i--) {
      name_of(from, sizeof from, i - 1);
      name_of(to, sizeof to, i);
      (void)rename(from, to);
    }
  } else {
    (void)unlink(shim.log_name);
  }
  if (shim.log >= 0) close(shim.log);
  (void)open_file();
}

static void drop(const char *bytes, size_t count) {
  shim.dropped_bytes += count;
  for (const char *at = bytes, *end = bytes + count; (at = memchr(at, '\n', (size_t)(end - at))); at++) {
    shim.dropped_records++;
    if (at + 1 == end) break;
  }
  (void)state_save();
}

/// Writes what is ready, whole records only.
static void flush(void) {
  size_t count = shim.out_used;
  shim.out_used = 0;
  if (count == 0) return;
  if (shim.log >= 0 && shim.log_size > 0 && shim.log_size + count > shim.log_limit) rotate();
  if (shim.log < 0) (void)open_file();
  size_t done = 0;
  while (shim.log >= 0 && done < count) {
    ssize_t n = write(shim.log, shim.out + done, count - done);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    done += (size_t)n;
  }
  if (done < count) {
    // Cut the file where its last whole record ends.
    size_t whole = done;
    while (whole > 0 && shim.out[whole - 1] != '\n') whole--;
    if (whole < done) (void)!ftruncate(shim.log, (off_t)(shim.log_size + whole));
    done = whole;
    drop(shim.out + done, count - done);
  }
  shim.log_size += done;
}

static void record(const char *now, int stream, char tag, const char *bytes, size_t count) {
  size_t room = shim.log_limit < OUT_SIZE ? (size_t)shim.log_limit : OUT_SIZE;
  if (shim.out_used > 0 && shim.out_used + STAMP_SIZE + 11 + count > room) flush();
  char *at = shim.out + shim.out_used;
  memcpy(at, now, STAMP_SIZE);
  memcpy(at + STAMP_SIZE, streams[stream], 8);
  at[STAMP_SIZE + 8] = tag;
  at[STAMP_SIZE + 9] = ' ';
  memcpy(at + STAMP_SIZE + 10, bytes, count);
  at[STAMP_SIZE + 10 + count] = '\n';
  shim.out_used += STAMP_SIZE + 11 + count;
}

/// Keeps the output's end for a termination message.
static void remember(const char *bytes, size_t count) {
  if (!shim.fallback) return;
  if (count > TAIL_SIZE) {
    shim.tail_end += count - TAIL_SIZE;
    bytes += count - TAIL_SIZE;
    count = TAIL_SIZE;
  }
  for (size_t i = 0; i < count; i++) shim.tail[shim.tail_end++ % TAIL_SIZE] = bytes[i];
}

/// Makes records of whole lines, and of the pieces of long ones; returns how many bytes are left over.
static size_t split(const char *now, int stream, char *bytes, size_t count) {
  char *at = bytes, *end = bytes + count;
  while (at < end) {
    char *newline = memchr(at, '\n', (size_t)(end - at));
    char *stop = newline ? newline : end;
    while (stop - at > PIECE_SIZE) {
      record(now, stream, 'P', at, PIECE_SIZE);
      at += PIECE_SIZE;
    }
    if (!newline) break;
    record(now, stream, 'F', at, (size_t)(stop - at));
    at = newline + 1;
  }
  return (size_t)(end - at);
}

int log_take(int stream) {
  char now[STAMP_SIZE + 1];
  size_t held = 0;
  int more = 1;
  // So many turns, then the other stream's.
  for (int turn = 0; turn < 16; turn++) {
    ssize_t n = read(shim.pipes[stream], shim.in + held, IN_SIZE - held);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) break;
    if (n <= 0) {
      more = 0;
      break;
    }
    attach_send(stream, shim.in + held, (size_t)n);
    stamp(now);
    remember(shim.in + held, (size_t)n);
    size_t left = split(now, stream, shim.in, held + (size_t)n);
    memmove(shim.in, shim.in + held + (size_t)n - left, left);
    held = left;
  }
  // A line's beginning is not kept back: whoever follows sees it, and our death can't lose it.
  if (held > 0) record(now, stream, 'P', shim.in, held);
  flush();
  return more;
}
