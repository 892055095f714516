#pragma once

// What Swift can't call, or can't do safely inside a signal handler.

/// Counts SIGINTs from now on instead of dying of the first; the second one still kills.
void cposix_watch_interrupts(void);

/// Whether a SIGINT has come since `cposix_watch_interrupts`.
int cposix_interrupted(void);

/// The width and height of a descriptor's terminal; returns 0 where it is none.
int cposix_terminal_size(int descriptor, int *columns, int *rows);

/// flock(2): waits for the exclusive lock, or with `wait` 0 returns -1 with errno EWOULDBLOCK.
int cposix_lock(int descriptor, int wait);
