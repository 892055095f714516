#define _GNU_SOURCE
// From a request to a running program: between fork and exec only system calls, each of which says by name that it failed.

#include "Shim.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

struct failure {
  int32_t step, problem;
  int32_t mount;  // of CPOSIX_STEP_MOUNT: which
};

static int system_limit(uint64_t which) {
  switch (which) {
  case CPOSIX_LIMIT_CPU: return RLIMIT_CPU;
  case CPOSIX_LIMIT_DATA: return RLIMIT_DATA;
  case CPOSIX_LIMIT_FILE_SIZE: return RLIMIT_FSIZE;
  case CPOSIX_LIMIT_OPEN_FILES: return RLIMIT_NOFILE;
  case CPOSIX_LIMIT_STACK: return RLIMIT_STACK;
  case CPOSIX_LIMIT_CORE: return RLIMIT_CORE;
  case CPOSIX_LIMIT_ADDRESS_SPACE: return RLIMIT_AS;
  case CPOSIX_LIMIT_PROCESSES: return RLIMIT_NPROC;
  case CPOSIX_LIMIT_LOCKED_MEMORY: return RLIMIT_MEMLOCK;
  default: return -1;
  }
}

static int put(const char *path, const char *words) {
  int descriptor = open(path, O_WRONLY | O_CLOEXEC);
  if (descriptor < 0) return -1;
  size_t size = 0;
  while (words[size]) size++;
  ssize_t n = write(descriptor, words, size);
  int saved = errno;
  close(descriptor);
  errno = saved;
  return n < 0 ? -1 : 0;
}

static int join_cgroups(const struct request *request) {
  char path[600];
  for (int i = 0; i < request->cgroup_count; i++) {
    struct text text = {path, 0, sizeof path};
    text_add(&text, request->cgroups[i]);
    text_add(&text, "/cgroup.procs");
    // 0 is whoever writes it.
    if (put(path, "0") != 0) return -1;
  }
  return 0;
}

static int set_limits(const struct request *request) {
  for (int i = 0; i < request->limit_count; i++) {
    struct rlimit limit;
    limit.rlim_cur = request->limits[i].soft == UINT64_MAX ? RLIM_INFINITY : (rlim_t)request->limits[i].soft;
    limit.rlim_max = request->limits[i].hard == UINT64_MAX ? RLIM_INFINITY : (rlim_t)request->limits[i].hard;
    int which = system_limit(request->limits[i].which);
    if (which < 0) {
      errno = EINVAL;
      return -1;
    }
    if (setrlimit(which, &limit) != 0) return -1;
  }
  return 0;
}

static void set_oom_score(int32_t score) {
#ifdef __linux__
  char digits[16];
  struct text text = {digits, 0, sizeof digits};
  if (score < 0) text_add(&text, "-");
  text_number(&text, score < 0 ? (uint64_t)-(int64_t)score : (uint64_t)score, 1);
  // Only root may lower it: no reason to refuse the program.
  (void)put("/proc/self/oom_score_adj", digits);
#else
  // Darwin has no such thing.
  (void)score;
#endif
}

/// The system calls themselves: the library's ones would want to tell other threads, and there are none.
static int set_groups(const struct request *request) {
#ifdef __linux__
  return (int)syscall(SYS_setgroups, (size_t)request->group_count, request->groups);
#else
  return setgroups((int)request->group_count, (const gid_t *)request->groups);
#endif
}

static int set_user(const struct request *request) {
#ifdef __linux__
  if (request->has_group && syscall(SYS_setresgid, request->group, request->group, request->group) != 0) return -1;
  if (request->has_user && syscall(SYS_setresuid, request->user, request->user, request->user) != 0) return -1;
#else
  if (request->has_group && setgid(request->group) != 0) return -1;
  if (request->has_user && setuid(request->user) != 0) return -1;
#endif
  return 0;
}

