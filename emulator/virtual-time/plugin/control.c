/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE
#include "control.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "qemu.h"
#include "step.h"
#include "wire.h"

static int listening, changes;

/* What the controller at hand has asked for and been told. */
static uint32_t asked;
static bool told_joined;

static void say(int controller, const char *line) {
  /* A line is far shorter than a socket's buffer; a controller that does not read is not waited for. */
  ssize_t sent = send(controller, line, strlen(line), MSG_NOSIGNAL | MSG_DONTWAIT);
  (void)sent;
}

static void say_counts(int controller) {
  char line[512];
  const struct step_counts *step = &step_counts;
  const struct wire_counts *wire = &wire_counts;
  snprintf(line, sizeof line,
           "counts {\"barriers\":%" PRId64 ",\"skips\":%" PRId64 ",\"waits\":%" PRId64 ",\"waitedNs\":%" PRId64
           ",\"virtualNs\":%" PRId64 ",\"baseNs\":%" PRId64 ",\"overshootNs\":%" PRId64 ",\"frames\":%" PRId64 ",\"lostFrames\":%" PRId64
           ",\"lateFrames\":%" PRId64 ",\"latestNs\":%" PRId64 "}\n",
           step->barriers, step->skips, step->waits, step->waited_ns, step->virtual_ns, step->base_ns, step->overshoot_ns,
           wire->frames, wire->lost, wire->late, wire->latest_ns);
  say(controller, line);
}

static void say_change(int controller) {
  if (!asked) return;
  const char *why = why_left(asked);
  if (why) {
    char line[256];
    snprintf(line, sizeof line, "left %s\n", why);
    say(controller, line);
    asked = 0;
  } else if (!told_joined && current_step() == asked) {
    told_joined = true;
    say(controller, "joined\n");
  }
}

static void obey(int controller, const char *line) {
  int64_t latency, limit_ms;
  uint32_t step;
  if (sscanf(line, "join %" SCNu32 " %" SCNd64 " %" SCNd64, &step, &latency, &limit_ms) == 3 && step > 0 &&
      latency > 0 && limit_ms > 0) {
    asked = step;
    told_joined = false;
    want_step(step, latency, limit_ms * 1000000);
  } else if (!strcmp(line, "counts")) {
    say_counts(controller);
  } else {
    say(controller, "what join STEP LATENCY_NS LIMIT_MS, or counts\n");
  }
}

/* Reads what has come and obeys each whole line. Returns false when the controller has gone. */
static bool hear(int controller, char *heard, size_t size, size_t *length) {
  ssize_t more = recv(controller, heard + *length, size - 1 - *length, 0);
  if (more <= 0) return more < 0 && errno == EINTR;
  heard[*length += more] = 0;
  for (char *end; (end = strchr(heard, '\n')); *length = strlen(heard)) {
    *end = 0;
    obey(controller, heard);
    memmove(heard, end + 1, strlen(end + 1) + 1);
  }
  return *length < size - 1;
}

static void serve(int controller) {
  char heard[256] = "";
  size_t length = 0;
  asked = 0;
  for (bool there = true; there;) {
    struct pollfd waits[] = {{controller, POLLIN, 0}, {changes, POLLIN, 0}};
    if (poll(waits, 2, -1) < 0) continue;
    if (waits[1].revents) {
      uint64_t count;
      ssize_t taken = read(changes, &count, sizeof count);
      (void)taken;
      say_change(controller);
    }
    if (waits[0].revents) there = hear(controller, heard, sizeof heard, &length);
  }
  want_freedom();
  close(controller);
}

static void *control(void *unused) {
  (void)unused;
  for (;;) {
    int controller = accept4(listening, NULL, NULL, SOCK_CLOEXEC);
    if (controller >= 0) serve(controller);
  }
  return NULL;
}

const char *listen_for_controller(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof address.sun_path) return because("%s: the path of a socket must be shorter", path);
  strcpy(address.sun_path, path);
  unlink(path);
  listening = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  changes = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (listening < 0 || changes < 0 || bind(listening, (struct sockaddr *)&address, sizeof address) < 0 ||
      listen(listening, 4) < 0)
    return because("%s: %s", path, strerror(errno));
  /* Signals are for QEMU's threads. */
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_t thread;
  int failed = pthread_create(&thread, NULL, control, NULL);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return failed ? because("no thread for %s: %s", path, strerror(failed)) : NULL;
}

void step_has_changed(void) {
  uint64_t once = 1;
  ssize_t written = write(changes, &once, sizeof once);
  (void)written;
}
