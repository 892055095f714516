#define _GNU_SOURCE
// Starting programs: fork and exec, with the choices that posix_spawn lacks.

#include "include/Children.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __linux__
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#else
#include <sys/event.h>
#endif

// Who has no PATH searches here, as in a container.
static const char standard_path[] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

static _Noreturn void fail(int report, int step, int problem) {
  int words[2] = {step, problem};
  if (write(report, words, sizeof words) < 0) { /* nobody is left to be told */ }
  _exit(127);
}

// On Linux glibc's functions would change all threads of the parent, whose memory the child shares: the bare calls change the child.
static int become_user(const struct cposix_child *child) {
  gid_t group = (gid_t)child->group;
  int changes = child->group >= 0 || child->user >= 0;
  size_t count = child->group_count >= 0 ? (size_t)child->group_count : 0;
  if (child->group_count >= 0 || (changes && geteuid() == 0)) {
#ifdef __linux__
    if (syscall(SYS_setgroups, count, child->groups) != 0) return errno;
#else
    if (setgroups((int)count, child->groups) != 0) return errno;
#endif
  }
#ifdef __linux__
  if (child->group >= 0 && syscall(SYS_setresgid, group, group, group) != 0) return errno;
  if (child->user >= 0 && syscall(SYS_setresuid, (uid_t)child->user, (uid_t)child->user, (uid_t)child->user) != 0) return errno;
#else
  if (child->group >= 0 && setgid(group) != 0) return errno;
  if (child->user >= 0 && setuid((uid_t)child->user) != 0) return errno;
#endif
  return 0;
}

static const char *path_of(char *const *environment) {
  for (; *environment; environment++)
    if (strncmp(*environment, "PATH=", 5) == 0) return *environment + 5;
  return standard_path;
}

// Becomes the program; returns errno where it can't. A file that may not be run is told before one that is missing.
static int become(char *const *words, char *const *environment) {
  const char *name = words[0];
  if (!name || !*name) return ENOENT;
  if (strchr(name, '/')) {
    execve(name, words, environment);
    return errno;
  }
  int refused = 0;
  size_t length = strlen(name);
  for (const char *path = path_of(environment); *path;) {
    size_t folder = strcspn(path, ":");
    char whole[4096];
    // An empty entry would be the working folder, where nobody expects programs to come from.
    if (folder > 0 && folder + 1 + length < sizeof whole) {
      memcpy(whole, path, folder);
      whole[folder] = '/';
      memcpy(whole + folder + 1, name, length + 1);
      execve(whole, words, environment);
      if (errno == EACCES) refused = EACCES;
      else if (errno != ENOENT && errno != ENOTDIR) return errno;
    }
    path += folder + (path[folder] == ':');
  }
  return refused ? refused : ENOENT;
}