static void close_others(int first) {
#if defined(__linux__) && defined(SYS_close_range)
  // Closed by exec rather than now, as the pipe that tells of a failure is among them. CLOSE_RANGE_CLOEXEC is 4.
  if (syscall(SYS_close_range, (unsigned)first, ~0u, 4u) == 0) return;
#endif
  struct rlimit limit;
  int end = getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < 65536 ? (int)limit.rlim_cur : 65536;
  for (int i = first; i < end; i++) fcntl(i, F_SETFD, FD_CLOEXEC);
}

/// What the new process does. It shares our memory until exec: it touches none but its own frame.
__attribute__((noreturn)) static void become(const struct request *request, int out, int error, int input, int teller, pid_t parent) {
  struct failure failure = {0, 0, 0};
#define ATTEMPT(name, call) \
  do { \
    failure.step = name; \
    if ((call) < 0) goto failed; \
  } while (0)

  ATTEMPT(CPOSIX_STEP_SESSION, setsid());
  if (input >= 0) ATTEMPT(CPOSIX_STEP_DESCRIPTORS, dup2(input, 0));
  ATTEMPT(CPOSIX_STEP_DESCRIPTORS, dup2(out, 1));
  ATTEMPT(CPOSIX_STEP_DESCRIPTORS, dup2(error, 2));
  if (request->terminal) ATTEMPT(CPOSIX_STEP_DESCRIPTORS, ioctl(0, TIOCSCTTY, 0));
  close_others(3);
  ATTEMPT(CPOSIX_STEP_CGROUP, join_cgroups(request));
  if (request->has_oom_score) set_oom_score(request->oom_score);
  ATTEMPT(CPOSIX_STEP_LIMITS, set_limits(request));
  if (request->mount_count) {
    umask(0);
    // The program runs without what can't be mounted, and that is told.
    failure.mount = mounts_make(request, &failure.problem);
    failure.step = CPOSIX_STEP_MOUNT;
    if (failure.mount) (void)!write(teller, &failure, sizeof failure);
  }
  umask((mode_t)request->mask);
  if (request->has_groups) ATTEMPT(CPOSIX_STEP_GROUPS, set_groups(request));
  ATTEMPT(CPOSIX_STEP_USER, set_user(request));
#ifdef __linux__
  if (request->no_privileges) ATTEMPT(CPOSIX_STEP_USER, prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
  // Nobody could tell how it ends without us. After the change of user, which would undo it.
  prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  if (getppid() != parent) _exit(127);
#else
  // Darwin can't tie a child's end to ours, and has no such promise about privileges.
  (void)parent;
#endif
  ATTEMPT(CPOSIX_STEP_FOLDER, chdir(request->folder ? request->folder : "/"));
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, 0);
  ATTEMPT(CPOSIX_STEP_EXEC, execve(request->program, request->arguments, request->environment));
failed:
  failure.problem = errno;
  (void)!write(teller, &failure, sizeof failure);
  _exit(127);
#undef ATTEMPT
}

int program_start(const struct request *request, int out, int error, int input, int *problem) {
  int ends[2];
  if (pipe(ends) != 0) {
    *problem = errno;
    return CPOSIX_STEP_FORK;
  }
  fcntl(ends[0], F_SETFD, FD_CLOEXEC);
  fcntl(ends[1], F_SETFD, FD_CLOEXEC);
  pid_t us = getpid();
#ifdef __linux__
  pid_t process = vfork();
#else
  pid_t process = fork();
#endif
  if (process == 0) become(request, out, error, input, ends[1], us);
  if (process < 0) {
    *problem = errno;
    close(ends[0]);
    close(ends[1]);
    return CPOSIX_STEP_FORK;
  }
  shim.program = process;
  close(ends[1]);
  struct failure failure = {0, 0, 0};
  for (;;) {
    ssize_t n = read(ends[0], &failure, sizeof failure);
    if (n < 0 && errno == EINTR) continue;
    if (n != (ssize_t)sizeof failure) failure.step = CPOSIX_STEP_NONE;
    if (failure.step != CPOSIX_STEP_MOUNT) break;
    shim.mount = failure.mount;
    shim.mount_problem = failure.problem;
  }
  close(ends[0]);
  *problem = failure.problem;
  return failure.step;
}
