### lease.sh
ACTION=create
# What every layer on a server shares. A layer that is really there has a mark: a file with the token of the deployment
# that made it. /run is emptied by a reboot, and so are VFs, bridges and domains: mark and thing vanish together.
set -eu
export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
RUN=/run/sriov-rtt
fail() { echo "$(hostname): $*" >&2; exit 1; }
mark() { mkdir -p "$RUN"; printf '%s\n' "$TOKEN" > "$RUN/$1.tmp" && mv "$RUN/$1.tmp" "$RUN/$1"; }
unmark() { rm -f "$RUN/$1"; }
# wait_for SECONDS WHAT COMMAND…: polls ten times a second.
wait_for() {
  tries=$(($1 * 10)); what=$2; shift 2
  until "$@"; do
    tries=$((tries - 1)); [ "$tries" -gt 0 ] || fail "gave up waiting for $what"
    sleep 0.1
  done
}

# A testbed has one tenant. OWNER is the stack; the lease is taken by making a folder, which only one can.
held_by() { [ -f "$RUN/lease/owner" ] && cat "$RUN/lease/owner" || echo nobody; }
case $ACTION in
  create)
    [ "$(id -u)" = 0 ] || fail "the user $(id -un) is not root; the testbed changes NICs, bridges and domains: give a user who is root"
    for tool in virsh ip bridge tcpdump mpstat ethtool; do
      command -v $tool > /dev/null || fail "$tool is not installed (Debian: libvirt-clients iproute2 tcpdump sysstat ethtool)"
    done
    mkdir -p "$RUN"
    if mkdir "$RUN/lease" 2> /dev/null; then
      printf '%s\n' "$OWNER" > "$RUN/lease/owner.tmp"; mv "$RUN/lease/owner.tmp" "$RUN/lease/owner"
    elif [ "$(held_by)" != "$OWNER" ]; then
      fail "in use by $(held_by), since $(date -u -d "@$(stat -c %Y "$RUN/lease")" +%Y-%m-%dT%H:%M:%SZ), and a testbed has one tenant. Destroy that stack first; when it is dead: ./lab hosts release NAME --force"
    fi
    mark lease-token
    ;;
  delete)
    if [ "$(held_by)" = "$OWNER" ]; then rm -rf "$RUN"; fi
    ;;
esac

### nic.sh
ACTION=create
# What every layer on a server shares. A layer that is really there has a mark: a file with the token of the deployment
# that made it. /run is emptied by a reboot, and so are VFs, bridges and domains: mark and thing vanish together.
set -eu
export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
RUN=/run/sriov-rtt
fail() { echo "$(hostname): $*" >&2; exit 1; }
mark() { mkdir -p "$RUN"; printf '%s\n' "$TOKEN" > "$RUN/$1.tmp" && mv "$RUN/$1.tmp" "$RUN/$1"; }
unmark() { rm -f "$RUN/$1"; }
# wait_for SECONDS WHAT COMMAND…: polls ten times a second.
wait_for() {
  tries=$(($1 * 10)); what=$2; shift 2
  until "$@"; do
    tries=$((tries - 1)); [ "$tries" -gt 0 ] || fail "gave up waiting for $what"
    sleep 0.1
  done
}

