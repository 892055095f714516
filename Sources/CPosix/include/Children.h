#pragma once

#include <sys/types.h>

// Programs that run beside us, in a session and process group of their own.

/// All that a child is started with; nothing is inherited but what stands here.
struct cposix_child {
  /// Its words, the program first: found in the environment's PATH where it has no slash.
  char *const *words;
  char *const *environment;
  /// Where it starts; 0: where we are.
  const char *folder;
  /// What become its standard input, output and error; -1: /dev/null.
  int streams[3];
  /// -1 leaves ours.
  long long user, group;
  /// -1 leaves ours, and none where the group changes.
  int group_count;
  const unsigned int *groups;
  /// Folders of control groups that it joins as far as they are there.
  const char *const *cgroups;
  int cgroup_count;
  /// Whether its streams are a terminal, which becomes its own.
  int has_terminal;
  /// A descriptor of the mounts that it is to see (/proc/PID/ns/mnt); -1: ours.
  int mounts;
  /// Whether no program that it starts may gain privileges.
  int no_privileges;
  /// How many bytes of data it may have (RLIMIT_DATA); 0: as many as we.
  unsigned long long data_limit;
  /// Whether it is killed when our thread ends, where the system can do that.
  int ends_with_us;
};

/// What failed of a start.
enum { CPOSIX_CHILD_FORK = 1, CPOSIX_CHILD_STREAMS, CPOSIX_CHILD_MOUNTS, CPOSIX_CHILD_USER, CPOSIX_CHILD_FOLDER, CPOSIX_CHILD_EXEC };

/// Starts it; returns 0, or errno with `step` set and no process left behind. The caller waits until it has become its program.
int cposix_child_start(const struct cposix_child *child, pid_t *process, int *step);

/// A descriptor that is readable once a child of ours has ended; -1 and errno where there is none to be had.
int cposix_child_end_descriptor(pid_t process);

/// Whether a child of ours has ended; it stays to be reaped, and so its number stays its own.
int cposix_child_has_ended(pid_t process);
