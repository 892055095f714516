#define _GNU_SOURCE
// Mounts of a container's own, made by the process that is to become its program, in a namespace that ends with it.

#include "Shim.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __linux__
#include <sched.h>
#include <sys/mount.h>
#include <sys/syscall.h>

// The kernel's own numbers, as older headers lack them.
#ifndef SYS_open_tree
#define SYS_open_tree 428
#define SYS_move_mount 429
#endif
#ifndef SYS_openat2
#define SYS_openat2 437
#endif
#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif
enum { TREE_CLONE = 1, TREE_RECURSIVE = 0x8000, EMPTY_PATH = 0x1000, FROM_EMPTY = 4, TO_EMPTY = 0x40 };
enum { BENEATH = 8, NO_MAGIC = 2, ATTRIBUTE_READ_ONLY = 1 };

/// Where a folder is made anew before it is laid over the old one: in the container's own.
#define STAGE "mounts"

static int close_saving(int descriptor, int result) {
  int saved = errno;
  if (descriptor >= 0) close(descriptor);
  errno = saved;
  return result;
}

/// A copy of what is mounted at a descriptor's place, attached nowhere; -1.
static int copied(int place) {
  return (int)syscall(SYS_open_tree, place, "", TREE_CLONE | TREE_RECURSIVE | EMPTY_PATH | O_CLOEXEC);
}

static int attach(int tree, int place) { return (int)syscall(SYS_move_mount, tree, "", place, "", FROM_EMPTY | TO_EMPTY); }

static int set_read_only(int tree) {
  struct { uint64_t set, clear, propagation, user_space; } attributes = {ATTRIBUTE_READ_ONLY, 0, 0, 0};
  return (int)syscall(SYS_mount_setattr, tree, "", EMPTY_PATH, &attributes, sizeof attributes);
}

/// Shows what is at one place at another, too.
static int bind_place(int from, int to, int is_read_only) {
  int tree = copied(from);
  if (tree < 0) return -1;
  if (is_read_only && set_read_only(tree) != 0) return close_saving(tree, -1);
  return close_saving(tree, attach(tree, to));
}

/// A path in a volume: links in it may not lead out.
static int open_within(int volume, const char *path) {
  struct { uint64_t flags, mode, resolve; } how = {O_PATH | O_CLOEXEC, 0, BENEATH | NO_MAGIC};
  return (int)syscall(SYS_openat2, volume, path, &how, sizeof how);
}

static int bind_volume(const char *field) {
  const char *volume = field + 1, *within = volume + strlen(volume) + 1, *target = within + strlen(within) + 1;
  int source = open(volume, O_PATH | O_CLOEXEC);
  if (source >= 0 && *within) {
    int inner = open_within(source, within);
    (void)close_saving(source, 0);
    source = inner;
  }
  if (source < 0) return -1;
  int place = open(target, O_PATH | O_CLOEXEC);
  if (place < 0) return close_saving(source, -1);
  int result = bind_place(source, place, field[0] == CPOSIX_BIND_READ_ONLY);
  return close_saving(source, close_saving(place, result));
}