# The virtual functions of a physical function, changed as their drivers need it: compare, refuse while a VM holds a VF,
# zero, set, wait, verify, each with a time limit. VFs come without a driver: a MAC that is set after a VF driver was bound
# is not seen by it, so each VM's own step binds its VF when the MAC is set.
dev=/sys/class/net/$PF/device
drivers_of_vms() { for vf in "$dev"/virtfn*; do [ "$(basename "$(readlink "$vf/driver" 2> /dev/null)" 2> /dev/null)" = vfio-pci ] && basename "$(readlink "$vf")"; done; :; }
vfs_are() { [ "$(cat "$dev/sriov_numvfs")" = "$1" ] && [ "$(find "$dev/" -maxdepth 1 -name 'virtfn*' | wc -l)" = "$1" ]; }
set_vfs() {
  have=$(cat "$dev/sriov_numvfs")
  [ "$have" != "$1" ] || return 0
  held=$(drivers_of_vms)
  [ -z "$held" ] || fail "$PF: virtual function(s) $(echo $held) are in the hands of a VM; shut it down before the number of VFs changes"
  echo 0 > "$dev/sriov_drivers_autoprobe"
  if [ "$have" != 0 ]; then timeout 120 sh -c "echo 0 > $dev/sriov_numvfs" || fail "$PF: its driver did not remove $have VFs within 120 s"; fi
  if [ "$1" != 0 ]; then timeout 300 sh -c "echo $1 > $dev/sriov_numvfs" || fail "$PF: its driver did not make $1 VFs (see dmesg on the server)"; fi
  wait_for 60 "$1 VFs of $PF" vfs_are "$1"
  echo "$AUTOPROBE" > "$dev/sriov_drivers_autoprobe"
}
case $ACTION in
  create)
    [ -e "/sys/class/net/$PF" ] || fail "pfs.name: $PF is no network interface here; there are: $(ls /sys/class/net | tr '\n' ' ')"
    [ -z "$(ip -o addr show dev "$PF" scope global)" ] || fail "pfs.name: $PF has an address ($(ip -o addr show dev "$PF" scope global | awk '{print $4}' | tr '\n' ' ')); give the port that is connected to the other server and to nothing else"
    total=$(cat "$dev/sriov_totalvfs" 2> /dev/null || echo 0)
    [ "$VFS" -le "$total" ] || fail "pfs.vfs: $VFS VFs asked of $PF; it has $total at most"
    mkdir -p "$RUN"
    if [ ! -f "$RUN/nic-$PF.before" ]; then
      { cat "$dev/sriov_numvfs" 2> /dev/null || echo 0; cat "$dev/sriov_drivers_autoprobe" 2> /dev/null || echo 1; } | tr '\n' ' ' > "$RUN/nic-$PF.before"
    fi
    AUTOPROBE=$(cut -d' ' -f2 "$RUN/nic-$PF.before")
    ip link set "$PF" up
    if [ "$total" != 0 ]; then set_vfs "$VFS" || { echo 0 > "$dev/sriov_numvfs"; exit 1; }; fi
    mark "nic-$PF"
    ;;
  delete)
    unmark "nic-$PF"
    if [ -f "$RUN/nic-$PF.before" ]; then
      AUTOPROBE=$(cut -d' ' -f2 "$RUN/nic-$PF.before")
      if [ -e "$dev/sriov_numvfs" ]; then set_vfs "$(cut -d' ' -f1 "$RUN/nic-$PF.before")"; fi
      rm -f "$RUN/nic-$PF.before"
    fi
    ;;
esac

### bridge.sh
ACTION=create
# What every layer on a server shares. A layer that is really there has a mark: a file with the token of the deployment
# that made it. /run is emptied by a reboot, and so are VFs, bridges and domains: mark and thing vanish together.
set -eu
export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
RUN=/run/sriov-rtt
fail() { echo "$(hostname): $*" >&2; exit 1; }
mark() { mkdir -p "$RUN"; printf '%s\n' "$TOKEN" > "$RUN/$1.tmp" && mv "$RUN/$1.tmp" "$RUN/$1"; }
unmark() { rm -f "$RUN/$1"; }
# wait_for SECONDS WHAT COMMAND…: polls ten times a second.
wait_for() {
  tries=$(($1 * 10)); what=$2; shift 2
  until "$@"; do
    tries=$((tries - 1)); [ "$tries" -gt 0 ] || fail "gave up waiting for $what"
    sleep 0.1
  done
}

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

### slot.sh
ACTION=create
# What every layer on a server shares. A layer that is really there has a mark: a file with the token of the deployment
# that made it. /run is emptied by a reboot, and so are VFs, bridges and domains: mark and thing vanish together.
set -eu
export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
RUN=/run/sriov-rtt
fail() { echo "$(hostname): $*" >&2; exit 1; }
mark() { mkdir -p "$RUN"; printf '%s\n' "$TOKEN" > "$RUN/$1.tmp" && mv "$RUN/$1.tmp" "$RUN/$1"; }
unmark() { rm -f "$RUN/$1"; }
# wait_for SECONDS WHAT COMMAND…: polls ten times a second.
wait_for() {
  tries=$(($1 * 10)); what=$2; shift 2
  until "$@"; do
    tries=$((tries - 1)); [ "$tries" -gt 0 ] || fail "gave up waiting for $what"
    sleep 0.1
  done
}

