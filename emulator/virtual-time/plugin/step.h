/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Holds the two servers in step. Virtual time is cut at barriers, which lie no further apart than a frame's way through
 * the wire: what one server sends before a barrier cannot reach the other before the next one, so both may compute in
 * any order, at any speed, in between. */
#ifndef STEP_H
#define STEP_H

#include <stdbool.h>
#include <stdint.h>

struct step_counts {
  int64_t barriers;     /* passed */
  int64_t skips;        /* of them: both servers were idle, and the barrier was put off until something happens */
  int64_t waits;        /* of them: the other server came later */
  int64_t waited_ns;    /* wall time spent waiting for it */
  int64_t virtual_ns;   /* of the step */
  int64_t base_ns;      /* QEMU's virtual clock where the step began, which is the server's time stamp counter */
  int64_t overshoot_ns; /* the most that a barrier was passed late, in virtual time */
};
extern struct step_counts step_counts;

/* Starts the timer that joins and holds the step. `changed` is called when the step was entered or left. */
void start_stepping(void (*changed)(void));

/* What the controller asks for; may be called from any thread. */
void want_step(uint32_t step, int64_t latency, int64_t limit_ns);
void want_freedom(void);

/* The step both servers are in; 0: none. */
uint32_t current_step(void);

/* Why a step was left, or could not be entered; NULL: it is not over. */
const char *why_left(uint32_t step);

#endif
