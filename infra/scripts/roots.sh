# shellcheck shell=sh disable=SC2034
# Where a server has what these scripts look at and keep. LAB_ROOT is the root of a made-up server, in tests.
SYS=${LAB_ROOT:-}/sys
PROC=${LAB_ROOT:-}/proc
# Emptied by a reboot, as VFs, bridges and running domains are.
RUN=${LAB_ROOT:-}/run/sriov-rtt
# A file for each place of a VM that is made ready, or that somebody has begun to make ready (places.sh).
SLOTS=$RUN/slots
# The kinds of endpoints (lib/endpoints/kinds.ts): the mark of one is KIND-NAME, and its proof KIND_proof NAME (proof.sh).
ENDPOINT_KINDS='vm host'
# A folder of files for each endpoint that is the server itself (lib/server-paths.ts).
ENDPOINTS=$RUN/endpoints
NETNS=${LAB_ROOT:-}/run/netns
# A folder that root alone can open, and so hold. In /run/lock anybody could make it first.
LOCK=${LAB_ROOT:-}/run/sriov-rtt-lock
# Outlives a reboot: how a server was before the first change, with the boot that it is true of.
BEFORE=${LAB_ROOT:-}/var/lib/sriov-rtt/before
LIBVIRT_LOG=${LAB_ROOT:-}/var/log/libvirt/qemu
LIBVIRT_RUN=${LAB_ROOT:-}/run/libvirt/qemu
IMAGES=${LAB_ROOT:-}/var/lib/sriov-rtt/images

# A server has many processes to begin with, and an emulated one is slow to begin another: what the shell can do, it does.
# line_of FILE: its first line; the status is 1 where it has none or cannot be read.
line_of() {
  first=
  [ -r "$1" ] || return 1
  { IFS= read -r first < "$1" || [ -n "$first" ]; } 2> /dev/null && printf '%s\n' "$first"
}
BOOT_ID=$(line_of "$PROC/sys/kernel/random/boot_id") || BOOT_ID=
