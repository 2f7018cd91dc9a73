/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "step.h"

#include <time.h>

#include "qemu.h"
#include "shared.h"
#include "wire.h"

enum {
  FREE_TICK_NS = 1000000,  /* virtual time between looks whether a step is asked for */
  SLICE_NS = 2000000,      /* the most that QEMU's main loop is kept from its other work at a time */
  BREATH_NS = 50000,       /* the least that it then gets */
  MAX_SKIP_NS = 2000000,   /* what comes from outside into an idle step is seen this much too early at most */
  IDLE_BARRIERS = 2,       /* without an instruction: then a server is idle */
  PACE_EVERY = 50,         /* barriers */
};

struct step_counts step_counts;
static qemu_timer timer;
static void (*tell_change)(void);

static uint32_t step;      /* the one this server is in; 0: it runs freely */
static bool arrived;       /* at barrier `number`, which lies at `due` after `base` */
static int64_t base, due, number, quantum, waiting_since;
static bool peer_was_there, skipped;
static _Atomic uint32_t both_in;
static const char *reason;     /* why the step `over` was left, or could not be entered */
static _Atomic uint32_t over;
static _Atomic int64_t limit_ns;

static int64_t wall_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000000ll + now.tv_nsec;
}

static void sleep_ns(int64_t nanoseconds) {
  struct timespec pause = {nanoseconds / 1000000000, nanoseconds % 1000000000};
  nanosleep(&pause, NULL);
}

static void sleep_unlocked(void *cpu, int64_t nanoseconds) {
  (void)cpu;
  qemu.bql_unlock();
  sleep_ns(nanoseconds);
  qemu.bql_lock_impl(__FILE__, __LINE__);
}

/* Pauses this server. The thread that emulates its CPU does so when this timer's function has returned, and gives QEMU's
 * lock to the main loop meanwhile; inside a timer's function that could block for ever, because QEMU waits for timers
 * with the lock held when it stops. The main loop itself comes by all its work after each round of timers. */
static void pause_server(int64_t nanoseconds) {
  if (qemu.in_vcpu_thread())
    qemu.async_run_on_cpu(qemu.get_cpu(0), sleep_unlocked, nanoseconds);
  else
    sleep_ns(nanoseconds);
}

/* An idle server's virtual time would run ahead of what its disk and its network bring: never faster than wall time. */
static void pace(int64_t now) {
  static int64_t paced, allowed; /* virtual time so far, and the wall time at which it may be that */
  int64_t wall = wall_ns();
  allowed += now - paced;
  paced = now;
  if (allowed < wall) allowed = wall;
  if (allowed > wall) pause_server(allowed - wall < SLICE_NS ? allowed - wall : SLICE_NS);
}

static void end_step(uint32_t ended, const char *why) {
  reason = why;
  over = ended;
  both_in = 0;
  tell_change();
}

static void leave(const char *why) {
  uint32_t left = step;
  step = 0;
  own->entered = 0;
  wires_leave();
  ring_bell();
  end_step(left, why);
}

static void enter(int64_t now) {
  step = own->wanted;
  quantum = own->latency;
  base = now, due = 0, number = 0;
  arrived = false, peer_was_there = false, skipped = false;
  step_counts = (struct step_counts){.base_ns = base};
  own->reached = -1;
  own->entered = step;
  wires_enter(step, base, quantum);
}

static void run_freely(int64_t now) {
  wires_poll();
  uint32_t wanted = own->wanted;
  if (wanted && wanted != over && peer->wanted == wanted) {
    if (peer->build != own->build) {
      end_step(wanted, "the two servers were started with two builds of the plugin");
    } else if (peer->latency != own->latency) {
      end_step(wanted, "the two servers were asked for two latencies of the wire");
    } else {
      enter(now);
      qemu.timer_mod_ns(&timer, now + 1);
      return;
    }
  }
  qemu.timer_mod_ns(&timer, now + FREE_TICK_NS);
  pace(now);
}

