/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A plugin for QEMU 10.0 (-plugin virtual-time.so,…) with which a pair of emulated servers runs in virtual time.
 *   no argument                cures nested interrupts, and does nothing else
 *   shared=FILE,side=0|1,      also holds this server in step with its peer, which has the other side of FILE,
 *     control=SOCKET,wires=N     when a controller asks for it at SOCKET; N wires join the two, netdevs wire, wire1
 *   check=on                   checks whether QEMU is one that the plugin can work with, says so, and ends QEMU
 * It refuses to load, in one sentence, when something of QEMU is not as it expects. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control.h"
#include "nested-interrupt.h"
#include "qemu.h"
#include "shared.h"
#include "step.h"
#include "wire.h"

#ifndef __x86_64__
#error the plugin reads and replaces code of QEMU for x86-64
#endif

#define EXPORT __attribute__((visibility("default")))

/* The version of QEMU's plugin interface. */
EXPORT int qemu_plugin_version = 4;

EXPORT int qemu_plugin_install(uint64_t id, const void *info, int count, char **arguments);

struct arguments {
  const char *shared, *control;
  int side, wires;
  bool check;
};

static const char *read_arguments(int count, char **words, struct arguments *arguments) {
  *arguments = (struct arguments){.side = -1, .wires = 1};
  for (int i = 0; i < count; i++) {
    const char *value = strchr(words[i], '=');
    size_t length = value ? (size_t)(value++ - words[i]) : 0;
    if (length == 6 && !strncmp(words[i], "shared", length))
      arguments->shared = value;
    else if (length == 7 && !strncmp(words[i], "control", length))
      arguments->control = value;
    else if (length == 4 && !strncmp(words[i], "side", length))
      arguments->side = atoi(value);
    else if (length == 5 && !strncmp(words[i], "wires", length))
      arguments->wires = atoi(value);
    else if (!strcmp(words[i], "check=on"))
      arguments->check = true;
    else
      return because("there is no argument %s", words[i]);
  }
  if (!arguments->shared) return NULL;
  if (!arguments->control || arguments->side < 0 || arguments->side > 1 || arguments->wires < 1 ||
      arguments->wires > WIRES)
    return because("shared=FILE needs side=0 or 1, control=SOCKET and 1 to %d wires", WIRES);
  return NULL;
}

static const char *install(int count, char **words) {
  struct arguments arguments;
  const char *refusal = read_arguments(count, words, &arguments);
  if (!refusal) refusal = find_for_cure();
  if (!refusal && arguments.shared) refusal = find_for_step();
  if (!refusal && arguments.shared) refusal = take_wires(arguments.wires);
  if (refusal) return refusal;
  if (arguments.check) {
    printf("virtual-time: fits QEMU %d.%d.%d\n", (int)qemu.major, (int)qemu.minor, (int)qemu.micro);
    exit(0);
  }
  cure_nested_interrupts();
  if (!arguments.shared) return NULL;
  refusal = share(arguments.shared, arguments.side);
  if (!refusal) refusal = listen_for_controller(arguments.control);
  if (!refusal) start_stepping(step_has_changed);
  return refusal;
}

int qemu_plugin_install(uint64_t id, const void *info, int count, char **arguments) {
  (void)id, (void)info;
  const char *refusal = install(count, arguments);
  if (refusal) fprintf(stderr, "virtual-time: %s\n", refusal);
  return refusal ? -1 : 0;
}
