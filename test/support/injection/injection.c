/* A machine that injects an interrupt into a guest of its own, again and again, and counts how often the guest gets it.
 * It starts in 32-bit protected mode without paging (QEMU's -kernel, by the PVH note), and so does its guest. What it has
 * counted goes to port 0xe9 in words, and then it ends QEMU by port 0xf4. */
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;

enum { INJECTIONS = 500, VECTOR = 0x20, CODE = 0x08, DATA = 0x10 };

__asm__(".section .note.Xen, \"a\", @note\n"
        ".long 4, 4, 18\n" /* XEN_ELFNOTE_PHYS32_ENTRY */
        ".asciz \"Xen\"\n"
        ".long start\n"
        ".text\n"
        "start: mov $host_stack + 4096, %esp\n"
        "  call host\n"
        /* The guest: it does nothing but call its host. */
        "guest: .byte 0x0f, 0x01, 0xd9\n" /* vmmcall */
        "  jmp guest\n"
        /* Its interrupt handler, which takes longer than QEMU has from one deadline to the next. */
        "handler: incl delivered\n"
        "  push %ecx\n"
        "  mov $40000, %ecx\n"
        "0: dec %ecx\n"
        "  jnz 0b\n"
        "  pop %ecx\n"
        "  iret\n");
extern char guest[], handler[];

volatile u32 delivered;
u8 host_stack[4096] __attribute__((aligned(4096)));
static u8 guest_stack[4096] __attribute__((aligned(4096)));
static u8 saved_host[4096] __attribute__((aligned(4096)));
static u8 vmcb[4096] __attribute__((aligned(4096)));
static u64 segments[] = {0, 0x00cf9b000000ffffull, 0x00cf93000000ffffull};
static u64 gates[VECTOR + 1];

static void out(u16 port, u8 value) { __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port)); }

static void write_msr(u32 msr, u32 value) { __asm__ volatile("wrmsr" : : "c"(msr), "a"(value), "d"(0)); }

static void set32(int offset, u32 value) { *(volatile u32 *)(vmcb + offset) = value; }

/* AMD64 Architecture Programmer's Manual, volume 2, appendix B. */
static void set_segment(int offset, u16 selector, u16 attributes) {
  set32(offset, selector | (u32)attributes << 16);
  set32(offset + 4, 0xffffffff);
}

static void set_table(int offset, void *base, u32 bytes) {
  set32(offset + 4, bytes - 1);
  set32(offset + 8, (u32)base);
}

static void prepare(void) {
  set32(0x010, 1 | 2); /* VMRUN and VMMCALL are intercepted */
  set32(0x058, 1);     /* ASID */
  set_segment(0x400, DATA, 0xc93);
  set_segment(0x410, CODE, 0xc9b);
  set_segment(0x420, DATA, 0xc93);
  set_segment(0x430, DATA, 0xc93);
  set_table(0x460, segments, sizeof segments);
  set_table(0x480, gates, sizeof gates);
  set32(0x4d0, 1 << 12); /* EFER: SVME */
  set32(0x558, 0x11);    /* CR0 */
  u32 to = (u32)handler;
  gates[VECTOR] = (to & 0xffff) | CODE << 16 | (u64)(0x8e00 | (to & 0xffff0000)) << 32;
}

static void say(const char *word, u32 number) {
  char digits[10];
  int count = 0;
  do digits[count++] = '0' + number % 10;
  while (number /= 10);
  while (*word) out(0xe9, *word++);
  while (count) out(0xe9, digits[--count]);
}

void host(void) {
  write_msr(0xc0000080, 1 << 12); /* EFER: SVME */
  write_msr(0xc0010117, (u32)saved_host);
  prepare();
  u32 injected = 0, exits = 0;
  while (injected < INJECTIONS) {
    set32(0x570, 2); /* RFLAGS: interrupts are off */
    set32(0x578, (u32)guest);
    set32(0x5d8, (u32)guest_stack + sizeof guest_stack);
    set32(0x0a8, 0x80000000 | VECTOR);
    injected++;
    u32 at = (u32)vmcb;
    __asm__ volatile("pusha; .byte 0x0f, 0x01, 0xd8; popa" : : "a"(at) : "memory", "cc"); /* vmrun */
    exits += *(volatile u32 *)(vmcb + 0x070) == 0x81; /* by VMMCALL */
  }
  say("injected=", injected);
  say(" exits=", exits);
  say(" delivered=", delivered);
  out(0xe9, '\n');
  out(0xf4, 0);
  for (;;) __asm__ volatile("hlt");
}
