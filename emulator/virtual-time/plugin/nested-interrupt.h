/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef NESTED_INTERRUPT_H
#define NESTED_INTERRUPT_H

/* Cures QEMU's double delivery of interrupts to nested guests; what it needs has been found before. */
void cure_nested_interrupts(void);

#endif
