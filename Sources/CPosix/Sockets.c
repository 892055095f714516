#define _GNU_SOURCE
// Sockets that are close-on-exec from birth, and who is at their other end.

#include "CPosix.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef __linux__
static int prepare(int descriptor) {
  if (descriptor < 0) return descriptor;
  fcntl(descriptor, F_SETFD, FD_CLOEXEC);
  fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL, 0) | O_NONBLOCK);
#ifdef SO_NOSIGPIPE
  int on = 1;
  setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on);
#endif
  return descriptor;
}
#endif

int cposix_socket(int family) {
#ifdef __linux__
  return socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
#else
  return prepare(socket(family, SOCK_STREAM, 0));
#endif
}

int cposix_accept(int listener) {
#ifdef __linux__
  return accept4(listener, 0, 0, SOCK_CLOEXEC | SOCK_NONBLOCK);
#else
  return prepare(accept(listener, 0, 0));
#endif
}

int cposix_peer_user(int descriptor, unsigned int *user) {
#ifdef __linux__
  // struct ucred, whose name needs _GNU_SOURCE.
  struct { pid_t process; uid_t user; gid_t group; } peer;
  socklen_t size = sizeof peer;
  if (getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return -1;
  *user = peer.user;
  return 0;
#else
  uid_t found;
  gid_t group;
  if (getpeereid(descriptor, &found, &group) != 0) return -1;
  *user = found;
  return 0;
#endif
}

int cposix_peer_process(int descriptor) {
#ifdef __linux__
  struct { pid_t process; uid_t user; gid_t group; } peer;
  socklen_t size = sizeof peer;
  return getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 ? peer.process : -1;
#elif defined(LOCAL_PEERPID)
  pid_t process;
  socklen_t size = sizeof process;
  return getsockopt(descriptor, SOL_LOCAL, LOCAL_PEERPID, &process, &size) == 0 ? process : -1;
#else
  return -1;
#endif
}

int cposix_pipe(int ends[2]) {
#ifdef __linux__
  return pipe2(ends, O_CLOEXEC | O_NONBLOCK);
#else
  if (pipe(ends) != 0) return -1;
  prepare(ends[0]);
  prepare(ends[1]);
  return 0;
#endif
}

static volatile int stop_writer = -1;

static void on_stop(int number) {
  int saved = errno;
  unsigned char byte = (unsigned char)number;
  if (write(stop_writer, &byte, 1) < 0) { /* the pipe is full: somebody has been told */ }
  errno = saved;
}

void cposix_tell_signals(int writer) {
  stop_writer = writer;
  struct sigaction action = {0};
  action.sa_handler = on_stop;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, 0);
  sigaction(SIGTERM, &action, 0);
  sigaction(SIGUSR1, &action, 0);
  // Whoever started us from a thread that takes no signals has left them blocked: nothing would end us.
  sigset_t wanted;
  sigemptyset(&wanted);
  sigaddset(&wanted, SIGINT);
  sigaddset(&wanted, SIGTERM);
  sigaddset(&wanted, SIGUSR1);
  pthread_sigmask(SIG_UNBLOCK, &wanted, 0);
}

long cposix_raise_descriptor_limit(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return -1;
  rlim_t wanted = limit.rlim_max > 65536 || limit.rlim_max == RLIM_INFINITY ? 65536 : limit.rlim_max;
  if (wanted > limit.rlim_cur) {
    limit.rlim_cur = wanted;
    setrlimit(RLIMIT_NOFILE, &limit);
  }
  return (long)limit.rlim_cur;
}
