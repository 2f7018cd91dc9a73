/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_H
#define CONTROL_H

/* Listens on a unix socket for a controller, one at a time, which speaks in lines:
 *   join STEP LATENCY_NS LIMIT_MS   asks for a step, a number above 0 that both servers are told; answered by
 *                                   "joined" when both are in it, or by "left REASON"
 *   counts                          answered by "counts {JSON}", of the latest step
 * "left REASON" also comes when the step breaks. The step ends when the controller goes away, however it goes.
 * Returns NULL, or why that is not possible. */
const char *listen_for_controller(const char *path);

/* The step was entered or left. */
void step_has_changed(void);

#endif
