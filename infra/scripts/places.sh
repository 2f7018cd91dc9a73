# The places of VMs: what a driver attaches its VM to, as a line of fields (infra/vm/member.ts), and their domains. A place that this
# testbed has made ready, or has begun to, is a file of $SLOTS with its line.
# shellcheck shell=sh disable=SC2030,SC2031,SC2154
. ./before.sh
. ./place-bridge.sh
. ./place-vf.sh
. ./place-netns.sh

# drop_domains NAME…: ends and forgets those that there are and that are ours, as look_at_places has seen them, all with one virsh.
drop_domains() {
  commands='' ours=''
  for name; do
    is_line "$name" "$DOMAINS" || continue
    if is_line "$name" "$FOREIGN"; then
      say "the VM $name does not say that it is of this testbed (virsh desc $name), and stays"
      continue
    fi
    ours="$ours $name"
    if is_line "$name" "$RUNNING"; then commands="$commands destroy $name;"; fi
    commands="$commands undefine --managed-save $name;"
  done
  [ -n "$commands" ] || return 0
  # shellcheck disable=SC2086
  answer=$(set -- $ours; VIRSH_SECONDS=$((${VIRSH_SECONDS:-120} + 4 * $#)); virsh -q "$commands echo @left; list --all --name" 2>&1) ||
    answer="$answer@left$(virsh -q list --all --name)" || return 1
  left=${answer##*@left}
  for name in $ours; do
    if is_line "$name" "$left"; then fail "$name could not be removed: ${answer%@left*}"; fi
  done
  # What has come meanwhile is somebody's: nothing of this testbed's is made beside this.
  FOREIGN="$FOREIGN
$(printf '%s\n' "$left" | grep -vxF -e "$DOMAINS" || :)"
}

# release NAME: gives back what a VM was attached to, once its domain is gone. Nothing of it needs what making it needed.
release() (
  read_fields "$(line_of "$SLOTS/$1")"
  command -v "release_$kind" > /dev/null || fail "$1 has a place of the kind $kind, which this version of the testbed cannot give back; do the same with the version that made it"
  pf=$(called_now "$pf")
  # With the port its VFs and its entries are gone, and a namespace is not.
  if [ -n "$pf" ] || [ "$kind" = netns ]; then "release_$kind" || exit 1; fi
  rm -f "$SLOTS/$1"
)

# is_vm_place NAME: whether a VM is at a place, as is one that lines of earlier versions say nothing of: then there are logs of it.
is_vm_place() ( endpoint=vm; read_fields "$(line_of "$SLOTS/$1" 2> /dev/null || :)"; [ "$endpoint" = vm ] )

# drop_places NAME…: domains first. One whose place cannot be given back says why, and keeps no other from it.
drop_places() {
  [ $# -gt 0 ] || return 0
  marks=
  for name; do
    for endpoint in $ENDPOINT_KINDS; do marks="$marks $endpoint-$name"; done
    case $name in rtt-bg-*) marks="$marks load" ;; esac # a fleet that has changed has its load started again
  done
  # shellcheck disable=SC2086 # names without spaces
  unmark $marks
  drop_domains "$@" || return 1
  for name; do
    if is_vm_place "$name" && ! is_line "$name" "$FOREIGN"; then rm -f "$LIBVIRT_LOG/$name-serial.log" "$LIBVIRT_LOG/$name.log"; fi
  done
  unreleased=0
  for slot; do if [ -e "$SLOTS/$slot" ]; then release "$slot" || unreleased=1; fi; done
  return $unreleased
}

# look_at_places NAME…: sets PLACES, those that are made ready, and domains of ours that have none: a reboot took the places and left the
# definitions. Of all these and of the names it is known then whose VMs they are (look_at_libvirt). It fails where libvirt cannot be asked.
look_at_places() {
  PLACES=$(for slot in "$SLOTS"/*; do if [ -f "$slot" ]; then echo "${slot##*/}"; fi; done)
  # shellcheck disable=SC2086 # names without spaces
  look_at_libvirt $PLACES "$@" || { say "$unseen"; return 1; }
  placeless=
  for domain in $(printf '%s\n' "$DOMAINS" | grep -E '^rtt-(main|bg-[0-9]+)$' || :); do
    is_line "$domain" "$PLACES" || placeless="$placeless $domain"
  done
  [ -n "$placeless" ] || return 0
  # shellcheck disable=SC2086
  look_at_libvirt $PLACES $placeless "$@" || { say "$unseen"; return 1; }
  # shellcheck disable=SC2086
  PLACES=$(printf '%s\n' $PLACES $placeless)
}
