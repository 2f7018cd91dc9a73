# A VF as its PF and the server have it: read as one line of fields, and made so again.
# Functions whose body is a subshell keep their variables to themselves, which shellcheck takes for a loss.
# shellcheck shell=sh disable=SC2030,SC2031,SC2154
. ./in-use.sh

vf_path() { readlink -f "$SYS/class/net/$1/device/virtfn$2" || :; }
# interface_of PATH: of the VF there; empty where it has none.
interface_of() { for one in "$1"/net/*; do [ ! -e "$one" ] || echo "${one##*/}"; done; }

# vf_settings PF NUMBER: what the PF says that it has set for the VF; empty is what its driver does not say.
vf_settings() {
  ip -d link show dev "$1" | awk -v number="$2" '
    $1 == "vf" && $2 + 0 == number {
      set["vlan"] = 0; set["qos"] = 0; set["proto"] = "802.1Q"; set["max_tx_rate"] = 0; set["min_tx_rate"] = 0
      for (i = 1; i < NF; i++) if ($i == "link/ether" || $i == "MAC") { set["mac"] = $(i + 1); sub(",", "", set["mac"]) }
      count = split($0, parts, ",")
      for (i = 1; i <= count; i++) {
        split(parts[i], word, " ")
        if (word[1] == "vlan" && word[2] == "protocol") set["proto"] = word[3]
        else if (word[1] == "spoof") set["spoofchk"] = word[3]
        else if (word[1] == "link-state") set["state"] = word[2]
        else if (word[1] ~ /^(vlan|qos|trust|max_tx_rate|min_tx_rate)$/) set[word[1]] = word[2]
      }
      sub("Mbps", "", set["max_tx_rate"]); sub("Mbps", "", set["min_tx_rate"])
    }
    END {
      keys = split("mac vlan qos proto spoofchk trust state max_tx_rate min_tx_rate", key, " ")
      for (i = 1; i <= keys; i++) printf "%s%s=%s", (i > 1 ? " " : ""), key[i], set[key[i]]
      print ""
    }'
}

# altnames_of INTERFACE: its further names, by commas.
altnames_of() { ip link show dev "$1" 2> /dev/null | awk '$1 == "altname" { printf "%s%s", separator, $2; separator = "," }'; }

# vf_in_short PF NUMBER: what has it on the server, and how.
vf_in_short() (
  path=$(vf_path "$1" "$2")
  interface=$(interface_of "$path")
  address='' mtu='' up=''
  if [ -n "$interface" ]; then
    address=$(line_of "$path/net/$interface/address") mtu=$(line_of "$path/net/$interface/mtu")
    up=$(($(line_of "$path/net/$interface/flags") & 1))
  fi
  echo "pci=${path##*/} driver=$(escaped "$(name_at "$path/driver")") netdev=$(escaped "$interface") address=$address mtu=$mtu up=$up"
)
# vf_fields PF NUMBER: all of a VF, as one line.
vf_fields() (
  path=$(vf_path "$1" "$2")
  interface=$(interface_of "$path")
  queue='' alias='' altnames=''
  if [ -n "$interface" ]; then
    queue=$(line_of "$path/net/$interface/tx_queue_len") || :
    alias=$(line_of "$path/net/$interface/ifalias") || :
    altnames=$(altnames_of "$interface")
  fi
  echo "vf=$2 $(vf_in_short "$1" "$2") override=$(escaped "$(override_of "$path")") queue=$queue alias=$(escaped "$alias") altnames=$(escaped "$altnames") $(vf_settings "$1" "$2")"
)

# set_vf PF NUMBER FIELDS: gives the VF the settings of FIELDS; those that are empty there stay as they are, and what the driver does
# not speak of is what it is by itself. Each that cannot be set is a line of the answer, and the status is 1.
set_vf() (
  pf=$1 number=$2 status=0
  read_fields "$(vf_settings "$pf" "$number")"
  mac_was=$mac vlan_was="$vlan $qos $proto" spoofchk_was=$spoofchk trust_was=$trust state_was=$state rates_were="$max_tx_rate $min_tx_rate"
  mac='' vlan='' qos=0 proto=802.1Q spoofchk='' trust='' state='' max_tx_rate='' min_tx_rate=0
  read_fields "$3"
  # change WAS WANTED BY-ITSELF ARGUMENTS…
  change() {
    now=$1 wish=$2 default=$3; shift 3
    if [ -z "$wish" ] || [ "$now" = "$wish" ] || { [ -z "$now" ] && [ "$wish" = "$default" ]; }; then return; fi
    try 10 ip link set dev "$pf" vf "$number" "$@" || { status=1; echo "$* could not be set on VF $number of $pf: $answer"; }
  }
  change "$mac_was" "$mac" 00:00:00:00:00:00 mac "$mac"
  case $proto in
    802.1Q) change "$vlan_was" "${vlan:+$vlan $qos $proto}" '' vlan "$vlan" qos "$qos" ;;
    *) change "$vlan_was" "${vlan:+$vlan $qos $proto}" '' vlan "$vlan" qos "$qos" proto "$proto" ;;
  esac
  change "$spoofchk_was" "$spoofchk" on spoofchk "$spoofchk"
  change "$trust_was" "$trust" off trust "$trust"
  change "$state_was" "$state" auto state "$state"
  change "$rates_were" "${max_tx_rate:+$max_tx_rate $min_tx_rate}" '0 0' max_tx_rate "$max_tx_rate" min_tx_rate "$min_tx_rate"
  return $status
)

# override_of PATH: the driver that alone may have the VF; empty where any may.
override_of() { override=$(line_of "$1/driver_override") || :; if [ "$override" != '(null)' ]; then printf %s "$override"; fi; }

