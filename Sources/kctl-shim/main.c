// A container's shim as a program of its own, for tests, whose own executable is not kctl: started by its path with a folder and a
// command it launches a container as a daemon would, says the shim's number, and then waits to be killed.

#include "CPosix.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char request[1 << 16];
static uint32_t used = 8;

static void field(char tag, const char *text) {
  uint32_t size = (uint32_t)strlen(text) + 1;
  if (used + size + 5 > sizeof request) _exit(2);
  request[used] = tag;
  memcpy(request + used + 1, &size, 4);
  memcpy(request + used + 5, text, size);
  used += size + 5;
}

// Under its bare name it has become a shim before this.
int main(int argc, char **argv) {
  if (argc < 3) {
    fputs("usage: .../kctl-shim FOLDER PROGRAM [ARGUMENT...]\n", stderr);
    return 2;
  }
  static const char token[] = "00000000000000000000000000000000";
  int folder = open(argv[1], O_RDONLY | O_CLOEXEC), ends[2];
  pid_t shim;
  if (folder < 0 || cposix_lock_folder(folder) != 0 || cposix_socket_pair(ends) != 0
      || cposix_spawn_shim("/proc/self/exe", token, "test", ends[1], folder, &shim) != 0) {
    perror("kctl-shim");
    return 1;
  }
  close(ends[1]);
  field(CPOSIX_FIELD_PROGRAM, argv[2]);
  for (int i = 2; i < argc; i++) field(CPOSIX_FIELD_ARGUMENT, argv[i]);
  field(CPOSIX_FIELD_ENVIRONMENT, "PATH=/usr/bin:/bin");
  field(CPOSIX_FIELD_ENVIRONMENT, "KCTL_TOKEN=00000000000000000000000000000000");
  field(CPOSIX_FIELD_LOG, "0.log");
  uint32_t head[2] = {CPOSIX_SHIM_MAGIC, used - 8};
  memcpy(request, head, 8);
  struct cposix_shim_reply reply;
  if (write(ends[0], request, used) != (ssize_t)used || read(ends[0], &reply, sizeof reply) != sizeof reply) return 1;
  printf("%d %d\n", (int)shim, reply.step);
  fflush(stdout);
  pause();
  return 0;
}
