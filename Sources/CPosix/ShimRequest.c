// What a shim is asked to run: read whole from a socket, so that neither `ps` nor the disk ever shows it.

#include "Shim.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/// No command line of Linux is longer, with its environment and all.
enum { LONGEST_REQUEST = 64 << 20 };

static int read_whole(int channel, void *bytes, size_t count) {
  size_t done = 0;
  while (done < count) {
    ssize_t n = read(channel, (char *)bytes + done, count - done);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return n == 0 ? EPIPE : errno;
    done += (size_t)n;
  }
  return 0;
}

/// Whether a field holds a text: its one NUL is its last byte.
static int is_text(const char *bytes, uint32_t size) { return size > 0 && memchr(bytes, 0, size) == bytes + size - 1; }

/// Whether a field holds how something is mounted, and three texts.
static int is_bind(const char *bytes, uint32_t size) {
  int texts = 0;
  for (uint32_t i = 1; i < size; i++) texts += bytes[i] == 0;
  return size > 1 && (bytes[0] == CPOSIX_BIND_PLAIN || bytes[0] == CPOSIX_BIND_READ_ONLY) && texts == 3 && bytes[size - 1] == 0;
}

static int keep(char *place, size_t room, const char *text) {
  size_t size = strlen(text) + 1;
  if (size > room) return ENAMETOOLONG;
  memcpy(place, text, size);
  return 0;
}

static int take(struct request *request, char **arguments, char **environment, char tag, char *bytes, uint32_t size) {
  switch (tag) {
  case CPOSIX_FIELD_PROGRAM: case CPOSIX_FIELD_ARGUMENT: case CPOSIX_FIELD_ENVIRONMENT: case CPOSIX_FIELD_FOLDER:
  case CPOSIX_FIELD_CGROUP: case CPOSIX_FIELD_LOG: case CPOSIX_FIELD_MESSAGE:
  case CPOSIX_FIELD_COVER: case CPOSIX_FIELD_MAKE: case CPOSIX_FIELD_MAKE_FILE:
    if (!is_text(bytes, size)) return EINVAL;
    break;
  case CPOSIX_FIELD_USER: case CPOSIX_FIELD_GROUP: case CPOSIX_FIELD_MASK: case CPOSIX_FIELD_OOM_SCORE:
    if (size != 4) return EINVAL;
    break;
  case CPOSIX_FIELD_LIMIT:
    if (size != 24 || request->limit_count == 16) return EINVAL;
    break;
  case CPOSIX_FIELD_LOG_SIZE:
    if (size != 16) return EINVAL;
    break;
  }
  switch (tag) {
  case CPOSIX_FIELD_BIND:
    if (!is_bind(bytes, size)) return EINVAL;
    // fall through
  case CPOSIX_FIELD_COVER: case CPOSIX_FIELD_MAKE: case CPOSIX_FIELD_MAKE_FILE:
    if (request->mount_count == 256) return EINVAL;
    request->mounts[request->mount_count++] = bytes - 5;
    return 0;
  case CPOSIX_FIELD_PROGRAM: request->program = bytes; return 0;
  case CPOSIX_FIELD_ARGUMENT: *arguments = bytes; return 0;
  case CPOSIX_FIELD_ENVIRONMENT: *environment = bytes; return 0;
  case CPOSIX_FIELD_FOLDER: request->folder = bytes; return 0;
  case CPOSIX_FIELD_USER: request->has_user = 1; memcpy(&request->user, bytes, 4); return 0;
  case CPOSIX_FIELD_GROUP: request->has_group = 1; memcpy(&request->group, bytes, 4); return 0;
  case CPOSIX_FIELD_GROUPS:
    if (size > sizeof request->groups) return EINVAL;
    request->has_groups = 1;
    request->group_count = size / 4;
    memcpy(request->groups, bytes, size);
    return 0;
  case CPOSIX_FIELD_LIMIT: memcpy(&request->limits[request->limit_count++], bytes, 24); return 0;
  case CPOSIX_FIELD_MASK: memcpy(&request->mask, bytes, 4); return 0;
  case CPOSIX_FIELD_OOM_SCORE: request->has_oom_score = 1; memcpy(&request->oom_score, bytes, 4); return 0;
  case CPOSIX_FIELD_INPUT: request->input = 1; return 0;
  case CPOSIX_FIELD_TERMINAL: request->terminal = 1; return 0;
  case CPOSIX_FIELD_NO_PRIVILEGES: request->no_privileges = 1; return 0;
  case CPOSIX_FIELD_CGROUP:
    if (shim.cgroup_count == 4) return EINVAL;
    request->cgroups[request->cgroup_count++] = bytes;
    return keep(shim.cgroups[shim.cgroup_count++], sizeof shim.cgroups[0], bytes);
  case CPOSIX_FIELD_LOG: return strchr(bytes, '/') ? EINVAL : keep(shim.log_name, sizeof shim.log_name - 8, bytes);
  case CPOSIX_FIELD_LOG_SIZE: {
    uint64_t numbers[2];
    memcpy(numbers, bytes, 16);
    shim.log_limit = numbers[0];
    shim.log_files = numbers[1] > 99 ? 99 : (unsigned)numbers[1];
    return 0;
  }
  case CPOSIX_FIELD_MESSAGE: return keep(shim.message_path, sizeof shim.message_path, bytes);
  case CPOSIX_FIELD_FALLBACK: shim.fallback = 1; return 0;
  case CPOSIX_FIELD_LEAVES: shim.leaves = 1; return 0;
  default: return EINVAL;
  }
}

