#define _GNU_SOURCE
// What a shim leaves for those who come later: `state`, written in place, and `exit`, written once and durably.

#include "Shim.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

void text_bytes(struct text *text, const char *bytes, size_t count) {
  // One byte stays for the NUL.
  if (count > text->size - 1 - text->used) count = text->size - 1 - text->used;
  memcpy(text->bytes + text->used, bytes, count);
  text->used += count;
  text->bytes[text->used] = 0;
}

void text_add(struct text *text, const char *words) { text_bytes(text, words, strlen(words)); }

void text_number(struct text *text, uint64_t number, int width) {
  char digits[24];
  int count = 0;
  do digits[count++] = (char)('0' + number % 10);
  while ((number /= 10) || count < width);
  char turned[24];
  for (int i = 0; i < count; i++) turned[i] = digits[count - 1 - i];
  text_bytes(text, turned, (size_t)count);
}

static ssize_t read_small(const char *path, char *bytes, size_t size) {
  int descriptor = open(path, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return -1;
  ssize_t n = read(descriptor, bytes, size - 1);
  close(descriptor);
  if (n >= 0) bytes[n] = 0;
  return n;
}

/// When a process began, in the kernel's ticks since boot; 0 where that can't be told.
static uint64_t start_of(pid_t process) {
#ifdef __linux__
  char bytes[1024];
  struct text text = {bytes, 0, sizeof bytes};
  text_add(&text, "/proc/");
  text_number(&text, (uint64_t)process, 1);
  text_add(&text, "/stat");
  if (read_small(bytes, bytes, sizeof bytes) <= 0) return 0;
  const char *at = strrchr(bytes, ')');
  // The 22nd field; the one after the name is the third.
  for (int field = 2; at && field < 22; field++) at = strchr(at + 1, ' ');
  uint64_t ticks = 0;
  if (at) for (at++; *at >= '0' && *at <= '9'; at++) ticks = ticks * 10 + (uint64_t)(*at - '0');
  return ticks;
#else
  // Darwin's daemon proves a shim by its folder's lock alone.
  (void)process;
  return 0;
#endif
}

static void line(struct text *text, const char *name, uint64_t number) {
  text_add(text, name);
  text_add(text, " ");
  text_number(text, number, 20);
  text_add(text, "\n");
}

int state_save(void) {
  static int descriptor = -1;
  static pid_t known;
  static uint64_t our_start, program_start;
  if (descriptor < 0) {
    descriptor = open("state", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor < 0) return errno;
    our_start = start_of(getpid());
  }
  if (shim.program != known) {
    known = shim.program;
    program_start = start_of(known);
  }
  char bytes[640];
  struct text text = {bytes, 0, sizeof bytes};
  text_add(&text, "kctl-shim 1\ntoken ");
  text_add(&text, shim.token);
  text_add(&text, "\n");
  line(&text, "shim", (uint64_t)getpid());
  line(&text, "shim-began", our_start);
  line(&text, "program", (uint64_t)known);
  line(&text, "program-began", program_start);
  line(&text, "dropped-bytes", shim.dropped_bytes);
  line(&text, "dropped-records", shim.dropped_records);
  line(&text, "started", (uint64_t)shim.started);
  line(&text, "ended", (uint64_t)shim.ended);
  line(&text, "code", (uint64_t)(uint32_t)shim.code);
  char outcome[2] = {(char)(shim.outcome ? shim.outcome : RUNNING), 0};
  text_add(&text, "outcome ");
  text_add(&text, outcome);
  text_add(&text, "\n");
  return pwrite(descriptor, bytes, text.used, 0) == (ssize_t)text.used ? 0 : errno;
}

long oom_kills(void) {
  for (int i = 0; i < shim.cgroup_count; i++) {
    // The second version's file, then the first one's.
    static const char *const files[2] = {"/memory.events", "/memory.oom_control"};
    for (int j = 0; j < 2; j++) {
      char bytes[1024];
      struct text text = {bytes, 0, sizeof bytes};
      text_add(&text, shim.cgroups[i]);
      text_add(&text, files[j]);
      if (read_small(bytes, bytes, sizeof bytes) <= 0) continue;
      const char *at = strstr(bytes, "oom_kill ");
      if (!at) continue;
      long count = 0;
      for (at += 9; *at >= '0' && *at <= '9'; at++) count = count * 10 + (*at - '0');
      return count;
    }
  }
  return 0;
}

static size_t message(char *bytes) {
  if (shim.message_path[0]) {
    // The program may have put anything there: no link is followed and nothing waited for.
    int descriptor = open(shim.message_path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    struct stat info;
    ssize_t n = 0;
    if (descriptor >= 0 && fstat(descriptor, &info) == 0 && S_ISREG(info.st_mode)) n = read(descriptor, bytes, MESSAGE_SIZE);
    if (descriptor >= 0) close(descriptor);
    if (n > 0) return (size_t)n;
  }
  if (!shim.fallback || (shim.outcome == EXITED && shim.code == 0)) return 0;
  size_t count = shim.tail_end < TAIL_SIZE ? shim.tail_end : TAIL_SIZE;
  size_t lines = 0, begin = count;
  while (begin > 0) {
    char c = shim.tail[(shim.tail_end - count + begin - 1) % TAIL_SIZE];
    // The newline that ends the last line begins none.
    if (c == '\n' && begin < count && ++lines == TAIL_LINES) break;
    begin--;
  }
  for (size_t i = begin; i < count; i++) bytes[i - begin] = shim.tail[(shim.tail_end - count + i) % TAIL_SIZE];
  return count - begin;
}

static int write_durably(const char *bytes, size_t count) {
  int descriptor = open("exit.new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0) return -1;
  size_t done = 0;
  while (done < count) {
    ssize_t n = write(descriptor, bytes + done, count - done);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    done += (size_t)n;
  }
  int result = done == count && fsync(descriptor) == 0 && rename("exit.new", "exit") == 0 ? 0 : -1;
  close(descriptor);
  if (result != 0) unlink("exit.new");
  (void)fsync(CPOSIX_SHIM_FOLDER);
  return result;
}

void exit_save(void) {
  if (shim.outcome != FAILED) {
    shim.outcome = WIFSIGNALED(shim.status) ? SIGNALLED : EXITED;
    shim.code = WIFSIGNALED(shim.status) ? WTERMSIG(shim.status) : WEXITSTATUS(shim.status);
    shim.oom_killed = shim.outcome == SIGNALLED && shim.code == 9 && oom_kills() > shim.oom_kills_before;
  }
  // First in place, where there is room even on a full disk.
  (void)state_save();

  char words[MESSAGE_SIZE], bytes[MESSAGE_SIZE + 640];
  size_t count = message(words);
  struct text text = {bytes, 0, sizeof bytes};
  text_add(&text, "kctl-exit 1\ntoken ");
  text_add(&text, shim.token);
  char outcome[2] = {(char)shim.outcome, 0};
  text_add(&text, "\noutcome ");
  text_add(&text, outcome);
  text_add(&text, "\n");
  line(&text, "code", (uint64_t)(uint32_t)shim.code);
  line(&text, "step", (uint64_t)shim.step);
  line(&text, "started", (uint64_t)shim.started);
  line(&text, "ended", (uint64_t)shim.ended);
  line(&text, "oom-killed", (uint64_t)shim.oom_killed);
  line(&text, "dropped-bytes", shim.dropped_bytes);
  line(&text, "dropped-records", shim.dropped_records);
  line(&text, "left", (uint64_t)shim.left);
  line(&text, "message", count);
  text_bytes(&text, words, count);
  if (write_durably(bytes, text.used) == 0) return;

  // No room: the oldest log goes before an exit is lost.
  char name[144];
  for (unsigned i = shim.log_files > 0 ? shim.log_files - 1 : 0; i > 0; i--) {
    struct text path = {name, 0, sizeof name};
    text_add(&path, shim.log_name);
    text_add(&path, ".");
    text_number(&path, i, 1);
    if (unlink(name) == 0 && write_durably(bytes, text.used) == 0) return;
  }
}
