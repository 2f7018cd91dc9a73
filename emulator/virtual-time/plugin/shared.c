/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE
#include "shared.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "qemu.h"

struct side *own, *peer;
static int descriptor, own_number;

/* A side is locked by a byte of the file; an open file description's lock goes with the process (fcntl(2)). */
static struct flock byte_of(int side) {
  return (struct flock){.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = side, .l_len = 1};
}

const char *share(const char *file, int side) {
  descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0 || ftruncate(descriptor, 2 * sizeof *own) < 0) return because("%s: %s", file, strerror(errno));
  struct flock lock = byte_of(side);
  if (fcntl(descriptor, F_OFD_SETLK, &lock) < 0) return because("%s: side %d is another process's", file, side);
  struct side *sides = mmap(NULL, 2 * sizeof *own, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  if (sides == MAP_FAILED) return because("%s: %s", file, strerror(errno));
  own_number = side;
  own = &sides[side], peer = &sides[!side];
  own->wanted = 0;
  own->entered = 0;
  own->build = VIRTUAL_TIME_BUILD;
  return NULL;
}

bool peer_lives(void) {
  struct flock lock = byte_of(!own_number);
  return fcntl(descriptor, F_OFD_GETLK, &lock) < 0 || lock.l_type != F_UNLCK;
}

void ring_bell(void) {
  atomic_fetch_add(&own->bell, 1);
  if (own->listened) syscall(SYS_futex, &own->bell, FUTEX_WAKE, 1, NULL, NULL, 0);
}

void wait_for_bell(uint32_t heard, int64_t nanoseconds) {
  struct timespec limit = {nanoseconds / 1000000000, nanoseconds % 1000000000};
  peer->listened = 1;
  syscall(SYS_futex, &peer->bell, FUTEX_WAIT, heard, &limit, NULL, 0);
  peer->listened = 0;
}
