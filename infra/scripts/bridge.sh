# A Linux bridge over the physical function. The port must not learn: a NIC that switches between its VFs and its PF can
# hand the PF's own frames back, and the bridge would then learn its VMs' addresses on the wrong port.
# shellcheck shell=sh
. ./bridge-before.sh
: "${ACTION:?}" "${BRIDGE:?}" "${PF:?}" "${OWNER:?}"
alone
case $ACTION in
  create)
    require_lease
    if made_already "bridge-$BRIDGE"; then exit; fi
    [ -e "$SYS/class/net/$PF" ] || fail "$PF is no network interface here"
    look_for_holders
    refuse_used "$(bridge_in_use "$BRIDGE"; pf_in_use "$PF" "$BRIDGE")" "no bridge can be made over $PF"
    if [ ! -e "$SYS/class/net/$BRIDGE" ]; then make_bridge "$BRIDGE" "$PF"; fi
    set_value "$BEFORE/bridge-$BRIDGE" pf "$PF"
    ip link set "$BRIDGE" type bridge stp_state 0 forward_delay 0 mcast_snooping 0
    try 10 ip link set "$PF" master "$BRIDGE" || fail "$PF could not be taken into the bridge $BRIDGE: $answer"
    bridge link set dev "$PF" learning off flood on
    ip link set "$BRIDGE" up
    mark "bridge-$BRIDGE" "$(bridge_proof "$BRIDGE")"
    ;;
  delete)
    leave_to_tenant
    unmark "bridge-$BRIDGE"
    remove_bridge "$BRIDGE" || : # it has said why
    forget_folders
    ;;
esac
