# A Linux bridge over the physical function. The port must not learn: a NIC that switches between its VFs and its PF can
# hand the PF's own frames back, and the bridge would then learn its VMs' addresses on the wrong port.
case $ACTION in
  create)
    if [ ! -e "/sys/class/net/$BRIDGE" ]; then ip link add "$BRIDGE" type bridge; fi
    ip link set "$BRIDGE" type bridge stp_state 0 forward_delay 0 mcast_snooping 0
    ip link set "$PF" master "$BRIDGE"
    bridge link set dev "$PF" learning off flood on
    ip link set "$BRIDGE" up
    mark "bridge-$BRIDGE"
    ;;
  delete)
    unmark "bridge-$BRIDGE"
    if [ -e "/sys/class/net/$BRIDGE" ]; then ip link del "$BRIDGE"; fi
    ;;
esac