# The place of one VM on its server: no old domain in the way, and what its driver attaches it to made ready. On stdout:
# the attachment point as JSON. KIND is bridge or vf; DESIGN changes with the VM's definition, and the slot with it.
drop_domain() {
  state=$(virsh -q domstate "$NAME" 2> /dev/null) || return 0
  [ "$state" = "shut off" ] || virsh -q destroy "$NAME" > /dev/null
  virsh -q undefine "$NAME" > /dev/null
}
vf_path() { readlink -f "/sys/class/net/$PF/device/virtfn$VF"; }
driver_of() { basename "$(readlink "$1/driver" 2> /dev/null)" 2> /dev/null || :; }
unbind() { if [ -e "$1/driver" ]; then basename "$1" > "$1/driver/unbind"; fi; }
has_netdev() { [ -n "$(ls "$1/net" 2> /dev/null)" ]; }
show() {
  if [ "$KIND" = bridge ]; then printf '{"bridge":"%s"}\n' "$BRIDGE"; return; fi
  path=$(vf_path)
  printf '{"vf":{"pci":"%s","netdev":"%s","driver":"%s"}}\n' "$(basename "$path")" "$(cat "$RUN/vf-$NAME.netdev")" "$(cat "$RUN/vf-$NAME.driver")"
}
case $ACTION in
  create)
    drop_domain
    mkdir -p "$RUN"
    if [ "$KIND" = bridge ]; then
      # Frames for the VM that come from a VF of the same NIC reach the PF only when the NIC knows the address as its own.
      bridge fdb replace "$MAC" dev "$PF" self permanent
    else
      path=$(vf_path)
      [ -e "$path" ] || fail "VF $VF of $PF is not there"
      [ "$(driver_of "$path")" != vfio-pci ] || fail "VF $VF of $PF ($(basename "$path")) is in the hands of another VM"
      unbind "$path"
      ip link set "$PF" vf "$VF" mac "$VF_MAC"
      if [ -n "$VF_TRUST" ]; then ip link set "$PF" vf "$VF" trust "$VF_TRUST" spoofchk "$VF_SPOOFCHK"; fi
      basename "$path" > /sys/bus/pci/drivers_probe
      wait_for 30 "the network interface of VF $VF of $PF" has_netdev "$path"
      udevadm settle --timeout=30 # the interface comes as eth0 and is renamed
      ls "$path/net" | head -1 > "$RUN/vf-$NAME.netdev"
      driver_of "$path" > "$RUN/vf-$NAME.driver"
    fi
    show
    ;;
  update) show ;;
  delete)
    unmark "vm-$NAME"
    drop_domain
    rm -f "/var/log/libvirt/qemu/$NAME-serial.log" "/var/log/libvirt/qemu/$NAME.log"
    if [ "$KIND" = bridge ]; then
      bridge fdb del "$MAC" dev "$PF" self 2> /dev/null || :
    else
      rm -f "$RUN/vf-$NAME.netdev" "$RUN/vf-$NAME.driver"
      path=$(vf_path)
      if [ -e "$path" ]; then
        unbind "$path"
        if [ -n "$VF_TRUST" ]; then ip link set "$PF" vf "$VF" trust off spoofchk on; fi
      fi
    fi
    ;;
esac