# The answer of these is empty, or why it could not be done.
override_driver() {
  if [ "$(override_of "$1")" != "$2" ] && ! try 10 write_to "$1/driver_override" "$2"; then echo "driver_override of ${1##*/} could not be set to '$2': $answer"; fi
}
unbind_vf() {
  if [ -e "$1/driver" ] && ! try 10 write_to "$1/driver/unbind" "${1##*/}"; then echo "${1##*/} could not be taken from its driver: $answer"; fi
}
# bind_vf PATH DRIVER: gives the VF to that driver. Where its PF does not probe drivers for its VFs (sriov_drivers_autoprobe), a VF gets
# one by its driver_override alone.
bind_vf() (
  if [ "$(name_at "$1/driver")" != "$2" ]; then
    unbind_vf "$1"
    [ -n "$2" ] || return 0
    [ -e "$SYS/bus/pci/drivers/$2" ] || modprobe -q "$2" || :
    override_driver "$1" "$2"
    answer=
    try 10 write_to "$SYS/bus/pci/drivers_probe" "${1##*/}" || :
  fi
  # Also where the VF has its driver already: whoever was ended by force since has left this behind.
  override_driver "$1" ''
  [ "$(name_at "$1/driver")" = "$2" ] || echo "${1##*/} could not be given to the driver $2: $answer"
)
# bind_network_driver PATH: to the driver that the kernel has for it, unless that is blacklisted, whatever else would claim it.
bind_network_driver() (
  for module in $(modprobe -b -R "$(line_of "$1/modalias")" 2> /dev/null); do
    problem=$(bind_vf "$1" "$module")
    [ -n "$problem" ] || return 0
  done
  # A driver that is part of the kernel has no module.
  problem="${problem:-} $(try 10 write_to "$SYS/bus/pci/drivers_probe" "${1##*/}" || echo "$answer")"
  [ -e "$1/driver" ] || echo "no driver on the server took it:$problem"
)
rename_once() { ip link set dev "$1" down && ip link set dev "$1" name "$2"; }
# rename INTERFACE NAME: an interface has to be down for it, and whoever manages interfaces may hold it or set it up again.
rename() {
  [ "$1" != "$2" ] || return 0
  if [ "$(line_of "$SYS/class/net/$1/ifindex")" = "$(ip -o link show dev "$2" 2> /dev/null | cut -d : -f 1)" ]; then
    ip link property del dev "$1" altname "$2" || :
  fi
  if ! try 10 rename_once "$1" "$2"; then echo "$1 could not be renamed to $2: $answer"; fi
}

# restore_vf PF LINE PASS: makes a VF what vf_fields wrote down of it. Interfaces may have changed names with each other, so all have
# done a pass before one does the next: settings and driver; a name that is nobody's; name, address and the rest. What cannot be
# put back is said.
restore_vf() (
  pf=$1 pass=$3
  queue='' alias='' altnames='' # an earlier version did not write them down
  read_fields "$2"
  path=$(vf_path "$pf" "$vf") number=$vf
  [ -d "$path" ] || { [ "$pass" -gt 1 ] || say "VF $number of $pf is not there, and could not be put back"; return 0; }
  tell() { while read -r line; do say "$line; it was: $driver $netdev $address"; done; }
  interface=$(interface_of "$path")
  case $pass in
    1)
      # A MAC that is set under a VF's driver is not seen by it.
      now=$(read_fields "$(vf_settings "$pf" "$number")"; echo "$mac")
      if [ "$now" != "$mac" ] || [ "$(name_at "$path/driver")" != "$driver" ]; then unbind_vf "$path" | tell; fi
      set_vf "$pf" "$number" "$2" | tell
      bind_vf "$path" "$driver" | tell
      override_driver "$path" "$override" | tell
      ;;
    2) if [ -n "$interface" ] && [ -n "$netdev" ] && [ "$interface" != "$netdev" ]; then rename "$interface" "rttx$number" | tell; fi ;;
    3)
      [ -n "$netdev" ] || return 0
      [ -n "$interface" ] || { say "VF $number of $pf has no interface, and had $netdev ($address)"; return 0; }
      rename "$interface" "$netdev" | tell
      now=$SYS/class/net/$netdev
      [ -e "$now" ] || return 0
      if [ "$(line_of "$now/address")" != "$address" ] && ! try 10 ip link set dev "$netdev" address "$address"; then say "$netdev could not get its address $address again: $answer"; fi
      if [ "$(line_of "$now/mtu")" != "$mtu" ] && ! try 10 ip link set dev "$netdev" mtu "$mtu"; then say "$netdev could not get its MTU $mtu again: $answer"; fi
      if [ -n "$queue" ] && [ "$(line_of "$now/tx_queue_len" || :)" != "$queue" ] && ! try 10 ip link set dev "$netdev" txqueuelen "$queue"; then say "$netdev could not get its queue of $queue packets again: $answer"; fi
      if [ -n "$alias" ] && [ "$(line_of "$now/ifalias" || :)" != "$alias" ] && ! try 10 ip link set dev "$netdev" alias "$alias"; then say "$netdev could not get its alias $alias again: $answer"; fi
      there=,$(altnames_of "$netdev"),
      for altname in $(echo "$altnames" | tr , ' '); do
        case $there in *",$altname,"*) continue ;; esac
        try 10 ip link property add dev "$netdev" altname "$altname" || say "$netdev could not be called $altname as well again: $answer"
      done
      if [ "$(($(line_of "$now/flags") & 1))" != "$up" ]; then
        if [ "$up" = 1 ]; then state=up; else state=down; fi
        try 10 ip link set dev "$netdev" "$state" || say "$netdev could not be set $state again: $answer"
      fi
      ;;
  esac
)
