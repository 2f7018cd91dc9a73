/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE
#include "qemu.h"

#include <dlfcn.h>
#include <link.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

struct qemu qemu;

const char *because(const char *format, ...) {
  static char text[512];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  return text;
}

struct symbol {
  const char *name;
  void *to;
};

static const char *find_all(const struct symbol *symbols) {
  for (; symbols->name; symbols++) {
    void *found = dlsym(RTLD_DEFAULT, symbols->name);
    if (!found) return because("this QEMU does not export %s", symbols->name);
    memcpy(symbols->to, &found, sizeof found);
  }
  return NULL;
}

/* Whether an address lies in the code of the program itself, which dl_iterate_phdr(3) names first. */
struct code_range {
  uintptr_t from, to;
};

static int program_code(struct dl_phdr_info *info, size_t size, void *result) {
  (void)size;
  struct code_range *range = result;
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
    if (segment->p_type != PT_LOAD || !(segment->p_flags & PF_X)) continue;
    range->from = info->dlpi_addr + segment->p_vaddr;
    range->to = range->from + segment->p_memsz;
  }
  return 1;
}

static bool is_code(const void *address) {
  struct code_range range = {0, 0};
  dl_iterate_phdr(program_code, &range);
  return (uintptr_t)address >= range.from && (uintptr_t)address < range.to;
}

static const char *find_version(void) {
  struct version {
    int64_t *triple;
    char *package;
  } *(*query)(void *) = NULL;
  const char *refusal = find_all((struct symbol[]){{"qmp_query_version", &query}, {0}});
  if (refusal) return refusal;
  const struct version *version = query(NULL);
  qemu.major = version->triple[0], qemu.minor = version->triple[1], qemu.micro = version->triple[2];
  if (qemu.major != 10 || qemu.minor != 0)
    return because("this is QEMU %d.%d.%d, and the plugin is for QEMU 10.0", (int)qemu.major, (int)qemu.minor,
                   (int)qemu.micro);
  return NULL;
}

/* cpu_loop_exit_noexc(cpu) begins with cpu->exception_index = -1, which is compiled to movl $-1, OFFSET(%rdi). */
static const char *find_exception_index(const uint8_t *code) {
  static const uint8_t move_to_rdi[] = {0xc7, 0x87}, minus_one[] = {0xff, 0xff, 0xff, 0xff};
  for (int i = 0; i < 24; i++) {
    if (memcmp(code + i, move_to_rdi, 2) || memcmp(code + i + 6, minus_one, 4)) continue;
    int32_t offset;
    memcpy(&offset, code + i + 2, sizeof offset);
    if (offset <= 0 || offset > 16384) break;
    qemu.exception_index = offset;
    return NULL;
  }
  return "cpu_loop_exit_noexc of this QEMU is not the code that the plugin looks for";
}

const char *find_for_cure(void) {
  uint8_t *exit_code = NULL;
  void *vmrun = NULL, *cpu = NULL;
  const char *refusal = find_version();
  if (!refusal)
    refusal = find_all((struct symbol[]){{"cpu_loop_exit_noexc", &exit_code},
                                         {"helper_vmrun", &vmrun},
                                         {"helper_info_vmrun", &qemu.vmrun},
                                         {"current_cpu", &cpu},
                                         {0}});
  if (!refusal) refusal = find_exception_index(exit_code);
  if (!refusal && (qemu.vmrun->function != vmrun || !is_code(vmrun) || strcmp(qemu.vmrun->name, "vmrun")))
    refusal = "helper_info_vmrun of this QEMU is not the structure that the plugin looks for";
  return refusal;
}

/* The guest's clock counts from QEMU's start, the machine's from 1970: a mix-up of their numbers is found here. */
static const char *check_clocks(void) {
  int64_t off = qemu.clock_get_ns(CLOCK_OF_MACHINE) / 1000000000 - (int64_t)time(NULL);
  int64_t guest = qemu.clock_get_ns(CLOCK_OF_GUEST);
  if (off < -60 || off > 60 || guest < 0 || guest > 3600000000000)
    return "the clocks of this QEMU are not numbered as the plugin expects";
  return NULL;
}

const char *find_for_step(void) {
  const char *refusal =
      find_all((struct symbol[]){{"timer_init_full", &qemu.timer_init_full},
                                 {"timer_mod_ns", &qemu.timer_mod_ns},
                                 {"qemu_clock_get_ns", &qemu.clock_get_ns},
                                 {"qemu_clock_deadline_ns_all", &qemu.clock_deadline_ns_all},
                                 {"icount_get_raw", &qemu.icount_get_raw},
                                 {"qemu_find_netdev", &qemu.find_netdev},
                                 {"qemu_send_packet", &qemu.send_packet},
                                 {"bql_lock_impl", &qemu.bql_lock_impl},
                                 {"bql_unlock", &qemu.bql_unlock},
                                 {"qemu_in_vcpu_thread", &qemu.in_vcpu_thread},
                                 {"qemu_get_cpu", &qemu.get_cpu},
                                 {"async_run_on_cpu", &qemu.async_run_on_cpu},
                                 {"use_icount", &qemu.use_icount},
                                 {0}});
  if (refusal) return refusal;
  if (*qemu.use_icount != 1) return "virtual time needs QEMU to count instructions (-icount shift=N,sleep=off)";
  return check_clocks();
}

const char *find_wire(const char *name, struct net_client **wire) {
  struct net_client *found = qemu.find_netdev(name);
  if (!found) return because("there is no network backend %s", name);
  const struct net_client_info *info = found->info;
  bool as_expected = found->name && !strcmp(found->name, name) && found->model && !strcmp(found->model, "dgram") &&
                     info->type > 0 && info->type < 64 && info->size > sizeof *found && info->size < 1 << 17 &&
                     is_code((void *)info->receive) && !info->receive_iov && !info->can_receive && !info->start &&
                     !info->load && !info->stop && is_code(info->cleanup);
  if (!as_expected) return because("the network backend %s is not the structure that the plugin looks for", name);
  *wire = found;
  return NULL;
}

void *current_cpu(void) {
  static __thread void **slot;
  if (!slot) slot = dlsym(RTLD_DEFAULT, "current_cpu");
  return *slot;
}