// One that has gone meanwhile bounds nothing any more.
static void join_cgroups(const struct cposix_child *child) {
  for (int i = 0; i < child->cgroup_count; i++) {
    int folder = open(child->cgroups[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) continue;
    int members = openat(folder, "cgroup.procs", O_WRONLY | O_CLOEXEC);
    // 0 is whoever writes it.
    if (members >= 0 && write(members, "0", 1) < 0) { /* it bounds us as far as it may */ }
    close(folder);
    if (members >= 0) close(members);
  }
}

__attribute__((noinline)) static _Noreturn void run(const struct cposix_child *child, int report, pid_t parent) {
  setsid();
  // Before signals are let in again: their handlers are the parent's, and so is the memory.
  struct sigaction plain;
  memset(&plain, 0, sizeof plain);
  plain.sa_handler = SIG_DFL;
  for (int i = 1; i < NSIG; i++) sigaction(i, &plain, 0);
  sigset_t none;
  sigemptyset(&none);

  // Out of the way first: whatever numbers these have, 0 to 2 are to be free.
  int high[3];
  report = fcntl(report, F_DUPFD_CLOEXEC, 3);
  if (report < 0) _exit(127);
  for (int i = 0; i < 3; i++) {
    int from = child->streams[i] >= 0 ? child->streams[i] : open("/dev/null", O_RDWR | O_CLOEXEC);
    high[i] = from < 0 ? -1 : fcntl(from, F_DUPFD_CLOEXEC, 3);
    if (high[i] < 0) fail(report, CPOSIX_CHILD_STREAMS, errno);
  }
  for (int i = 0; i < 3; i++)
    if (dup2(high[i], i) < 0) fail(report, CPOSIX_CHILD_STREAMS, errno);
#ifdef SYS_close_range
  // Ours are close-on-exec from birth; what others have opened may not be.
  syscall(SYS_close_range, 3u, ~0u, 4u /* CLOSE_RANGE_CLOEXEC */);
#endif

  if (child->has_terminal && ioctl(0, TIOCSCTTY, 0) != 0) fail(report, CPOSIX_CHILD_STREAMS, errno);
  join_cgroups(child);
#ifdef __linux__
  if (child->mounts >= 0 && setns(child->mounts, CLONE_NEWNS) != 0) fail(report, CPOSIX_CHILD_MOUNTS, errno);
#endif
  if (child->data_limit) {
    struct rlimit limit = {(rlim_t)child->data_limit, (rlim_t)child->data_limit};
    if (setrlimit(RLIMIT_DATA, &limit) != 0) fail(report, CPOSIX_CHILD_STREAMS, errno);
  }
  int problem = become_user(child);
  if (problem) fail(report, CPOSIX_CHILD_USER, problem);
  if (child->folder && chdir(child->folder) != 0) fail(report, CPOSIX_CHILD_FOLDER, errno);
#ifdef __linux__
  if (child->no_privileges && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) fail(report, CPOSIX_CHILD_USER, errno);
  if (child->ends_with_us) {
    // Becoming another user clears it, so it comes last.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(127);
  }
#else
  (void)parent;
#endif
  sigprocmask(SIG_SETMASK, &none, 0);
  fail(report, CPOSIX_CHILD_EXEC, become(child->words, child->environment));
}

static int make_pipe(int ends[2]) {
#ifdef __linux__
  return pipe2(ends, O_CLOEXEC);
#else
  if (pipe(ends) != 0) return -1;
  fcntl(ends[0], F_SETFD, FD_CLOEXEC);
  fcntl(ends[1], F_SETFD, FD_CLOEXEC);
  return 0;
#endif
}

int cposix_child_start(const struct cposix_child *child, pid_t *process, int *step) {
  int ends[2];
  *step = CPOSIX_CHILD_FORK;
  if (make_pipe(ends) != 0) return errno;
  pid_t self = getpid();
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
#ifdef __linux__
  // Shares our memory until it execs, so that its cost is the same whatever the heap; we wait meanwhile.
  pid_t started = vfork();
#else
  pid_t started = fork();
#endif
  if (started == 0) run(child, ends[1], self);
  int problem = errno;
  pthread_sigmask(SIG_SETMASK, &before, 0);
  close(ends[1]);
  if (started < 0) {
    close(ends[0]);
    return problem;
  }
  int words[2] = {0, 0};
  ssize_t got;
  do got = read(ends[0], words, sizeof words);
  while (got < 0 && errno == EINTR);
  close(ends[0]);
  if (got == (ssize_t)sizeof words) {
    while (waitpid(started, 0, 0) < 0 && errno == EINTR) {}
    *step = words[0];
    return words[1] ? words[1] : EIO;
  }
  *process = started;
  return 0;
}

int cposix_child_end_descriptor(pid_t process) {
#ifdef SYS_pidfd_open
  // Close-on-exec by its nature.
  return (int)syscall(SYS_pidfd_open, process, 0);
#elif defined(__linux__)
  (void)process;
  errno = ENOSYS;
  return -1;
#else
  int queue = kqueue();
  if (queue < 0) return -1;
  fcntl(queue, F_SETFD, FD_CLOEXEC);
  struct kevent wanted;
  EV_SET(&wanted, process, EVFILT_PROC, EV_ADD, NOTE_EXIT, 0, 0);
  if (kevent(queue, &wanted, 1, 0, 0, 0) != 0) {
    int problem = errno;
    close(queue);
    errno = problem;
    return -1;
  }
  return queue;
#endif
}

int cposix_child_has_ended(pid_t process) {
  siginfo_t info;
  memset(&info, 0, sizeof info);
  return waitid(P_PID, (id_t)process, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == process;
}
