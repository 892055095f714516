// Waiting for many descriptors at once: epoll on Linux, kqueue elsewhere, behind one small face.

#include "CPosix.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/epoll.h>

int cposix_poller_open(void) { return epoll_create1(EPOLL_CLOEXEC); }

int cposix_poller_set(int poller, int descriptor, int interest, int isNew) {
  struct epoll_event event = {0};
  event.events = (interest & CPOSIX_READ ? EPOLLIN | EPOLLRDHUP : 0u) | (interest & CPOSIX_WRITE ? EPOLLOUT : 0u);
  event.data.fd = descriptor;
  return epoll_ctl(poller, isNew ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, descriptor, &event);
}

int cposix_poller_remove(int poller, int descriptor) {
  struct epoll_event event = {0};
  return epoll_ctl(poller, EPOLL_CTL_DEL, descriptor, &event);
}

int cposix_poller_wait(int poller, struct cposix_event *events, int capacity, int milliseconds) {
  struct epoll_event found[256];
  if (capacity > 256) capacity = 256;
  int count = epoll_wait(poller, found, capacity, milliseconds);
  for (int i = 0; i < count; i++) {
    events[i].descriptor = found[i].data.fd;
    events[i].ready = (found[i].events & (EPOLLIN | EPOLLRDHUP) ? CPOSIX_READ : 0) | (found[i].events & EPOLLOUT ? CPOSIX_WRITE : 0)
        | (found[i].events & (EPOLLHUP | EPOLLERR) ? CPOSIX_GONE : 0);
  }
  return count;
}

#else
#include <sys/event.h>
#include <sys/time.h>

int cposix_poller_open(void) {
  int poller = kqueue();
  if (poller >= 0) fcntl(poller, F_SETFD, FD_CLOEXEC);
  return poller;
}

int cposix_poller_set(int poller, int descriptor, int interest, int isNew) {
  (void)isNew;
  struct kevent changes[2];
  EV_SET(&changes[0], descriptor, EVFILT_READ, EV_ADD | (interest & CPOSIX_READ ? EV_ENABLE : EV_DISABLE), 0, 0, 0);
  EV_SET(&changes[1], descriptor, EVFILT_WRITE, EV_ADD | (interest & CPOSIX_WRITE ? EV_ENABLE : EV_DISABLE), 0, 0, 0);
  return kevent(poller, changes, 2, 0, 0, 0);
}

int cposix_poller_remove(int poller, int descriptor) {
  struct kevent changes[2];
  EV_SET(&changes[0], descriptor, EVFILT_READ, EV_DELETE, 0, 0, 0);
  EV_SET(&changes[1], descriptor, EVFILT_WRITE, EV_DELETE, 0, 0, 0);
  return kevent(poller, changes, 2, 0, 0, 0);
}

int cposix_poller_wait(int poller, struct cposix_event *events, int capacity, int milliseconds) {
  struct kevent found[256];
  if (capacity > 256) capacity = 256;
  struct timespec length = {milliseconds / 1000, (milliseconds % 1000) * 1000000L};
  int count = kevent(poller, 0, 0, found, capacity, milliseconds < 0 ? 0 : &length);
  for (int i = 0; i < count; i++) {
    events[i].descriptor = (int)found[i].ident;
    events[i].ready = found[i].filter == EVFILT_WRITE ? CPOSIX_WRITE : CPOSIX_READ;
    if (found[i].filter == EVFILT_WRITE && found[i].flags & EV_EOF) events[i].ready |= CPOSIX_GONE;
  }
  return count;
}
#endif
