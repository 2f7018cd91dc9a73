/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The memory that the two servers' QEMUs share. Each writes its own side and reads the other's; the only exception is a
 * ring's `read`, which belongs to the reader. */
#ifndef SHARED_H
#define SHARED_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum { WIRES = 2, RING_BYTES = 1 << 20, FRAME_BYTES = 16384 };

/* Precedes each frame in a ring. */
struct frame {
  int64_t sent;    /* virtual time of the step */
  uint32_t length;
  uint32_t step;   /* the step it was sent in */
};

struct ring {
  _Atomic uint64_t written, read;
  uint8_t bytes[RING_BYTES];
};

struct side {
  _Atomic uint32_t build;    /* of the plugin: two builds may lay this memory out in two ways */
  _Atomic uint32_t wanted;   /* the step that this side's controller asks for; 0: none */
  _Atomic uint32_t entered;  /* the step that this side is in; 0: it runs freely */
  _Atomic int64_t latency;   /* of the wire, as this side's controller asks for it */
  _Atomic int64_t reached;   /* number of the latest barrier that this side has come to */
  _Atomic int64_t next[2];   /* at barrier n, next[n % 2]: when something will happen here; 0: it is working */
  _Atomic uint32_t bell;     /* futex: rings whenever one of the above changes */
  _Atomic uint32_t listened; /* whether the other side waits for the bell */
  struct ring ring[WIRES];   /* frames that this side has sent */
};

extern struct side *own, *peer;

/* Maps the file, which both servers share, and takes a side of it (0 or 1). Returns NULL, or why that failed. */
const char *share(const char *file, int side);

/* Whether a process has the other side. The kernel answers, however that process has ended. */
bool peer_lives(void);

/* Tells the other side that something has changed here. */
void ring_bell(void);

/* Waits until the other side's bell, which was `heard` before, rings again, or for some time. */
void wait_for_bell(uint32_t heard, int64_t nanoseconds);

#endif
