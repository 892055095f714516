#pragma once

// What Swift can't call, or can't do safely inside a signal handler.

/// Counts SIGINTs from now on instead of dying of the first; the second one still kills.
void cposix_watch_interrupts(void);

/// Whether a SIGINT has come since `cposix_watch_interrupts`.
int cposix_interrupted(void);

/// The width and height of a descriptor's terminal; returns 0 where it is none.
int cposix_terminal_size(int descriptor, int *columns, int *rows);

/// flock(2): takes the exclusive lock, or returns -1 with errno EWOULDBLOCK.
int cposix_try_lock(int descriptor);

/// What a descriptor is watched for, and what it is ready for.
enum { CPOSIX_READ = 1, CPOSIX_WRITE = 2, CPOSIX_GONE = 4 };

struct cposix_event {
  int descriptor;
  int ready;
};

/// epoll or kqueue, level-triggered; -1 and errno where it fails.
int cposix_poller_open(void);
int cposix_poller_set(int poller, int descriptor, int interest, int isNew);
int cposix_poller_remove(int poller, int descriptor);
/// Up to 256 events; `milliseconds` -1 waits for ever.
int cposix_poller_wait(int poller, struct cposix_event *events, int capacity, int milliseconds);

/// A stream socket of a family; non-blocking and close-on-exec from birth, as what `cposix_accept` returns.
int cposix_socket(int family);
int cposix_accept(int listener);
/// The user at the other end of a Unix socket.
int cposix_peer_user(int descriptor, unsigned int *user);
/// The process at the other end of a Unix socket; -1 where the system doesn't tell.
int cposix_peer_process(int descriptor);
/// A pipe, non-blocking and close-on-exec from birth.
int cposix_pipe(int ends[2]);

/// From now on SIGINT, SIGTERM and SIGUSR1 write their number into a pipe.
void cposix_tell_signals(int writer);

/// Allows this process as many descriptors as it may allow itself (at most 65,536); returns how many.
long cposix_raise_descriptor_limit(void);

#include "CPosixShim.h"
#include "Forwarding.h"
#include "Children.h"
#include "Terminals.h"