/* When something happens on this server next, in virtual time of the step; 0: it is working, so anything may. */
static int64_t next_event(void) {
  static int64_t executed_before;
  static int idle;
  int64_t executed = qemu.icount_get_raw();
  idle = executed == executed_before && !skipped ? idle + 1 : 0;
  executed_before = executed;
  if (idle < IDLE_BARRIERS) return 0;
  int64_t deadline = qemu.clock_deadline_ns_all(CLOCK_OF_GUEST, -1);
  int64_t at = deadline < 0 ? INT64_MAX : due + deadline;
  int64_t arrival = wires_next_arrival();
  if (arrival < at) at = arrival;
  return at > due ? at : 0;
}

static void arrive(int64_t now) {
  arrived = true;
  if (now - base - due > step_counts.overshoot_ns) step_counts.overshoot_ns = now - base - due;
  own->next[number % 2] = next_event();
  own->reached = number;
  waiting_since = wall_ns();
  ring_bell();
}

static bool peer_arrived(void) {
  if (peer->entered != step) return false;
  peer_was_there = true;
  return peer->reached >= number;
}

/* NULL while there is hope that the other server arrives. */
static const char *no_more_waiting(void) {
  if (own->wanted != step) return "its controller has gone";
  if (peer_was_there && peer->entered != step) return "the other server has left the step";
  if (!peer_was_there && peer->wanted != step) return "the other server is not asked for this step any more";
  int64_t waited = wall_ns() - waiting_since;
  if (waited > limit_ns) return "the other server has not come to a barrier within the time limit";
  if (waited > 50 * SLICE_NS && !peer_lives()) return "the other server has ended";
  return NULL;
}

static bool wait_for_peer(void) {
  for (int64_t end = wall_ns() + SLICE_NS, left = SLICE_NS; left > 0; left = end - wall_ns()) {
    uint32_t heard = peer->bell;
    if (peer_arrived()) return true;
    if (no_more_waiting()) return false;
    wait_for_bell(heard, left);
  }
  return peer_arrived();
}

/* Both servers are at the barrier: sets the next one, the same on both. */
static void pass(int64_t now) {
  if (number == 0) {
    both_in = step;
    tell_change();
  }
  wires_poll();
  int64_t here = own->next[number % 2], there = peer->next[number % 2], first = here < there ? here : there;
  if (first > due + MAX_SKIP_NS) first = due + MAX_SKIP_NS;
  skipped = first > due + quantum;
  due = skipped ? first : due + quantum;
  number++;
  arrived = false;
  step_counts.barriers = number;
  step_counts.skips += skipped;
  step_counts.virtual_ns = now - base;
  qemu.timer_mod_ns(&timer, base + due);
  if (skipped || number % PACE_EVERY == 0) pace(now);
}

static void at_barrier(int64_t now) {
  bool first_look = !arrived;
  if (first_look) arrive(now);
  if (peer_arrived()) return pass(now);
  if (first_look) step_counts.waits++;
  int64_t from = wall_ns();
  bool together = wait_for_peer();
  step_counts.waited_ns += wall_ns() - from;
  if (together) return pass(now);
  const char *why = no_more_waiting();
  if (why) leave(why);
  /* Time stands still, but for the nanosecond that brings QEMU here again. */
  qemu.timer_mod_ns(&timer, now + 1);
  if (qemu.in_vcpu_thread()) pause_server(BREATH_NS);
}

static void tick(void *unused) {
  (void)unused;
  int64_t now = qemu.clock_get_ns(CLOCK_OF_GUEST);
  if (step && own->wanted != step) leave("its controller has gone");
  if (step)
    at_barrier(now);
  else
    run_freely(now);
}

void start_stepping(void (*changed)(void)) {
  tell_change = changed;
  qemu.timer_init_full(&timer, NULL, CLOCK_OF_GUEST, 1, 0, tick, NULL);
  qemu.timer_mod_ns(&timer, qemu.clock_get_ns(CLOCK_OF_GUEST) + FREE_TICK_NS);
}

void want_step(uint32_t wanted, int64_t latency, int64_t limit) {
  limit_ns = limit;
  own->latency = latency;
  own->wanted = wanted;
  ring_bell();
}

void want_freedom(void) {
  own->wanted = 0;
  ring_bell();
}

uint32_t current_step(void) { return both_in; }

const char *why_left(uint32_t left) { return over == left ? reason : NULL; }