int request_read(int channel, struct request *request) {
  uint32_t head[2];
  int problem = read_whole(channel, head, sizeof head);
  if (problem) return problem;
  if (head[0] != CPOSIX_SHIM_MAGIC || head[1] > LONGEST_REQUEST) return EINVAL;
  size_t size = head[1];

  // A word takes at least 6 bytes, so this holds the fields and a pointer for each, with two NULLs and the token.
  size_t words = size / 6 + 4;
  size_t start = (size + 7) & ~(size_t)7;
  request->memory_size = start + words * sizeof(char *);
  request->memory = mmap(0, request->memory_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);
  if (request->memory == MAP_FAILED) return errno;
  problem = read_whole(channel, request->memory, size);
  if (problem) return problem;

  char **pointers = (char **)(request->memory + start);
  for (int pass = 0; pass < 2; pass++) {
    // The arguments come first, then the environment: two passes keep each list in one piece.
    char **list = pointers;
    for (size_t at = 0; at < size;) {
      if (size - at < 5) return EINVAL;
      char tag = request->memory[at];
      uint32_t length;
      memcpy(&length, request->memory + at + 1, 4);
      if (length > size - at - 5) return EINVAL;
      char *bytes = request->memory + at + 5;
      at += 5 + (size_t)length;
      int isWord = tag == CPOSIX_FIELD_ARGUMENT || tag == CPOSIX_FIELD_ENVIRONMENT;
      if (isWord && length == 0) return EINVAL;
      if (pass == 0 && tag != CPOSIX_FIELD_ENVIRONMENT) {
        problem = take(request, list, 0, tag, bytes, length);
        if (tag == CPOSIX_FIELD_ARGUMENT) list++;
      } else if (pass == 1 && tag == CPOSIX_FIELD_ENVIRONMENT) {
        problem = take(request, 0, list, tag, bytes, length);
        list++;
      }
      if (problem) return problem;
    }
    *list++ = 0;
    if (pass == 0) request->arguments = pointers; else request->environment = pointers;
    pointers = list;
  }
  return request->program && request->arguments[0] && shim.log_name[0] ? 0 : EINVAL;
}

void request_forget(struct request *request) {
  if (request->memory) munmap(request->memory, request->memory_size);
  request->memory = 0;
}
