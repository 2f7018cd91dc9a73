# shellcheck shell=sh disable=SC2154
# What is bound to a port by its name and is no interface: sockets, XDP programs, tc's filters, permanent neighbours, routing rules.
# Findings as in in-use.sh, which includes this.

# Of all interfaces, looked for once: "INTERFACE KIND REST-OF-SENTENCE"; "? WHAT-AND-WHY" for what cannot be seen.
look_for_bound() {
  [ -z "${BOUND+set}" ] || return 0
  BOUND=$(
    if see ss -tuwanpH; then [ -z "$seen" ] || printf '%s\n' "$seen" | bound_sockets; else echo "? a program speaks on it cannot be seen: $unseen"; fi
    if see ss --xdp -H; then [ -z "$seen" ] || printf '%s\n' "$seen" | xdp_sockets; else echo "? a program speaks on it by AF_XDP cannot be seen: $unseen"; fi
    if see ip -o link show; then [ -z "$seen" ] || printf '%s\n' "$seen" | awk '/ mtu [0-9]+ xdp/ { split($2, name, /@|:/); print name[1], "program has an XDP program" }'
    else echo "? it has an XDP program cannot be seen: $unseen"; fi
    if see tc qdisc show; then [ -z "$seen" ] || printf '%s\n' "$seen" | awk '$2 ~ /^(clsact|ingress)$/ && $4 == "dev" { print $5, "program has filters of tc (" $2 ")" }'
    else echo "? it has filters of tc cannot be seen: $unseen"; fi
    if see ip neigh show nud permanent; then [ -z "$seen" ] || printf '%s\n' "$seen" | awk '$2 == "dev" { print $3, "neighbour has the permanent neighbour", $1 }'
    else echo "? it has a permanent neighbour cannot be seen: $unseen"; fi
    for family in -4 -6; do
      if [ $family = -6 ] && [ ! -e "$PROC/net/if_inet6" ]; then continue; fi
      if see ip $family rule show; then
        [ -z "$seen" ] || printf '%s\n' "$seen" | awk '{ $1 = $1; for (i = 2; i < NF; i++) if ($i == "iif" || $i == "oif") print $(i + 1), "rule is named in the routing rule", $0 }'
      else
        case $unseen in *'not supported'*) ;; *) echo "? a routing rule names it cannot be seen: $unseen" ;; esac # a kernel that has none
      fi
    done
  )
}
# bound_sockets: of `ss -tuwanp`, what is bound to an interface. A socket that only waits on a link-local address counts where its port
# is waited on nowhere else: a server that takes every address of the server (ntpd, named) has taken this one with the rest.
bound_sockets() {
  awk '
    $2 == "TIME-WAIT" || NF < 6 { next }
    {
      local = $5; port = local; sub(/.*:/, "", port); interface = ""
      if (match(local, /%[^:%]*:[^:]*$/)) { interface = substr(local, RSTART + 1); sub(/:[^:]*$/, "", interface) }
      place = $1 " " port
      if (!((place, interface) in known)) { known[place, interface] = 1; interfaces[place]++ }
      if (interface == "" || interface == "lo") next
      who = "a program that is not seen"
      if (match($0, /users:\(\("[^"]*",pid=[0-9]+/)) { split(substr($0, RSTART, RLENGTH), part, /"|=/); who = "the process " part[2] " (" part[4] ")" }
      count++
      sentence[count] = interface " socket is spoken on by " who ": " $1 " " local
      waits[count] = ($2 == "LISTEN" || $2 == "UNCONN") && tolower(local) ~ /^\[?fe[89ab]/ ? place : ""
    }
    END { for (i = 1; i <= count; i++) if (waits[i] == "" || interfaces[waits[i]] == 1) print sentence[i] }' | sort -u
}
# xdp_sockets: of `ss --xdp`, which calls a place INTERFACE:qQUEUE.
xdp_sockets() {
  awk '{ for (i = 1; i <= NF; i++) if ($i ~ /:q[0-9]+$/) { sub(/:q[0-9]+$/, "", $i); print $i, "socket is spoken on by a program, by AF_XDP" } }' | sort -u
}
# bound_uses INTERFACE WHAT
bound_uses() {
  [ -n "$BOUND" ] || return 0
  printf '%s\n' "$BOUND" | awk -v interface="$1" -v what="$2" '
    $1 == "?" { sub(/^\? /, ""); print "unknown of", what, "whether", $0 }
    $1 == interface { kind = $2; sub(/^[^ ]+ [^ ]+ /, ""); print kind, what, $0 }'
}
