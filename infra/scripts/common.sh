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
# A command on a server outlives an update that is killed: the next one waits for it here.
alone() { mkdir -p "$RUN"; exec 9> "$RUN/lock"; flock -w 600 9 || fail "another command of this testbed has not ended within 600 s (fuser $RUN/lock tells which)"; }
# Lines of key=value words are what goes between scripts and program (lib/key-value.ts): in a value every byte but
# A-Za-z0-9_.,:/@+- is written %XX. `escaped TEXT` is a value for such a word.
escaped() {
  case $1 in
    *[!A-Za-z0-9_.,:/@+-]*) printf %s "$1" | od -An -v -tx1 | tr -d '\n' | sed 's/ \(..\)/%\1/g' ;;
    *) printf %s "$1" ;;
  esac
}
unescaped() {
  rest=$1
  while :; do
    case $rest in *%??*) ;; *) break ;; esac
    printf %s "${rest%%\%*}"; rest=${rest#*%}
    # shellcheck disable=SC2059 # the format is the byte itself, as an octal escape
    printf "\\$(printf %03o "0x${rest%"${rest#??}"}")"; rest=${rest#??}
  done
  printf %s "$rest"
}
# read_fields LINE: sets a variable for each of its words; what a key is called is decided by who writes the line.
read_fields() {
  for word in $1; do
    key=${word%%=*}
    case $key in '' | "$word" | [!a-z]* | *[!a-z0-9_]*) fail "$word is not key=value, in the line $1" ;; esac
    case $word in
      *%*) eval "$key=\$(unescaped \"\${word#*=}\")" ;;
      *) eval "$key=\${word#*=}" ;;
    esac
  done
}
