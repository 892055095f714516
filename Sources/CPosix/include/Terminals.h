#pragma once

// Terminals that we make for others, and the one that we may have ourselves.

/// A new terminal: `ends[0]` is ours (it never waits), `ends[1]` is its user's; both close-on-exec. Returns 0, or -1 and errno.
int cposix_open_terminal(int ends[2]);
/// Gives a terminal a size; whoever uses it is told by SIGWINCH.
void cposix_resize_terminal(int descriptor, int columns, int rows);

/// Lets every key reach whoever reads the terminal, as it is typed. Returns 0 and keeps what it was for `cposix_restore_terminal`;
/// -1 where it is none. A signal that ends this process restores it.
int cposix_raw_terminal(int descriptor);
/// Makes the terminal what it was; nothing where `cposix_raw_terminal` was not called. Safe within a signal's handler.
void cposix_restore_terminal(void);
/// From now on a change of our terminal's size can be asked for.
void cposix_watch_resizes(void);
/// Whether the size has changed since it was last asked.
int cposix_was_resized(void);
