# shellcheck shell=sh disable=SC2034
# Where a server has what these scripts look at and keep. LAB_ROOT is the root of a made-up server, in tests.
SYS=${LAB_ROOT:-}/sys
PROC=${LAB_ROOT:-}/proc
# Emptied by a reboot, as VFs, bridges and running domains are.
RUN=${LAB_ROOT:-}/run/sriov-rtt
# A file for each place of a VM that is made ready, or that somebody has begun to make ready (places.sh).
SLOTS=$RUN/slots
NETNS=${LAB_ROOT:-}/run/netns
LOCK=${LAB_ROOT:-}/run/lock/sriov-rtt
# Outlives a reboot: how a server was before the first change, with the boot that it is true of.
BEFORE=${LAB_ROOT:-}/var/lib/sriov-rtt/before
LIBVIRT_LOG=${LAB_ROOT:-}/var/log/libvirt/qemu
LIBVIRT_RUN=${LAB_ROOT:-}/run/libvirt/qemu
IMAGES=${LAB_ROOT:-}/var/lib/sriov-rtt/images
