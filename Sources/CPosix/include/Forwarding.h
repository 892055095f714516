#pragma once

// Sockets of a forwarder: addresses as plain numbers, edges instead of levels, answers instead of errno.

#include <stddef.h>
#include <stdint.h>

/// An address and port: IPv4 in `low`, IPv6 in both; `family` 4 or 6.
struct cposix_place {
  uint64_t high, low;
  uint16_t port;
  uint8_t family;
};

/// Reads a numeric address; 0, or -1 where it is none.
int cposix_parse_place(const char *address, uint16_t port, struct cposix_place *place);

/// A socket bound to a place (and listening, where `backlog` is above 0); below 0: -errno.
int cposix_bind_at(const struct cposix_place *place, int isDatagram, int backlog);
/// Lets a bound socket listen; 0 or -errno.
int cposix_listen(int descriptor, int backlog);

/// Whoever waits at the door, and where he comes from; below 0: -errno, EINTR and ECONNABORTED tried again.
int cposix_accept_from(int listener, struct cposix_place *peer);
/// A socket that connects to a place; `isPending` where it isn't there yet; below 0: -errno.
int cposix_connect_to(const struct cposix_place *place, int isDatagram, int *isPending);
/// How connecting has ended: 0 or -errno.
int cposix_connected(int descriptor);

/// What moves: how many bytes, 0 at the end of a stream, CPOSIX_AGAIN where nothing can, CPOSIX_BROKEN.
enum { CPOSIX_AGAIN = -1, CPOSIX_BROKEN = -2 };
long cposix_receive(int descriptor, void *bytes, size_t count);
long cposix_send(int descriptor, const void *bytes, size_t count);
/// A datagram, and where it comes from.
long cposix_receive_from(int descriptor, void *bytes, size_t count, struct cposix_place *peer);
long cposix_send_to(int descriptor, const void *bytes, size_t count, const struct cposix_place *peer);

/// Ends the stream that we send.
void cposix_shut_write(int descriptor);
/// Closes; `isAbrupt` lets the peer see a reset.
void cposix_close(int descriptor, int isAbrupt);

/// What a cause is, by its errno: one of these, or 0.
enum { CPOSIX_NOT_PERMITTED = 1, CPOSIX_IN_USE = 2, CPOSIX_NO_SUCH_ADDRESS = 3, CPOSIX_NO_DESCRIPTORS = 4 };
int cposix_cause(int failure);

/// The other end has ended its stream, or the socket has failed: read on until the end.
enum { CPOSIX_END = 8 };

struct cposix_edge {
  int descriptor;
  /// What was given when it was added: an old event of a number that has been given to another is told by it.
  uint32_t stamp;
  int ready;
};

/// Tells each change of a descriptor's readiness once, for reading and writing; 0 or -errno.
int cposix_edge_add(int poller, int descriptor, uint32_t stamp);
/// Up to 256 changes.
int cposix_edge_wait(int poller, struct cposix_edge *edges, int capacity, int milliseconds);

/// Makes a pipe's reader readable, and takes back all that made it so.
void cposix_ring(int writer);
void cposix_quieten(int reader);
