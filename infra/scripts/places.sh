# The places of VMs: what a driver attaches its VM to, as a line of fields (infra/vm/member.ts), and their domains. A place that this
# testbed has made ready, or has begun to, is a file of $SLOTS with its line.
# shellcheck shell=sh disable=SC2030,SC2031,SC2154
. ./before.sh
. ./place-bridge.sh
. ./place-vf.sh
. ./place-netns.sh

# drop_domains NAME…: ends and forgets those that there are and that are ours, all with one virsh.
drop_domains() {
  domains=$(virsh -q list --all) || return 1
  there=
  for name; do
    if printf '%s\n' "$domains" | awk -v name="$name" '$2 == name { found = 1 } END { exit !found }'; then there="$there $name"; fi
  done
  # shellcheck disable=SC2086 # names without spaces
  foreign=$(foreign_domains $there) || return 1
  commands='' ours=''
  for name in $there; do
    if printf '%s\n' "$foreign" | grep -qxF "$name"; then
      say "the VM $name does not say that it is of this testbed (virsh desc $name), and stays"
      continue
    fi
    ours="$ours $name"
    case $(printf '%s\n' "$domains" | awk -v name="$name" '$2 == name { print $3 }') in
      shut) commands="$commands undefine --managed-save $name;" ;;
      *) commands="$commands destroy $name; undefine --managed-save $name;" ;;
    esac
  done
  [ -n "$commands" ] || return 0
  # shellcheck disable=SC2086
  answer=$(set -- $ours; VIRSH_SECONDS=$((${VIRSH_SECONDS:-120} + 4 * $#)); virsh -q "$commands" 2>&1) || :
  left=$(virsh -q list --all --name) || return 1
  for name in $ours; do
    if printf '%s\n' "$left" | grep -qxF "$name"; then fail "$name could not be removed: $answer"; fi
  done
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
  for name; do
    for endpoint in $ENDPOINT_KINDS; do unmark "$endpoint-$name"; done
    case $name in rtt-bg-*) unmark load ;; esac # a fleet that has changed has its load started again
  done
  drop_domains "$@" || return 1
  for name; do
    if is_vm_place "$name" && ! printf '%s\n' "$foreign" | grep -qxF "$name"; then rm -f "$LIBVIRT_LOG/$name-serial.log" "$LIBVIRT_LOG/$name.log"; fi
  done
  unreleased=0
  for slot; do if [ -e "$SLOTS/$slot" ]; then release "$slot" || unreleased=1; fi; done
  return $unreleased
}

# all_places: those that are made ready; and domains of ours that have none: a reboot took the places and left the definitions.
all_places() {
  for slot in "$SLOTS"/*; do if [ -f "$slot" ]; then echo "${slot##*/}"; fi; done
  domains=$(virsh -q list --all --name) || return 1
  for name in $(printf '%s\n' "$domains" | grep -E '^rtt-(main|bg-[0-9]+)$' || :); do
    if [ ! -e "$SLOTS/$name" ]; then echo "$name"; fi
  done
}