### ready.sh
ACTION=create
# What every layer on a server shares. A layer that is really there has a mark: a file with the token of the deployment
# that made it. /run is emptied by a reboot, and so are VFs, bridges and domains: mark and thing vanish together.
set -eu
export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
RUN=/run/sriov-rtt
fail() { echo "$(hostname): $*" >&2; exit 1; }
mark() { mkdir -p "$RUN"; printf '%s\n' "$TOKEN" > "$RUN/$1.tmp" && mv "$RUN/$1.tmp" "$RUN/$1"; }
unmark() { rm -f "$RUN/$1"; }
# wait_for SECONDS WHAT COMMAND…: polls ten times a second.
wait_for() {
  tries=$(($1 * 10)); what=$2; shift 2
  until "$@"; do
    tries=$((tries - 1)); [ "$tries" -gt 0 ] || fail "gave up waiting for $what"
    sleep 0.1
  done
}

# Ready means that the guest answered: its init says so on the console, then its agent is asked. SECONDS_LIMIT bounds it.
LOG=/var/log/libvirt/qemu/$NAME-serial.log
booted() { grep -aqE 'LAB-(READY|ERROR)' "$LOG" 2> /dev/null; }
running() { [ "$(virsh -q domstate "$NAME" 2> /dev/null)" = running ]; }
answers() { virsh -q qemu-agent-command --timeout 5 "$NAME" '{"execute":"guest-ping"}' > /dev/null 2>&1; }
case $ACTION in
  create)
    tries=$((SECONDS_LIMIT * 4))
    until booted; do
      tries=$((tries - 1))
      if [ $((tries % 20)) = 0 ]; then running || fail "$NAME has stopped; its console ends with: $(tail -c 400 "$LOG" 2> /dev/null)"; fi
      [ "$tries" -gt 0 ] || fail "$NAME was not ready after $SECONDS_LIMIT s; its console ends with: $(tail -c 400 "$LOG" 2> /dev/null)"
      sleep 0.25
    done
    if grep -aq LAB-ERROR "$LOG"; then fail "$NAME: $(grep -a LAB-ERROR "$LOG" | tail -1 | tr -d '\r')"; fi
    wait_for 30 "the guest agent of $NAME" answers
    mark "vm-$NAME"
    grep -a LAB-READY "$LOG" | tail -1 | tr -d '\r'
    ;;
  delete) unmark "vm-$NAME" ;;
esac

### observe.sh
ACTION=create
# What every layer on a server shares. A layer that is really there has a mark: a file with the token of the deployment
# that made it. /run is emptied by a reboot, and so are VFs, bridges and domains: mark and thing vanish together.
set -eu
export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
RUN=/run/sriov-rtt
fail() { echo "$(hostname): $*" >&2; exit 1; }
mark() { mkdir -p "$RUN"; printf '%s\n' "$TOKEN" > "$RUN/$1.tmp" && mv "$RUN/$1.tmp" "$RUN/$1"; }
unmark() { rm -f "$RUN/$1"; }
# wait_for SECONDS WHAT COMMAND…: polls ten times a second.
wait_for() {
  tries=$(($1 * 10)); what=$2; shift 2
  until "$@"; do
    tries=$((tries - 1)); [ "$tries" -gt 0 ] || fail "gave up waiting for $what"
    sleep 0.1
  done
}

# Which layers are really there: a line each, "layer token". Nothing is changed.
for f in /var/lib/sriov-rtt/images/*/token; do
  [ ! -f "$f" ] || echo "image-$(basename "$(dirname "$f")") $(cat "$f")"
done
cd "$RUN" 2> /dev/null || exit 0
for f in *; do
  [ -f "$f" ] || continue
  case $f in
    lease-token) echo "lease $(cat "$f")" ;;
    nic-*.before | *.tmp) ;;
    nic-*) [ ! -e "/sys/class/net/${f#nic-}" ] || echo "$f $(cat "$f") $(cat "/sys/class/net/${f#nic-}/device/sriov_numvfs" 2> /dev/null || echo 0)" ;;
    bridge-*) [ ! -e "/sys/class/net/${f#bridge-}" ] || echo "$f $(cat "$f")" ;;
    vm-*) [ ! -e "/run/libvirt/qemu/${f#vm-}.pid" ] || ! kill -0 "$(cat "/run/libvirt/qemu/${f#vm-}.pid")" 2> /dev/null || echo "$f $(cat "$f")" ;;
  esac
done
[ ! -f lease/owner ] || echo "owner $(stat -c %Y lease) $(cat lease/owner)"
