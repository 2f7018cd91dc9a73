/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wire.h"

#include <string.h>

#include "qemu.h"
#include "shared.h"

enum { LATE_NS = 1000 };

struct wire {
  struct net_client *backend;
  struct net_client_info with_hook, original;
  qemu_timer delivery;
};

struct wire_counts wire_counts;
static struct wire wires[WIRES];
static int wire_count;
static uint32_t step; /* 0: out of step */
static int64_t base, latency;

static uint64_t space_of(uint32_t length) { return (sizeof(struct frame) + length + 7) & ~7ull; }

static void copy_in(struct ring *ring, uint64_t at, const void *data, size_t length) {
  size_t offset = at % RING_BYTES, first = length < RING_BYTES - offset ? length : RING_BYTES - offset;
  memcpy(ring->bytes + offset, data, first);
  memcpy(ring->bytes, (const uint8_t *)data + first, length - first);
}

static void copy_out(const struct ring *ring, uint64_t at, void *data, size_t length) {
  size_t offset = at % RING_BYTES, first = length < RING_BYTES - offset ? length : RING_BYTES - offset;
  memcpy(data, ring->bytes + offset, first);
  memcpy((uint8_t *)data + first, ring->bytes, length - first);
}

/* Takes the place of the backend's `receive`: the network card sends a frame. */
static ssize_t send_frame(struct net_client *backend, const uint8_t *data, size_t length) {
  int number = 0;
  while (wires[number].backend != backend) number++;
  if (!step) return wires[number].original.receive(backend, data, length);
  struct ring *ring = &own->ring[number];
  uint64_t written = ring->written;
  wire_counts.frames++;
  if (length > FRAME_BYTES || written + space_of(length) - ring->read > RING_BYTES) {
    wire_counts.lost++;
    return length;
  }
  struct frame frame = {qemu.clock_get_ns(CLOCK_OF_GUEST) - base, length, step};
  copy_in(ring, written, &frame, sizeof frame);
  copy_in(ring, written + sizeof frame, data, length);
  ring->written = written + space_of(length);
  return length;
}

/* Gives the network card what has arrived by now, and sets the timer for what arrives next. */
static void deliver(void *opaque) {
  struct wire *wire = opaque;
  struct ring *ring = &peer->ring[wire - wires];
  int64_t now = qemu.clock_get_ns(CLOCK_OF_GUEST);
  while (ring->read < ring->written) {
    static uint8_t data[FRAME_BYTES];
    struct frame frame;
    copy_out(ring, ring->read, &frame, sizeof frame);
    /* A frame of a step that is over arrives at once. */
    int64_t due = step && frame.step == step ? base + frame.sent + latency : now;
    if (due > now) {
      qemu.timer_mod_ns(&wire->delivery, due);
      return;
    }
    if (now - due > LATE_NS) wire_counts.late++;
    if (now - due > wire_counts.latest_ns) wire_counts.latest_ns = now - due;
    uint32_t length = frame.length < FRAME_BYTES ? frame.length : FRAME_BYTES;
    copy_out(ring, ring->read + sizeof frame, data, length);
    ring->read += space_of(length);
    qemu.send_packet(wire->backend, data, length);
  }
}

const char *take_wires(int count) {
  for (int number = 0; number < count; number++) {
    struct wire *wire = &wires[number];
    const char *refusal = find_wire(number ? "wire1" : "wire", &wire->backend);
    if (refusal) return refusal;
    wire->original = wire->with_hook = *wire->backend->info;
    wire->with_hook.receive = send_frame;
    wire->backend->info = &wire->with_hook;
    qemu.timer_init_full(&wire->delivery, NULL, CLOCK_OF_GUEST, 1, 0, deliver, wire);
  }
  wire_count = count;
  return NULL;
}

void wires_enter(uint32_t entered, int64_t at, int64_t wire_latency) {
  base = at;
  latency = wire_latency;
  wire_counts = (struct wire_counts){0};
  step = entered;
}

void wires_leave(void) {
  step = 0;
  wires_poll();
}

void wires_poll(void) {
  for (int number = 0; number < wire_count; number++) deliver(&wires[number]);
}

int64_t wires_next_arrival(void) {
  int64_t first = INT64_MAX;
  for (int number = 0; number < wire_count; number++) {
    struct ring *ring = &own->ring[number];
    if (ring->read == ring->written) continue;
    struct frame frame;
    copy_out(ring, ring->read, &frame, sizeof frame);
    if (frame.step == step && frame.sent + latency < first) first = frame.sent + latency;
  }
  return first;
}
