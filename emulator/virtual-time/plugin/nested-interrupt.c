/* SPDX-License-Identifier: GPL-2.0-or-later */
/* QEMU's helper_vmrun (target/i386/tcg/system/svm_helper.c, all versions up to 10.0) injects an interrupt into a nested
 * guest by delivering it at once. It leaves the vector in the CPU's exception_index. When the loop that runs the CPU is
 * left before the guest's next exit, because of a deadline, an interrupt or a kick, cpu_handle_exception finds the
 * vector there and delivers the interrupt a second time, even with interrupts switched off. The nested kernel then runs
 * an interrupt handler inside a section that excludes it, and waits for ever for a spinlock that it holds itself.
 *
 * The cure: nothing is pending after the delivery, as do_interrupt_all leaves it in all other cases. */
#include "nested-interrupt.h"

#include "qemu.h"

static void (*deliver_and_enter)(void *env, int address_size, int next_instruction);

static void vmrun(void *env, int address_size, int next_instruction) {
  deliver_and_enter(env, address_size, next_instruction);
  *(int *)((char *)current_cpu() + qemu.exception_index) = -1;
}

void cure_nested_interrupts(void) {
  deliver_and_enter = (void (*)(void *, int, int))qemu.vmrun->function;
  qemu.vmrun->function = (void *)vmrun;
}
