#define _GNU_SOURCE
// Whoever is attached to a container: its output to them, and what is typed to its terminal.

#include "Shim.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static void leave(unsigned place) {
  for (int i = 0; i < 2; i++) {
    if (shim.attached[place][i] >= 0) close(shim.attached[place][i]);
    shim.attached[place][i] = -1;
  }
}

void attach_add(unsigned place) {
  if (place >= CPOSIX_ATTACH_PLACES) return;
  leave(place);
  for (unsigned i = 0; i < 2; i++) {
    char name[32];
    struct text text = {name, 0, sizeof name};
    text_add(&text, "attach-");
    text_number(&text, place, 1);
    text_add(&text, "-");
    text_number(&text, i + 1, 1);
    // Without a reader this fails.
    shim.attached[place][i] = open(name, O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW);
  }
}

void attach_send(int stream, const char *bytes, size_t count) {
  for (unsigned place = 0; place < CPOSIX_ATTACH_PLACES; place++) {
    int target = shim.attached[place][stream];
    size_t done = 0;
    while (target >= 0 && done < count) {
      ssize_t n = write(target, bytes + done, count - done);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0 && errno != EAGAIN) leave(place);
      if (n <= 0) break;
      done += (size_t)n;
    }
  }
}

void typed_take(void) {
  ssize_t n = read(shim.input, shim.typed + shim.typed_used, TYPED_SIZE - shim.typed_used);
  if (n > 0) shim.typed_used += (size_t)n;
  typed_put();
}

void typed_put(void) {
  if (shim.pipes[0] < 0) return;
  while (shim.typed_used > 0) {
    ssize_t n = write(shim.pipes[0], shim.typed, shim.typed_used);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;
    shim.typed_used -= (size_t)n;
    memmove(shim.typed, shim.typed + n, shim.typed_used);
  }
}

void window_add(unsigned char byte) {
  shim.window[shim.window_used++] = byte;
  if (shim.window_used < 4) return;
  shim.window_used = 0;
  if (shim.has_terminal && shim.pipes[0] >= 0)
    cposix_resize_terminal(shim.pipes[0], shim.window[0] | shim.window[1] << 8, shim.window[2] | shim.window[3] << 8);
}
