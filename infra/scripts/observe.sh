# What a server is and which layers are really there, a line of key=value words each (infra/observe.ts): record=server, record=now, one
# record=pf for each of PFS that is there, one record=layer for each layer, record=lease when somebody has it, one record=in_use for
# each thing that taking the ports (PORTS: "PF=VFS …") into BRIDGE, or the names of VMS and NAMESPACES, would take from somebody, and
# record=lacking with those of TOOLS that are not installed, without which the rest is not to be trusted. Nothing is changed.
# shellcheck shell=sh
. ./proof.sh
. ./libvirt-uses.sh
: "${PORTS=}" "${BRIDGE:?}" "${VMS:?}" "${NAMESPACES=}" "${TOOLS:?}"
echo "record=server cpus=$(nproc) memory_mib=$(awk '/^MemTotal:/ {print int($2 / 1024)}' "$PROC/meminfo")"
# Memory that nobody needs, and what VMs of this testbed have of it, which they give back or go on with.
statuses=$(for slot in "$SLOTS"/*; do pid=$(line_of "$LIBVIRT_RUN/${slot##*/}.pid") && [ -r "$PROC/$pid/status" ] && echo "$PROC/$pid/status"; done) || :
# shellcheck disable=SC2086 # names without spaces
free_mib=$(awk '/^MemAvailable:/ { seen = 1 } /^(MemAvailable|RssAnon|RssShmem):/ { kib += $2 } END { if (seen) print int(kib / 1024) }' "$PROC/meminfo" $statuses)
[ -z "$free_mib" ] || echo "record=now boot=$(escaped "$BOOT_ID") free_mib=$free_mib"
lacking=$(for tool in $TOOLS; do command -v "$tool" > /dev/null || echo "$tool"; done | paste -s -d , -)
[ -z "$lacking" ] || echo "record=lacking tools=$lacking"
in_use() { printf '%s\n' "$2" | while read -r kind sentence; do [ -z "$kind" ] || echo "record=in_use port=$(escaped "$1") kind=$kind what=$(escaped "$sentence")"; done; }
export IGNORE_OURS=yes VIRSH_SECONDS="${VIRSH_SECONDS:-20}"
for port in $PORTS; do
  pf=${port%=*}
  dev=$SYS/class/net/$pf/device
  [ -e "$SYS/class/net/$pf" ] || continue
  address=
  if [ -e "$dev/sriov_totalvfs" ]; then address=$(name_at "$dev"); fi
  read_or() { line_of "$dev/$1" || echo 0; }
  echo "record=pf name=$(escaped "$pf") pci=$address total_vfs=$(read_or sriov_totalvfs) offset=$(read_or sriov_offset) stride=$(read_or sriov_stride)" \
    "vfs=$(vf_names "$pf" | paste -s -d , -)"
  in_use "$pf" "$(port_in_use "$pf" "${port#*=}" "$BRIDGE")"
done
# shellcheck disable=SC2086 # names without spaces
if look_at_libvirt $VMS; then
  domains=$(foreign_uses $VMS)
  look_for_plans
  for port in $PORTS; do in_use "${port%=*}" "$(plans_with "${port%=*}")"; done
else
  domains="unknown libvirt cannot be asked whose VM $VMS is, if there is one: $unseen"
fi
# shellcheck disable=SC2086
in_use '' "$(bridge_in_use "$BRIDGE"; namespaces_in_use $NAMESPACES; printf '%s\n' "$domains")"
layer() { echo "record=layer name=$(escaped "$1") token=$(escaped "$2")"; }
for f in "$IMAGES"/*/token; do
  folder=${f%/token}
  [ ! -f "$f" ] || layer "image-${folder##*/}" "$(line_of "$f")"
done
cd "$RUN" 2> /dev/null || exit 0
for f in *; do
  [ -f "$f" ] || continue
  case $f in
    *.tmp) ;;
    lease-token) layer lease "$(token_of "$f")" ;;
    nic-* | bridge-* | vm-* | host-* | load) if holds "$f"; then layer "$f" "$(token_of "$f")"; fi ;;
  esac
done
[ ! -s lease/owner ] || echo "record=lease since=$(stat -c %Y lease) owner=$(escaped "$(held_by)")"
