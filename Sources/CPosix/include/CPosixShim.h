#pragma once

// The shim: a process of a few pages that stands between a daemon and one container, and the way to start one.

#include <stdint.h>
#include <sys/types.h>

/// What argv[0] of a process of ours is that is to be a shim.
#define CPOSIX_SHIM_NAME "kctl-shim"

/// Where a shim finds what it is handed: the request's socket, and the container's folder, open and locked.
enum { CPOSIX_SHIM_CHANNEL = 3, CPOSIX_SHIM_FOLDER = 4 };

/// A request begins with this and the length of what follows; then fields: one byte, the length as 32 bits, the bytes.
#define CPOSIX_SHIM_MAGIC 0x314d4853u

/// The fields of a request. Texts carry their final NUL, numbers are in the machine's order.
enum {
  CPOSIX_FIELD_PROGRAM = 'p',      ///< the program's path
  CPOSIX_FIELD_ARGUMENT = 'a',     ///< one word, argv[0] first
  CPOSIX_FIELD_ENVIRONMENT = 'e',  ///< one NAME=VALUE
  CPOSIX_FIELD_FOLDER = 'd',       ///< the working folder
  CPOSIX_FIELD_USER = 'u',         ///< 32 bits
  CPOSIX_FIELD_GROUP = 'g',        ///< 32 bits
  CPOSIX_FIELD_GROUPS = 'G',       ///< the supplementary groups, 32 bits each
  CPOSIX_FIELD_LIMIT = 'r',        ///< three times 64 bits: CPOSIX_LIMIT_…, soft, hard; all bits set: none
  CPOSIX_FIELD_MASK = 'm',         ///< 32 bits
  CPOSIX_FIELD_OOM_SCORE = 'o',    ///< 32 bits, signed
  CPOSIX_FIELD_INPUT = 'i',        ///< empty: the program reads the FIFO `stdin`
  CPOSIX_FIELD_TERMINAL = 't',     ///< empty: the program's streams are a terminal
  CPOSIX_FIELD_NO_PRIVILEGES = 'n',///< empty: no program it starts may gain privileges
  CPOSIX_FIELD_CGROUP = 'c',       ///< the path of a cgroup's folder
  CPOSIX_FIELD_COVER = 'C',        ///< a folder to be laid over by one that has the same entries, and room for more; `/` too
  CPOSIX_FIELD_MAKE = 'D',         ///< a folder to be made, with those above it, in what was laid over
  CPOSIX_FIELD_MAKE_FILE = 'F',    ///< a file to be made there
  CPOSIX_FIELD_BIND = 'b',         ///< one CPOSIX_BIND_… and three texts: a volume, a path in it, where that is to be
  CPOSIX_FIELD_LOG = 'l',          ///< the log's name
  CPOSIX_FIELD_LOG_SIZE = 'L',     ///< twice 64 bits: bytes of a file, number of files
  CPOSIX_FIELD_MESSAGE = 'M',      ///< the path of the termination message
  CPOSIX_FIELD_FALLBACK = 'f',     ///< empty: a failure's message is the log's end where there is no other
  CPOSIX_FIELD_LEAVES = 'x',       ///< empty: what the program leaves behind goes on, and is not waited for
};

/// How something is mounted.
enum { CPOSIX_BIND_PLAIN = 'p', CPOSIX_BIND_READ_ONLY = 'r' };

/// Limits by names of our own, as the systems' numbers differ.
enum {
  CPOSIX_LIMIT_CPU, CPOSIX_LIMIT_DATA, CPOSIX_LIMIT_FILE_SIZE, CPOSIX_LIMIT_OPEN_FILES, CPOSIX_LIMIT_STACK,
  CPOSIX_LIMIT_CORE, CPOSIX_LIMIT_ADDRESS_SPACE, CPOSIX_LIMIT_PROCESSES, CPOSIX_LIMIT_LOCKED_MEMORY,
};

/// What a launch was about when it failed.
enum {
  CPOSIX_STEP_NONE, CPOSIX_STEP_SHIM, CPOSIX_STEP_REQUEST, CPOSIX_STEP_FILES, CPOSIX_STEP_FORK, CPOSIX_STEP_SESSION,
  CPOSIX_STEP_DESCRIPTORS, CPOSIX_STEP_CGROUP, CPOSIX_STEP_LIMITS, CPOSIX_STEP_GROUPS, CPOSIX_STEP_USER, CPOSIX_STEP_FOLDER,
  CPOSIX_STEP_EXEC,
  /// No failure of the launch: the program runs without some of its mounts.
  CPOSIX_STEP_MOUNT,
};

/// A shim's answer, once the program runs or cannot.
struct cposix_shim_reply {
  int32_t step;     ///< CPOSIX_STEP_NONE: it runs
  int32_t problem;  ///< errno's value
  int32_t program;  ///< its process
  int32_t mount;          ///< which of its mounts failed first, from 1; 0: none
  int64_t started;        ///< nanoseconds since 1970
  int32_t mount_problem;  ///< errno's value for it
  int32_t unused;
};

/// What a shim is told through the FIFO `control`: two bytes each, an order and a value.
enum {
  CPOSIX_CONTROL_SIGNAL = 's',       ///< a signal's number
  CPOSIX_CONTROL_KILL = 'k',         ///< 0
  CPOSIX_CONTROL_CLOSE_INPUT = 'c',  ///< 0
  CPOSIX_CONTROL_ATTACH = 'a',       ///< a place: the output goes to the FIFOs `attach-PLACE-1` and `attach-PLACE-2` too, while they are read
  CPOSIX_CONTROL_SIZE = 'w',         ///< one byte of four: columns and rows, each low byte first; the fourth gives the terminal that size
};

/// How many can be attached at once.
enum { CPOSIX_ATTACH_PLACES = 8 };

/// The shim, from its first moment to its end. Called before `main` in a process whose argv[0] is CPOSIX_SHIM_NAME.
int cposix_shim_main(char **environment);

/// Starts a shim in a session of its own, at the same cost whatever this process's size; returns 0 or errno's value.
/// `channel` and `folder` become its CPOSIX_SHIM_…; it gets no other descriptor of ours. `label` is for people who look at `ps`.
int cposix_spawn_shim(const char *executable, const char *token, const char *label, int channel, int folder, pid_t *process);

/// Whether this process may give a child mounts of its own.
int cposix_may_mount(void);

/// A pair of connected stream sockets, close-on-exec.
int cposix_socket_pair(int ends[2]);
/// A descriptor that can be read once the process has ended; -1 and ENOSYS where the system has none.
int cposix_process_descriptor(pid_t process);
/// Signals the process of such a descriptor.
int cposix_signal_process(int descriptor, int signal);
/// Takes a folder's lock, which whoever is given the descriptor then has too; -1 and EWOULDBLOCK.
int cposix_lock_folder(int folder);
/// Bytes that nobody can guess; returns 0 or -1.
int cposix_random_bytes(void *bytes, unsigned long count);
