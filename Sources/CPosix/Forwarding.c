#define _GNU_SOURCE
// Sockets of a forwarder: each call is one system call, retried where a signal broke it off.

#include "CPosix.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

union address {
  struct sockaddr any;
  struct sockaddr_in four;
  struct sockaddr_in6 six;
};

int cposix_parse_place(const char *text, uint16_t port, struct cposix_place *place) {
  struct in_addr four;
  struct in6_addr six;
  memset(place, 0, sizeof *place);
  place->port = port;
  if (inet_pton(AF_INET, text, &four) == 1) {
    place->family = 4;
    place->low = ntohl(four.s_addr);
    return 0;
  }
  if (inet_pton(AF_INET6, text, &six) != 1) return -1;
  place->family = 6;
  memcpy(&place->high, six.s6_addr, 8);
  memcpy(&place->low, six.s6_addr + 8, 8);
  return 0;
}

static socklen_t to_address(const struct cposix_place *place, union address *address) {
  memset(address, 0, sizeof *address);
  if (place->family == 4) {
    address->four.sin_family = AF_INET;
    address->four.sin_port = htons(place->port);
    address->four.sin_addr.s_addr = htonl((uint32_t)place->low);
    return sizeof address->four;
  }
  address->six.sin6_family = AF_INET6;
  address->six.sin6_port = htons(place->port);
  memcpy(address->six.sin6_addr.s6_addr, &place->high, 8);
  memcpy(address->six.sin6_addr.s6_addr + 8, &place->low, 8);
  return sizeof address->six;
}

static void to_place(const union address *address, struct cposix_place *place) {
  memset(place, 0, sizeof *place);
  if (address->any.sa_family == AF_INET) {
    place->family = 4;
    place->low = ntohl(address->four.sin_addr.s_addr);
    place->port = ntohs(address->four.sin_port);
  } else {
    place->family = 6;
    memcpy(&place->high, address->six.sin6_addr.s6_addr, 8);
    memcpy(&place->low, address->six.sin6_addr.s6_addr + 8, 8);
    place->port = ntohs(address->six.sin6_port);
  }
}

#ifndef __linux__
static int prepare(int descriptor) {
  if (descriptor < 0) return -errno;
  fcntl(descriptor, F_SETFD, FD_CLOEXEC);
  fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL, 0) | O_NONBLOCK);
#ifdef SO_NOSIGPIPE
  int on = 1;
  setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on);
#endif
  return descriptor;
}
#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif
#endif