/// Makes an entry of one folder in another: a link by its words, all else by showing it there.
static int show(int from, int to, const char *name) {
  struct stat info;
  if (fstatat(from, name, &info, AT_SYMLINK_NOFOLLOW) != 0) return errno == ENOENT ? 0 : -1;
  if (S_ISLNK(info.st_mode)) {
    char words[4096];
    ssize_t n = readlinkat(from, name, words, sizeof words - 1);
    if (n < 0) return -1;
    words[n] = 0;
    return symlinkat(words, to, name);
  }
  int place = -1;
  if (S_ISDIR(info.st_mode)) {
    if (mkdirat(to, name, 0700) != 0) return -1;
  } else {
    place = openat(to, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (place < 0) return -1;
    close(place);
  }
  int source = openat(from, name, O_PATH | O_CLOEXEC | O_NOFOLLOW);
  if (source < 0) return errno == ENOENT ? 0 : -1;
  place = openat(to, name, O_PATH | O_CLOEXEC | O_NOFOLLOW);
  if (place < 0) return close_saving(source, -1);
  return close_saving(source, close_saving(place, bind_place(source, place, 0)));
}

static int show_all(int from, int to) {
  // Its own buffer, as opendir would take memory that we share.
  _Alignas(8) char found[4096];
  int folder = openat(from, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return -1;
  for (;;) {
    long n = syscall(SYS_getdents64, folder, found, sizeof found);
    if (n < 0) return close_saving(folder, -1);
    if (n == 0) break;
    for (long at = 0; at < n;) {
      struct { uint64_t inode; int64_t next; unsigned short size; unsigned char type; char name[]; } *entry = (void *)(found + at);
      at += entry->size;
      if (strcmp(entry->name, ".") == 0 || strcmp(entry->name, "..") == 0) continue;
      if (show(from, to, entry->name) != 0) return close_saving(folder, -1);
    }
  }
  close(folder);
  return 0;
}

/// The stage takes the place of a folder; of the root, by becoming the root.
static int put_over(const char *path, int stage) {
  if (strcmp(path, "/") != 0) return mount(STAGE, path, 0, MS_MOVE, 0);
  if (fchdir(stage) != 0 || syscall(SYS_pivot_root, ".", ".") != 0) return -1;
  // The old root lies over the new one now.
  return umount2(".", MNT_DETACH) != 0 || chdir("/") != 0 ? -1 : 0;
}

/// Lays over a folder one that shows the same: what is added to it is seen by this container alone.
/// `home`: the container's own folder, by its path, as descriptors of before lead to mounts of before.
static int cover(const char *path, const char *home) {
  struct stat info;
  if (stat(path, &info) != 0) return -1;
  if (chdir(home) != 0 || (mkdir(STAGE, 0700) != 0 && errno != EEXIST)) return -1;
  if (mount("kctl", STAGE, "tmpfs", MS_NOSUID, "size=64m") != 0) return -1;
  int from = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC), stage = open(STAGE, O_PATH | O_DIRECTORY | O_CLOEXEC);
  int result = from < 0 || stage < 0 ? -1 : show_all(from, stage);
  if (result == 0 && (chown(STAGE, info.st_uid, info.st_gid) != 0 || chmod(STAGE, info.st_mode & 07777) != 0)) result = -1;
  if (result == 0) result = put_over(path, stage);
  // Half a folder must not be seen.
  int saved = errno;
  if (result != 0) (void)umount2(STAGE, MNT_DETACH);
  errno = saved;
  return close_saving(from, close_saving(stage, result));
}

/// Makes a folder or a file, with the folders above it.
static int make(const char *path, int is_file) {
  char whole[4096];
  size_t size = strlen(path);
  if (size >= sizeof whole) {
    errno = ENAMETOOLONG;
    return -1;
  }
  for (size_t i = 1; i <= size; i++) {
    if (i < size && path[i] != '/') continue;
    memcpy(whole, path, i);
    whole[i] = 0;
    if (i == size && is_file) {
      int file = open(whole, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
      return file < 0 ? -1 : close(file);
    }
    if (mkdir(whole, 0755) != 0 && errno != EEXIST) return -1;
  }
  return 0;
}

int mounts_make(const struct request *request, int *problem) {
  int first = 0;
  char home[4096];
  if (!getcwd(home, sizeof home)) {
    *problem = errno;
    return 1;
  }
  // What is mounted on the machine from now on comes in; what is mounted here never goes out.
  if (unshare(CLONE_NEWNS) != 0 || mount(0, "/", 0, MS_REC | MS_SLAVE, 0) != 0) {
    *problem = errno;
    return 1;
  }
  for (int i = 0; i < request->mount_count; i++) {
    const char *field = request->mounts[i], *bytes = field + 5;
    int result = 0;
    switch (field[0]) {
    case CPOSIX_FIELD_COVER: result = cover(bytes, home); break;
    case CPOSIX_FIELD_MAKE: result = make(bytes, 0); break;
    case CPOSIX_FIELD_MAKE_FILE: result = make(bytes, 1); break;
    case CPOSIX_FIELD_BIND: result = bind_volume(bytes); break;
    }
    if (result == 0) continue;
    // What a failed cover was for can't be made outside of it.
    if (!first) *problem = errno, first = i + 1;
    if (field[0] == CPOSIX_FIELD_COVER) break;
  }
  return first;
}

int cposix_may_mount(void) {
  // Shares our memory, and is over before we go on.
  pid_t process = vfork();
  if (process == 0) _exit(unshare(CLONE_NEWNS) == 0 && mount(0, "/", 0, MS_REC | MS_SLAVE, 0) == 0 ? 0 : 1);
  int status = 1;
  if (process < 0) return 0;
  while (waitpid(process, &status, 0) < 0 && errno == EINTR) {}
  return status == 0;
}
#else
int mounts_make(const struct request *request, int *problem) {
  (void)request;
  *problem = ENOSYS;
  return 1;
}

int cposix_may_mount(void) { return 0; }
#endif
