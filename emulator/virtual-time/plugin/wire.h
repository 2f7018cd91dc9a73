/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The wires between the two servers. While the servers are in step a frame travels through shared memory, stamped, and
 * is delivered at the virtual time at which it arrives; otherwise it goes the way it would go without this plugin. */
#ifndef WIRE_H
#define WIRE_H

#include <stdint.h>

struct wire_counts {
  int64_t frames;    /* sent in step */
  int64_t lost;      /* of them: there was no room, or they were longer than FRAME_BYTES */
  int64_t late;      /* delivered more than a microsecond after they were due */
  int64_t latest_ns; /* the most that a frame was late */
};
extern struct wire_counts wire_counts;

/* Takes over the network backends "wire", "wire1", …. Returns NULL, or why one cannot be used. */
const char *take_wires(int count);

/* From now on frames travel in step, whose virtual time 0 is `base` of QEMU's clock. */
void wires_enter(uint32_t step, int64_t base, int64_t latency);

/* From now on frames go the usual way; those on their way arrive now. */
void wires_leave(void);

/* Has the frames delivered that the other side has sent; to be called at each barrier, and now and then out of step. */
void wires_poll(void);

/* When the first frame arrives at the other side that it has not taken yet; INT64_MAX: none is on its way. */
int64_t wires_next_arrival(void);

#endif
