#define _GNU_SOURCE
// A shim's life: it is handed a request, starts a program, keeps its output, passes signals on, and writes down how it ended.
// It is this very executable, started again under another name and caught before `main`, so that it costs a few pages.

#include "Shim.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

struct shim shim = {
  .log = -1, .control = -1, .input = -1, .pipes = {-1, -1}, .log_limit = 10 << 20, .log_files = 5,
  .attached = {{-1, -1}, {-1, -1}, {-1, -1}, {-1, -1}, {-1, -1}, {-1, -1}, {-1, -1}, {-1, -1}},
};

/// How long what is left of a container is chased, and how long its output is waited for, in milliseconds.
enum { CHASE = 10000, DRAIN = 2000 };

int64_t shim_now(void) {
  struct timespec time;
  clock_gettime(CLOCK_REALTIME, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

int64_t shim_ticks(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static void on_child(int number) { (void)number; }

/// Every signal waits for ever, except that a child's end interrupts `wait_for`.
static void take_signals(void) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = SIG_DFL;
  // What was ignored would stay so across exec.
  for (int number = 1; number < NSIG; number++) sigaction(number, &action, 0);
#ifdef __linux__
  // The library keeps two for itself and won't touch them: the kernel's own call, with its structure of nothing but zeros.
  static const char zeros[64];
  for (int number = 32; number < 34; number++) syscall(SYS_rt_sigaction, number, zeros, 0, (size_t)8);
#endif
  action.sa_handler = on_child;
  sigaction(SIGCHLD, &action, 0);
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, 0);
}

/// Waits until one of the streams can be read, a child has ended, or so many milliseconds have passed (-1: for ever).
static void wait_for(struct pollfd *waits, int count, int milliseconds) {
  struct timespec length = {milliseconds / 1000, (milliseconds % 1000) * 1000000L};
  sigset_t mask;
  sigfillset(&mask);
  sigdelset(&mask, SIGCHLD);
#ifdef __linux__
  if (ppoll(waits, (nfds_t)count, milliseconds < 0 ? 0 : &length, &mask) < 0)
    for (int i = 0; i < count; i++) waits[i].revents = 0;
#else
  // No ppoll there; a shim's descriptors are few and their numbers small.
  fd_set ready;
  FD_ZERO(&ready);
  int top = 0;
  fd_set room;
  FD_ZERO(&room);
  for (int i = 0; i < count; i++) {
    if (waits[i].events & POLLIN) FD_SET(waits[i].fd, &ready);
    if (waits[i].events & POLLOUT) FD_SET(waits[i].fd, &room);
    if (waits[i].fd >= top) top = waits[i].fd + 1;
  }
  int found = pselect(top, &ready, &room, 0, milliseconds < 0 ? 0 : &length, &mask);
  for (int i = 0; i < count; i++) {
    waits[i].revents = 0;
    if (found > 0 && FD_ISSET(waits[i].fd, &ready)) waits[i].revents |= POLLIN;
    if (found > 0 && FD_ISSET(waits[i].fd, &room)) waits[i].revents |= POLLOUT;
  }
#endif
}

static int close_on_exec(int descriptor) {
  if (descriptor >= 0) fcntl(descriptor, F_SETFD, FD_CLOEXEC);
  return descriptor;
}

/// A pipe whose reading end never waits.
static int output_pipe(int ends[2]) {
  if (pipe(ends) != 0) return errno;
  close_on_exec(ends[0]);
  close_on_exec(ends[1]);
  fcntl(ends[0], F_SETFL, O_RDONLY | O_NONBLOCK);
  return 0;
}

/// A FIFO in the folder, held open at both ends so that it never ends by itself.
static int open_fifo(const char *name) {
  (void)unlink(name);
  if (mkfifo(name, 0600) != 0) return -1;
  return open(name, O_RDWR | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW);
}

static void drop_input(void) {
  if (shim.input >= 0) close(shim.input);
  shim.input = -1;
}

static void obey(void) {
  unsigned char orders[64];
  ssize_t n = read(shim.control, orders, sizeof orders);
  for (ssize_t i = 0; i + 1 < n; i += 2) {
    switch (orders[i]) {
    case CPOSIX_CONTROL_SIGNAL:
      if (orders[i + 1] > 0 && orders[i + 1] < NSIG && !shim.program_ended) kill(-shim.program, orders[i + 1]);
      break;
    case CPOSIX_CONTROL_KILL: tree_end(CHASE); break;
    case CPOSIX_CONTROL_CLOSE_INPUT:
      // A terminal's input goes on.
      if (!shim.has_terminal) drop_input();
      break;
    case CPOSIX_CONTROL_ATTACH: attach_add(orders[i + 1]); break;
    case CPOSIX_CONTROL_SIZE: window_add(orders[i + 1]); break;
    }
  }
}

static void take_output(int stream) {
  if (log_take(stream)) return;
  close(shim.pipes[stream]);
  shim.pipes[stream] = -1;
}

/// One wait and what came of it. `orders`: whether the control FIFO is listened to. Returns whether anything was read.
static int turn(int orders, int milliseconds) {
  enum { CONTROL = -1, TYPED = -2 };
  struct pollfd waits[4];
  int streams[4], count = 0;
  for (int i = 0; i < 2; i++) {
    if (shim.pipes[i] < 0) continue;
    streams[count] = i;
    short typed = shim.has_terminal && shim.typed_used > 0 ? POLLOUT : 0;
    waits[count++] = (struct pollfd){.fd = shim.pipes[i], .events = (short)(POLLIN | typed)};
  }
  if (shim.has_terminal && shim.input >= 0 && shim.pipes[0] >= 0 && shim.typed_used < TYPED_SIZE) {
    streams[count] = TYPED;
    waits[count++] = (struct pollfd){.fd = shim.input, .events = POLLIN};
  }
  if (orders) {
    streams[count] = CONTROL;
    waits[count++] = (struct pollfd){.fd = shim.control, .events = POLLIN};
  }
  wait_for(waits, count, milliseconds);
  int taken = 0;
  for (int i = 0; i < count; i++) {
    if (!waits[i].revents) continue;
    taken = 1;
    if (streams[i] == CONTROL) obey();
    else if (streams[i] == TYPED) typed_take();
    else {
      if (waits[i].revents & POLLOUT) typed_put();
      if (waits[i].revents & ~POLLOUT) take_output(streams[i]);
    }
  }
  return taken;
}

static void answer(int channel, int step, int problem) {
  struct cposix_shim_reply reply = {.step = step, .problem = problem, .program = shim.program, .started = shim.started,
    .mount = shim.mount, .mount_problem = shim.mount_problem};
  // Nobody may listen any more: the next daemon reads `state`.
  (void)!write(channel, &reply, sizeof reply);
#ifdef __linux__
  close(channel);
#else
  // Its end is how the daemon learns of ours: there are no process descriptors there.
#endif
}

__attribute__((noreturn)) static void fail(int step, int problem) {
  shim.outcome = FAILED;
  shim.step = step;
  shim.code = problem;
  shim.program = 0;
  shim.started = shim.ended = shim_now();
  exit_save();
  answer(CPOSIX_SHIM_CHANNEL, step, problem);
  _exit(1);
}

static void take_token(char **environment) {
  for (; *environment; environment++) {
    if (strncmp(*environment, "KCTL_TOKEN=", 11) != 0) continue;
    struct text text = {shim.token, 0, sizeof shim.token};
    text_add(&text, *environment + 11);
  }
}

/// The program started, or the end of us.
static void launch(struct request *request) {
  int problem = request_read(CPOSIX_SHIM_CHANNEL, request);
  if (problem == EPIPE) {
    // Whoever started us has died over it: nothing was promised to anybody, and the folder is as new.
    (void)unlink("state");
    _exit(1);
  }
  if (problem) fail(CPOSIX_STEP_REQUEST, problem);

  int output[2], errors[2] = {-1, -1}, input = -1;
  problem = log_open();
  if (problem) fail(CPOSIX_STEP_FILES, problem);
  if (request->terminal) {
    if (cposix_open_terminal(output) != 0) fail(CPOSIX_STEP_FILES, errno);
    // As far as that is permitted.
    if (request->has_user) (void)!fchown(output[1], request->user, (gid_t)-1);
    shim.has_terminal = 1;
  } else if ((problem = output_pipe(output)) || (problem = output_pipe(errors))) {
    fail(CPOSIX_STEP_FILES, problem);
  }
  shim.control = open_fifo("control");
  if (shim.control < 0) fail(CPOSIX_STEP_FILES, errno);
  if (request->input) {
    shim.input = open_fifo("stdin");
    if (shim.input < 0) fail(CPOSIX_STEP_FILES, errno);
    // The program's own end waits as any program expects. To a terminal we hand on what was typed.
    if (!request->terminal && (input = close_on_exec(open("stdin", O_RDONLY | O_CLOEXEC | O_NOFOLLOW))) < 0)
      fail(CPOSIX_STEP_FILES, errno);
  }
  shim.oom_kills_before = oom_kills();
  shim.pipes[0] = output[0];
  shim.pipes[1] = errors[0];

  shim.started = shim_now();
  int step = request->terminal ? program_start(request, output[1], output[1], output[1], &problem)
                               : program_start(request, output[1], errors[1], input, &problem);
  close(output[1]);
  if (errors[1] >= 0) close(errors[1]);
  if (input >= 0) close(input);
  request_forget(request);
  if (step != CPOSIX_STEP_NONE) {
    tree_reap();
    fail(step, problem);
  }
}

int cposix_shim_main(char **environment) {
  struct stat info;
  if (fstat(CPOSIX_SHIM_CHANNEL, &info) != 0 || !S_ISSOCK(info.st_mode) || fchdir(CPOSIX_SHIM_FOLDER) != 0) {
    static const char words[] = "kctl-shim: only kctl starts this\n";
    (void)!write(2, words, sizeof words - 1);
    return 2;
  }
  close_on_exec(CPOSIX_SHIM_CHANNEL);
  close_on_exec(CPOSIX_SHIM_FOLDER);
#if defined(__linux__) && defined(SYS_close_range)
  // Should anything of the daemon's not have been close-on-exec.
  (void)syscall(SYS_close_range, CPOSIX_SHIM_FOLDER + 1u, ~0u, 0u);
#endif
  take_signals();
  (void)setsid();
  umask(077);
#ifdef __linux__
  prctl(PR_SET_NAME, CPOSIX_SHIM_NAME, 0, 0, 0);
  prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
#endif
  take_token(environment);
  int problem = state_save();
  if (problem) fail(CPOSIX_STEP_SHIM, problem);

  struct request request;
  memset(&request, 0, sizeof request);
  request.mask = 022;
  launch(&request);
  (void)state_save();
  answer(CPOSIX_SHIM_CHANNEL, CPOSIX_STEP_NONE, 0);

  int busy = 0;
  for (;;) {
    tree_reap();
    if (shim.program_ended) break;
    // A second of silence, and a busy log's memory goes back.
    if (turn(1, busy ? 1000 : -1)) {
      busy = 1;
    } else if (busy) {
      log_rest();
      busy = 0;
    }
  }
  // What the program leaves behind would hold its output open: it goes first, then the rest is read to the end.
  if (!shim.leaves) tree_end(CHASE);
  int64_t limit = shim_ticks() + DRAIN;
  while ((shim.pipes[0] >= 0 || shim.pipes[1] >= 0) && shim_ticks() < limit) (void)turn(0, 100);
  exit_save();
  _exit(0);
}

#if defined(__linux__) && !defined(__GLIBC__)
extern char **environ;

/// Runs before anything else of the executable. Musl hands no words to it, so they are read.
__attribute__((constructor(101))) static void become_shim(void) {
  char words[sizeof CPOSIX_SHIM_NAME] = {0};
  int descriptor = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return;
  ssize_t n = read(descriptor, words, sizeof words);
  close(descriptor);
  if (n == (ssize_t)sizeof words && memcmp(words, CPOSIX_SHIM_NAME, sizeof words) == 0) _exit(cposix_shim_main(environ));
}
#else
/// Runs before anything else of the executable: glibc and Darwin hand the words to what they initialise.
__attribute__((constructor(101))) static void become_shim(int argc, char **argv, char **environment) {
  if (argc > 0 && argv[0] && strcmp(argv[0], CPOSIX_SHIM_NAME) == 0) _exit(cposix_shim_main(environment));
}
#endif
