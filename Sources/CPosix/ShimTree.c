#define _GNU_SOURCE
// The processes of a container: whatever descends from us, as we are the parent of all whose parent has died.

#include "Shim.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/syscall.h>
#else
#define __WALL 0
#endif

void tree_reap(void) {
  for (;;) {
    int status;
    pid_t process = waitpid(-1, &status, WNOHANG | __WALL);
    if (process < 0 && errno == EINTR) continue;
    if (process <= 0) {
      // Whoever descends from us has a living line of parents up to a child of ours: no child, nobody.
      shim.none_left = process < 0;
      return;
    }
    if (process == shim.program && !shim.program_ended) {
      shim.program_ended = 1;
      shim.status = status;
      shim.ended = shim_now();
    }
  }
}

#ifdef __linux__
/// Calls back for each name in a folder of /proc that is a number. Its own buffer, as opendir would take 32 KiB.
static int each_number(const char *path, int (*body)(pid_t, int), int depth) {
  int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return -1;
  _Alignas(8) char found[1024];
  int count = 0;
  for (;;) {
    long n = syscall(SYS_getdents64, folder, found, sizeof found);
    if (n <= 0) break;
    for (long at = 0; at < n;) {
      struct { uint64_t inode; int64_t next; unsigned short size; unsigned char type; char name[]; } *entry = (void *)(found + at);
      at += entry->size;
      pid_t number = 0;
      for (const char *c = entry->name; *c >= '0' && *c <= '9'; c++) number = number * 10 + (*c - '0');
      if (number > 0) count += body(number, depth);
    }
  }
  close(folder);
  return count;
}

/// The parent of a process; 0 where it is gone.
static pid_t parent_of(pid_t process) {
  char bytes[512];
  struct text text = {bytes, 0, sizeof bytes};
  text_add(&text, "/proc/");
  text_number(&text, (uint64_t)process, 1);
  text_add(&text, "/stat");
  int descriptor = open(bytes, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return 0;
  ssize_t n = read(descriptor, bytes, sizeof bytes);
  close(descriptor);
  // `pid (any name) S parent …`: the last parenthesis ends the name.
  while (n > 0 && bytes[n - 1] != ')') n--;
  if (n <= 0) return 0;
  pid_t parent = 0;
  for (ssize_t i = n + 3; i < (ssize_t)sizeof bytes && bytes[i] >= '0' && bytes[i] <= '9'; i++) parent = parent * 10 + (bytes[i] - '0');
  return parent;
}

/// SIGKILL to a process that is still the child of one of ours, or ours: its number may have become another's since it was read.
static int end_child(pid_t process, pid_t parent) {
#ifdef SYS_pidfd_open
  int descriptor = (int)syscall(SYS_pidfd_open, process, 0);
  if (descriptor >= 0) {
    pid_t now = parent_of(process);
    int sent = (now == parent || now == getpid()) && syscall(SYS_pidfd_send_signal, descriptor, SIGKILL, 0, 0) == 0;
    close(descriptor);
    return sent;
  }
  if (errno == ESRCH) return 0;
#endif
  return parent_of(process) == parent && kill(process, SIGKILL) == 0;
}

static int end_children(pid_t process, int depth);
static pid_t walked;

static int end_one(pid_t process, int depth) {
  // Its children first: once it is gone they are ours, and found again in the next round anyway.
  pid_t parent = walked;
  int count = depth < 64 ? end_children(process, depth + 1) : 0;
  return count + end_child(process, parent);
}

static int end_children_of_thread(pid_t thread, int depth) {
  char path[64];
  struct text text = {path, 0, sizeof path};
  text_add(&text, "/proc/");
  text_number(&text, (uint64_t)walked, 1);
  text_add(&text, "/task/");
  text_number(&text, (uint64_t)thread, 1);
  text_add(&text, "/children");
  int descriptor = open(path, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return 0;
  char bytes[512];
  pid_t number = 0;
  int count = 0;
  for (;;) {
    ssize_t n = read(descriptor, bytes, sizeof bytes);
    if (n <= 0) break;
    for (ssize_t i = 0; i < n; i++) {
      if (bytes[i] >= '0' && bytes[i] <= '9') {
        number = number * 10 + (bytes[i] - '0');
      } else if (number > 0) {
        pid_t saved = walked;
        count += end_one(number, depth);
        walked = saved;
        number = 0;
      }
    }
  }
  close(descriptor);
  return count;
}

static int end_children(pid_t process, int depth) {
  char path[64];
  struct text text = {path, 0, sizeof path};
  text_add(&text, "/proc/");
  text_number(&text, (uint64_t)process, 1);
  text_add(&text, "/task");
  walked = process;
  int count = each_number(path, end_children_of_thread, depth);
  return count < 0 ? 0 : count;
}

/// The long way, for kernels without `children`.
static int end_if_ours(pid_t process, int depth) {
  (void)depth;
  pid_t us = getpid();
  pid_t at = process;
  pid_t parent = parent_of(process);
  for (int i = 0; i < 256 && at > 1 && at != us; i++) at = parent_of(at);
  return process != us && at == us && end_child(process, parent);
}

static int end_all(void) {
  static int has_children = -1;
  if (has_children < 0) has_children = access("/proc/thread-self/children", R_OK) == 0;
  return has_children ? end_children(getpid(), 0) : each_number("/proc", end_if_ours, 0);
}
#else
/// Darwin has no subreaper: what leaves the program's group is not found here.
static int end_all(void) { return 0; }
#endif

void tree_end(int milliseconds) {
  int64_t limit = shim_ticks() + milliseconds;
  for (int round = 0;; round++) {
    tree_reap();
    if (shim.none_left || shim.program <= 0) return;
    // The group keeps its number for as long as anybody is in it; a number that is nobody's does no harm before it is used again,
    // which can't be while the program is not reaped.
    if (!shim.program_ended) kill(-shim.program, SIGKILL);
    int found = end_all();
    tree_reap();
    if (shim.none_left) return;
    if (shim_ticks() > limit) {
      shim.left = found > 0 ? found : 1;
      return;
    }
    // They are dying: look again soon, and less often when it takes long.
    if (round > 0) poll(0, 0, round < 20 ? 1 : 20);
  }
}