static int make(const struct cposix_place *place, int isDatagram) {
  int family = place->family == 4 ? AF_INET : AF_INET6;
  int type = isDatagram ? SOCK_DGRAM : SOCK_STREAM;
#ifdef __linux__
  int descriptor = socket(family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  return descriptor < 0 ? -errno : descriptor;
#else
  return prepare(socket(family, type, 0));
#endif
}

static void send_at_once(int descriptor) {
  int on = 1;
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

static int fail_with(int descriptor, int failure) {
  close(descriptor);
  return -failure;
}

int cposix_bind_at(const struct cposix_place *place, int isDatagram, int backlog) {
  union address address;
  socklen_t size = to_address(place, &address);
  int descriptor = make(place, isDatagram);
  if (descriptor < 0) return descriptor;
  int on = 1;
  if (!isDatagram) {
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    // What is accepted inherits it.
    send_at_once(descriptor);
  }
  if (place->family == 6) setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  if (bind(descriptor, &address.any, size) != 0) return fail_with(descriptor, errno);
  if (backlog > 0 && listen(descriptor, backlog) != 0) return fail_with(descriptor, errno);
  return descriptor;
}

int cposix_listen(int descriptor, int backlog) { return listen(descriptor, backlog) == 0 ? 0 : -errno; }

int cposix_accept_from(int listener, struct cposix_place *peer) {
  union address address;
  for (;;) {
    socklen_t size = sizeof address;
#ifdef __linux__
    int descriptor = accept4(listener, &address.any, &size, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (descriptor < 0) descriptor = -errno;
#else
    int descriptor = prepare(accept(listener, &address.any, &size));
#endif
    if (descriptor == -EINTR || descriptor == -ECONNABORTED) continue;
    if (descriptor < 0) return descriptor;
    to_place(&address, peer);
    return descriptor;
  }
}

int cposix_connect_to(const struct cposix_place *place, int isDatagram, int *isPending) {
  union address address;
  socklen_t size = to_address(place, &address);
  int descriptor = make(place, isDatagram);
  if (descriptor < 0) return descriptor;
  *isPending = 0;
  if (!isDatagram) send_at_once(descriptor);
  if (connect(descriptor, &address.any, size) == 0) return descriptor;
  if (errno != EINPROGRESS && errno != EINTR) return fail_with(descriptor, errno);
  *isPending = 1;
  return descriptor;
}

int cposix_connected(int descriptor) {
  int failure = 0;
  socklen_t size = sizeof failure;
  if (getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &failure, &size) != 0) return -errno;
  return -failure;
}

static long told(long moved) {
  if (moved >= 0) return moved;
  return errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS ? CPOSIX_AGAIN : CPOSIX_BROKEN;
}

long cposix_receive(int descriptor, void *bytes, size_t count) {
  long moved;
  do moved = recv(descriptor, bytes, count, 0);
  while (moved < 0 && errno == EINTR);
  return told(moved);
}

long cposix_send(int descriptor, const void *bytes, size_t count) {
  long moved;
  do moved = send(descriptor, bytes, count, MSG_NOSIGNAL);
  while (moved < 0 && errno == EINTR);
  return told(moved);
}

long cposix_receive_from(int descriptor, void *bytes, size_t count, struct cposix_place *peer) {
  union address address;
  long moved;
  do {
    socklen_t size = sizeof address;
    moved = recvfrom(descriptor, bytes, count, 0, &address.any, &size);
  } while (moved < 0 && errno == EINTR);
  if (moved >= 0) to_place(&address, peer);
  return told(moved);
}

long cposix_send_to(int descriptor, const void *bytes, size_t count, const struct cposix_place *peer) {
  union address address;
  socklen_t size = to_address(peer, &address);
  long moved;
  do moved = sendto(descriptor, bytes, count, MSG_NOSIGNAL, &address.any, size);
  while (moved < 0 && errno == EINTR);
  return told(moved);
}

void cposix_shut_write(int descriptor) { shutdown(descriptor, SHUT_WR); }

void cposix_close(int descriptor, int isAbrupt) {
  struct linger now = {1, 0};
  if (isAbrupt) setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  close(descriptor);
}

int cposix_cause(int failure) {
  switch (failure) {
  case EACCES:
  case EPERM: return CPOSIX_NOT_PERMITTED;
  case EADDRINUSE: return CPOSIX_IN_USE;
  case EADDRNOTAVAIL: return CPOSIX_NO_SUCH_ADDRESS;
  case EMFILE:
  case ENFILE:
  case ENOBUFS:
  case ENOMEM: return CPOSIX_NO_DESCRIPTORS;
  default: return 0;
  }
}

#ifdef __linux__
#include <sys/epoll.h>

int cposix_edge_add(int poller, int descriptor, uint32_t stamp) {
  struct epoll_event event = {0};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.u64 = (uint64_t)stamp << 32 | (uint32_t)descriptor;
  return epoll_ctl(poller, EPOLL_CTL_ADD, descriptor, &event) == 0 ? 0 : -errno;
}

int cposix_edge_wait(int poller, struct cposix_edge *edges, int capacity, int milliseconds) {
  struct epoll_event found[256];
  int count = epoll_wait(poller, found, capacity < 256 ? capacity : 256, milliseconds);
  for (int i = 0; i < count; i++) {
    unsigned events = found[i].events;
    edges[i].descriptor = (int)(uint32_t)found[i].data.u64;
    edges[i].stamp = (uint32_t)(found[i].data.u64 >> 32);
    edges[i].ready = (events & EPOLLIN ? CPOSIX_READ : 0) | (events & EPOLLOUT ? CPOSIX_WRITE : 0)
        | (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR) ? CPOSIX_READ | CPOSIX_END : 0) | (events & EPOLLERR ? CPOSIX_GONE : 0);
  }
  return count;
}

#else
#include <sys/event.h>
#include <sys/time.h>

int cposix_edge_add(int poller, int descriptor, uint32_t stamp) {
  struct kevent changes[2];
  EV_SET(&changes[0], descriptor, EVFILT_READ, EV_ADD | EV_CLEAR, 0, 0, (void *)(uintptr_t)stamp);
  EV_SET(&changes[1], descriptor, EVFILT_WRITE, EV_ADD | EV_CLEAR, 0, 0, (void *)(uintptr_t)stamp);
  // A listener or a pipe's end can't be written: what counts is the first.
  if (kevent(poller, &changes[0], 1, 0, 0, 0) != 0) return -errno;
  (void)kevent(poller, &changes[1], 1, 0, 0, 0);
  return 0;
}

int cposix_edge_wait(int poller, struct cposix_edge *edges, int capacity, int milliseconds) {
  struct kevent found[256];
  struct timespec length = {milliseconds / 1000, (milliseconds % 1000) * 1000000L};
  int count = kevent(poller, 0, 0, found, capacity < 256 ? capacity : 256, milliseconds < 0 ? 0 : &length);
  for (int i = 0; i < count; i++) {
    edges[i].descriptor = (int)found[i].ident;
    edges[i].stamp = (uint32_t)(uintptr_t)found[i].udata;
    int ended = (found[i].flags & EV_EOF) != 0;
    if (found[i].filter == EVFILT_WRITE) {
      edges[i].ready = CPOSIX_WRITE | (ended ? CPOSIX_READ | CPOSIX_END : 0);
    } else {
      edges[i].ready = CPOSIX_READ | (ended ? CPOSIX_END : 0);
    }
    if (ended && found[i].fflags != 0) edges[i].ready |= CPOSIX_GONE;
  }
  return count;
}
#endif

void cposix_ring(int writer) {
  while (write(writer, "", 1) < 0 && errno == EINTR) continue;
}

void cposix_quieten(int reader) {
  char bytes[256];
  for (;;) {
    ssize_t count = read(reader, bytes, sizeof bytes);
    if (count < 0 && errno == EINTR) continue;
    if (count < (ssize_t)sizeof bytes) return;
  }
}
