#define _GNU_SOURCE
// Starting a shim. posix_spawn shares this process's memory with the child until it execs, so its cost is the same whatever the heap.

#include "include/CPosixShim.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/syscall.h>
#endif

int cposix_spawn_shim(const char *executable, const char *token, const char *label, int channel, int folder, pid_t *process) {
  char variable[96] = "KCTL_TOKEN=";
  if (strlen(token) > 64) return EINVAL;
  strcat(variable, token);
  char *arguments[] = {(char *)CPOSIX_SHIM_NAME, (char *)label, 0};
  char *environment[] = {variable, 0};

  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  int problem = posix_spawn_file_actions_init(&actions);
  if (problem) return problem;
  problem = posix_spawnattr_init(&attributes);
  if (problem) {
    posix_spawn_file_actions_destroy(&actions);
    return problem;
  }
  // Out of the way first: 3 and 4 are to be free for what goes there, whichever numbers the two have.
  int safe_channel = fcntl(channel, F_DUPFD_CLOEXEC, 10), safe_folder = fcntl(folder, F_DUPFD_CLOEXEC, 10);
  if (safe_channel < 0 || safe_folder < 0) problem = errno;
  for (int i = 0; i < 3 && !problem; i++) problem = posix_spawn_file_actions_addopen(&actions, i, "/dev/null", O_RDWR, 0);
  if (!problem) problem = posix_spawn_file_actions_adddup2(&actions, safe_channel, CPOSIX_SHIM_CHANNEL);
  if (!problem) problem = posix_spawn_file_actions_adddup2(&actions, safe_folder, CPOSIX_SHIM_FOLDER);
  short flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSID;
#ifdef __APPLE__
  // Elsewhere the shim itself closes what was left open.
  flags |= POSIX_SPAWN_CLOEXEC_DEFAULT;
#endif
  // Nothing may reach it before it has set its own mask.
  sigset_t all;
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &all);
  posix_spawnattr_setflags(&attributes, flags);
  if (!problem) problem = posix_spawn(process, executable, &actions, &attributes, arguments, environment);

  if (safe_channel >= 0) close(safe_channel);
  if (safe_folder >= 0) close(safe_folder);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return problem;
}

int cposix_socket_pair(int ends[2]) {
#ifdef __linux__
  return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends);
#else
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) return -1;
  int on = 1;
  for (int i = 0; i < 2; i++) {
    fcntl(ends[i], F_SETFD, FD_CLOEXEC);
    setsockopt(ends[i], SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on);
  }
  return 0;
#endif
}

int cposix_process_descriptor(pid_t process) {
#ifdef SYS_pidfd_open
  return (int)syscall(SYS_pidfd_open, process, 0);
#else
  // Darwin's kqueue watches a process by its number, which our Poller does not.
  (void)process;
  errno = ENOSYS;
  return -1;
#endif
}

int cposix_signal_process(int descriptor, int signal) {
#ifdef SYS_pidfd_send_signal
  return (int)syscall(SYS_pidfd_send_signal, descriptor, signal, 0, 0);
#else
  (void)descriptor;
  (void)signal;
  errno = ENOSYS;
  return -1;
#endif
}

int cposix_lock_folder(int folder) {
  int result;
  do result = flock(folder, LOCK_EX | LOCK_NB);
  while (result != 0 && errno == EINTR);
  return result;
}

int cposix_random_bytes(void *bytes, unsigned long count) { return getentropy(bytes, count); }
