/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the plugin uses of QEMU's insides. QEMU's program exports the names, because its own modules need them. They are
 * looked up and checked when the plugin is loaded (qemu.c), so that another QEMU is refused and not crashed. */
#ifndef QEMU_H
#define QEMU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* QEMUClockType. */
enum { CLOCK_OF_GUEST = 1, CLOCK_OF_MACHINE = 2 };

/* QEMUTimer is 48 bytes long and only QEMU looks inside. */
typedef struct {
  char inside[256];
} qemu_timer;

struct net_client;

/* The first members of NetClientInfo; a copy of it with another `receive` takes a network backend's place. */
struct net_client_info {
  int type;
  size_t size;
  ssize_t (*receive)(struct net_client *, const uint8_t *, size_t);
  void *receive_iov, *can_receive, *start, *load, *stop, *cleanup;
  void *rest[40];
};

/* The first members of NetClientState. */
struct net_client {
  struct net_client_info *info;
  int link_down;
  void *next, *previous, *peer, *incoming_queue;
  char *model, *name;
};

/* TCGHelperInfo: what the code generator knows of a function that generated code calls. */
struct helper_info {
  void *function;
  const char *name;
};

struct qemu {
  void (*timer_init_full)(qemu_timer *, void *list_group, int clock, int scale, int attributes, void (*)(void *), void *);
  void (*timer_mod_ns)(qemu_timer *, int64_t);
  int64_t (*clock_get_ns)(int clock);
  int64_t (*clock_deadline_ns_all)(int clock, int attributes);
  int64_t (*icount_get_raw)(void);
  struct net_client *(*find_netdev)(const char *name);
  ssize_t (*send_packet)(struct net_client *, const uint8_t *, int);
  void (*bql_lock_impl)(const char *file, int line);
  void (*bql_unlock)(void);
  bool (*in_vcpu_thread)(void);
  void *(*get_cpu)(int number);
  void (*async_run_on_cpu)(void *cpu, void (*)(void *cpu, int64_t), int64_t);
  int *use_icount;
  struct helper_info *vmrun;
  /* Where CPUState has its exception_index. */
  ptrdiff_t exception_index;
  int64_t major, minor, micro;
};
extern struct qemu qemu;

/* Finds what the cure of nested interrupts needs. Returns NULL, or why this QEMU is refused. */
const char *find_for_cure(void);

/* Finds what virtual time needs. Returns NULL, or why this QEMU, or the way it was started, is refused. */
const char *find_for_step(void);

/* The network backend of that name. Returns NULL, or why it cannot be used. */
const char *find_wire(const char *name, struct net_client **wire);

/* The CPUState that the calling thread emulates. */
void *current_cpu(void);

/* A text for a refusal, kept until the next one. */
const char *because(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
