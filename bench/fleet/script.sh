#!/bin/sh
# The plain way to a fleet: script.sh FOLDER PARALLEL. FOLDER holds a definition a VM, NAME.xml, and in `addresses` a line a VM
# with its MAC address and that of its peer. Everything that a deployment does for the VMs is done, and nothing is checked.
set -eu
if [ ! -e /sys/class/net/rtt0 ]; then
  ip link set pf0 up
  ip link add rtt0 type bridge stp_state 0 forward_delay 0 mcast_snooping 0
  ip link set pf0 master rtt0
  bridge link set dev pf0 learning off flood on
  ip link set rtt0 up
fi
while read -r mac peer; do
  bridge fdb replace "$mac" dev pf0 self permanent
  bridge fdb replace "$peer" dev pf0 master static
done < "$1/addresses"
# shellcheck disable=SC2016 # it is the shell of xargs that expands them
find "$1" -name '*.xml' | sort | xargs -P "$2" -n 1 sh -c 'virsh -q define "$0" && virsh -q start "$(basename "$0" .xml)"'
