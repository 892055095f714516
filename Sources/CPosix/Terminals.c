#define _GNU_SOURCE
// Terminals: made for others, and our own.

#include "include/Terminals.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

int cposix_open_terminal(int ends[2]) {
  int ours = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
  if (ours < 0) return -1;
  int theirs = -1;
#if defined(__linux__)
  int locked = 0;
  if (ioctl(ours, TIOCSPTLCK, &locked) == 0) {
#ifdef TIOCGPTPEER
    theirs = ioctl(ours, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
#endif
    char path[64];
    // Kernels before 4.13.
    if (theirs < 0 && ptsname_r(ours, path, sizeof path) == 0) theirs = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
  }
#else
  char path[128];
  if (grantpt(ours) == 0 && unlockpt(ours) == 0 && ioctl(ours, TIOCPTYGNAME, path) == 0)
    theirs = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
#endif
  if (theirs < 0) {
    int problem = errno;
    close(ours);
    errno = problem;
    return -1;
  }
  ends[0] = ours;
  ends[1] = theirs;
  return 0;
}

void cposix_resize_terminal(int descriptor, int columns, int rows) {
  struct winsize size;
  memset(&size, 0, sizeof size);
  size.ws_col = (unsigned short)columns;
  size.ws_row = (unsigned short)rows;
  (void)ioctl(descriptor, TIOCSWINSZ, &size);
}

static struct termios before;
static volatile sig_atomic_t raw_terminal = -1;
static volatile sig_atomic_t resized;

static void on_end(int number) {
  cposix_restore_terminal();
  signal(number, SIG_DFL);
  raise(number);
}

int cposix_raw_terminal(int descriptor) {
  if (raw_terminal >= 0 || tcgetattr(descriptor, &before) != 0) return -1;
  struct termios raw = before;
  cfmakeraw(&raw);
  if (tcsetattr(descriptor, TCSADRAIN, &raw) != 0) return -1;
  raw_terminal = descriptor;
  static const int ends[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};
  for (unsigned i = 0; i < sizeof ends / sizeof *ends; i++) signal(ends[i], on_end);
  return 0;
}

void cposix_restore_terminal(void) {
  int descriptor = raw_terminal;
  if (descriptor < 0) return;
  raw_terminal = -1;
  // From the background too.
  sigset_t stop, mask;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTTOU);
  sigprocmask(SIG_BLOCK, &stop, &mask);
  (void)tcsetattr(descriptor, TCSADRAIN, &before);
  sigprocmask(SIG_SETMASK, &mask, 0);
}

static void on_resize(int number) {
  (void)number;
  resized = 1;
}

void cposix_watch_resizes(void) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = on_resize;
  sigaction(SIGWINCH, &action, 0);
}

int cposix_was_resized(void) {
  int was = resized;
  resized = 0;
  return was;
}
