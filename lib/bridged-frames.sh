# shellcheck shell=sh
# What a server's packet filter does to the frames that a bridge forwards: a line of key=value words for each base chain that may
# see them (bridged-frames.ts reads it). Nothing is changed, nor is a module loaded: tables are read only where they are there.

# by_chain BRIDGE: from nft's base chains "FAMILY TABLE CHAIN HOOK POLICY" on stdin to a line each, with what its own rules do.
by_chain() {
  while read -r family table chain hook policy; do
    nft list chain "$family" "$table" "$chain" 2> /dev/null | awk -v bridge="$1" \
      -v head="kind=chain source=nft family=$family table=$table name=$chain hook=$hook policy=$policy" '
      !/^\t\t/ || /^\t\ttype / { next }
      { rules++ }
      /^\t\t(counter (packets [0-9]+ bytes [0-9]+ )?)?(drop|reject.*)$/ { drops = 1 }
      /accept$/ && (index($0, "\"" bridge "\"") || /physdev/) { passes = 1 }
      END { print head " rules=" rules + 0 " drops=" drops + 0 " passes=" passes + 0 }'
  done
}
nft_chains() {
  nft list chains 2> /dev/null | awk '
    $1 == "table" { family = $2; table = $3 }
    $1 == "chain" { chain = $2 }
    $1 == "type" && $3 == "hook" && $4 ~ /^(prerouting|forward|postrouting)$/ && family ~ /^(ip|inet|bridge)$/ {
      print family, table, chain, $4, (/policy drop/ ? "drop" : "accept")
    }'
}
# saved SOURCE FAMILY BRIDGE: the same of what iptables-save or ebtables-save prints, of its table filter.
saved() {
  awk -v head="kind=chain source=$1 family=$2 table=filter name=FORWARD hook=forward" -v bridge="$3" '
    $1 == ":FORWARD" { there = 1; policy = tolower($2) }
    $1 != "-A" || $2 != "FORWARD" { next }
    { rules++ }
    $3 == "-j" && $4 ~ /^(DROP|REJECT)$/ { drops = 1 }
    / -j ACCEPT/ && (index($0, " " bridge " ") || /physdev/) { passes = 1 }
    END { if (there) print head " policy=" policy " rules=" rules + 0 " drops=" drops + 0 " passes=" passes + 0 }'
}
first_of() { for command; do if command -v "$command" > /dev/null; then echo "$command"; return; fi; done; }
has_nf_tables() {
  grep -qs '^nf_tables ' /proc/modules || [ ! -e /proc/modules ] || grep -qs '/nf_tables\.ko' "/lib/modules/$(uname -r)/modules.builtin"
}
# bridged_frames BRIDGE: whether frames of BRIDGE go through IPv4's rules (br_netfilter), and the base chains.
bridged_frames() {
  calls=$(cat /proc/sys/net/bridge/bridge-nf-call-iptables "/sys/class/net/$1/bridge/nf_call_iptables" 2> /dev/null | sort -rn | head -n 1)
  echo "kind=calls ip=${calls:-0}"
  if has_nf_tables; then
    if ! command -v nft > /dev/null; then echo "kind=unread what=nft"
    elif ! nft list tables > /dev/null 2>&1; then echo "kind=unread what=nftables"
    else nft_chains | by_chain "$1"; fi
  fi
  if grep -qsx filter /proc/net/ip_tables_names; then
    save=$(first_of iptables-legacy-save iptables-save)
    if [ -z "$save" ]; then echo "kind=unread what=iptables"; else "$save" -t filter 2> /dev/null | saved iptables ip "$1"; fi
  fi
  if [ -d /sys/module/ebtable_filter ]; then
    save=$(first_of ebtables-legacy-save ebtables-save)
    if [ -z "$save" ]; then echo "kind=unread what=ebtables"; else "$save" 2> /dev/null | saved ebtables bridge "$1"; fi
  fi
}
