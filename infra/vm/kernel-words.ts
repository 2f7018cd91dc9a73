import type { LinkSetting } from "../../study/link-setting.ts";
import type { Identity } from "./addresses.ts";

/** What a guest has to know at boot. */
export interface GuestBoot {
  identity: Identity;
  /** Kernel module of its network device; "vf": the guest finds out which one its VF needs. */
  module: string;
  /** Of its network device. */
  links: readonly LinkSetting[];
  /** Guests whose MAC address it is to know without asking (ARP). */
  neighbours: readonly Pick<Identity, "ip" | "mac">[];
}

/**
 * What a kernel makes ready at its start and no guest uses: random numbers from jitter (the CPU's are trusted), tracing, and congestion
 * control in BPF. With the check of pages' rights they are a quarter of the instructions of a start.
 */
const unusedInitcalls = [
  "jent_mod_init",
  ...["trace_eval_init", "init_kprobe_trace"],
  ...["bpf_tcp_ca_kfunc_init", "bpf_dummy_struct_ops_init"],
];

/**
 * Words that shorten a boot where every instruction is emulated, and change nothing about the network: no mitigations,
 * no self-tests, no check of the rights of the kernel's pages, no probing of what the machine does not have. They are the same for every
 * driver.
 */
const quickBoot = [
  "console=ttyS0",
  "quiet",
  "mitigations=off",
  "tsc=reliable",
  "no_timer_check",
  "nokaslr",
  "cryptomgr.notests",
  "random.trust_cpu=on",
  "8250.nr_uarts=1",
  "rcupdate.rcu_expedited=1",
  "audit=0",
  "nowatchdog",
  "ipv6.disable=1",
  "rodata=off",
  `initcall_blacklist=${unusedInitcalls.join(",")}`,
];

/** A guest's kernel command line: its identity, read by the guest image's init, and what shortens its boot. */
export function kernelWords({ identity, module, links, neighbours }: GuestBoot): string[] {
  return [
    ...quickBoot,
    `lab.host=${identity.name}`,
    `lab.modules=${module}`,
    `lab.if=${identity.mac},${identity.ip}/${identity.prefix}`,
    ...links.map(({ tool, words }) => `lab.${tool}=${words.join(",")}`),
    ...neighbours.map(({ ip, mac }) => `lab.neigh=${ip},${mac}`),
  ];
}
