# shellcheck shell=sh disable=SC2154
# What libvirt is to do with a port or its VFs, also where nothing of it runs: networks that are active or start by themselves, and VMs
# as they are defined, shut off or not. Findings as in in-use.sh.
. ./in-use.sh

# look_for_plans: of what look_at_libvirt has seen, sets PLANS to "@domain NAME" or "@network NAME" and its XML each; PLANS_UNSEEN says
# why it cannot be had. VMs of this testbed are left out. A server may have no driver for networks: then it has none.
look_for_plans() {
  PLANS='' PLANS_UNSEEN=''
  questions=$(printf '%s\n' "$DOMAINS" @networks "$NETWORKS" | awk '
    /^@networks/ { networks = 1; next }
    !networks && NF { printf "%s\n", $0 }
    networks && ($2 == "active" || ($2 == "inactive" && $3 == "yes")) { printf "network %s\n", $1 }' | while read -r kind name; do
      if [ "$kind" = network ] && [ -n "$name" ]; then echo "echo '@network $name'; net-dumpxml '$name'; "; continue; fi
      name=$kind${name:+ $name}
      [ -f "$SLOTS/$name" ] || echo "echo '@domain $name'; dumpxml --inactive '$name'; "
    done | tr -d '\n')
  [ -n "$questions" ] || return 0
  PLANS=$(virsh "$questions" 2> /dev/null) || { ! hung $? || PLANS_UNSEEN='libvirt does not answer'; }
}
# places_of PF: PCI addresses of the port and of all VFs that it can have, whether they are there or not.
places_of() (
  device=$SYS/class/net/$1/device place=$(name_at "$SYS/class/net/$1/device")
  case $place in *:*:*.*) ;; *) return 0 ;; esac
  echo "$place"
  total=$(line_of "$device/sriov_totalvfs") && offset=$(line_of "$device/sriov_offset") && stride=$(line_of "$device/sriov_stride") || return 0
  rest=${place#*:} bus=${place#*:} slot=${place##*:}
  bus=${bus%%:*} function=${rest##*.} slot=${slot%.*}
  first=$(((0x$bus << 8) + (0x$slot << 3) + 0x$function + offset)) count=0
  while [ $count -lt "$total" ]; do
    vf=$((first + count * stride)) count=$((count + 1))
    printf '%s:%02x:%02x.%x\n' "${place%%:*}" $((vf >> 8)) $((vf >> 3 & 31)) $((vf & 7))
  done
)
# plans_with PF: which of them name the port, one of its VFs, or an interface of those. A target is what something is called in a guest,
# and so is an address outside of a VM's <source>.
plans_with() {
  if [ -n "$PLANS_UNSEEN" ]; then echo "unknown whether libvirt is to use $1 cannot be seen: $PLANS_UNSEEN"; fi
  [ -n "$PLANS" ] || return 0
  names=$(echo "$1"; for interface in "$SYS/class/net/$1/device"/virtfn*/net/*; do [ ! -e "$interface" ] || echo "${interface##*/}"; done)
  printf '%s\n' "$PLANS" | awk -v names="$names
$(places_of "$1")" -v port="$1" -v mark="<description>$domain_mark" '
    function value(key) { return match($0, " " key "=\047[^\047]*\047") ? substr($0, RSTART + length(key) + 3, RLENGTH - length(key) - 4) : "" }
    function hex(key, text) { text = value(key); sub(/^0x/, "", text); return text }
    function tell(what) {
      if (!(what in wanted) || ours || (name, what) in told) return
      told[name, what] = 1
      if (kind == "network") print "network the network " name " of libvirt has " (what == port ? port : what " of " port) " (virsh net-dumpxml " name ")"
      else print "defined the VM " name " is defined with " (what == port ? port : what " of " port) " (virsh dumpxml " name ")"
    }
    BEGIN { count = split(names, list, "\n"); for (i = 1; i <= count; i++) wanted[list[i]] = 1; delete wanted[""] }
    /^@(domain|network) / { kind = substr($1, 2); name = $0; sub(/^@[a-z]* /, "", name); ours = 0; source = 0; next }
    index($0, mark) { ours = 1 }
    /<source/ { source = 1 }
    !/<target/ { tell(value("dev")) }
    /<address/ && (source || kind == "network") { tell(hex("domain") ":" hex("bus") ":" hex("slot") "." hex("function")) }
    /<\/source>|<source[^>]*\/>/ { source = 0 }'
}
