# What every layer on a server shares. A layer that is really there has a mark: a file with the token of the deployment
# that made it. /run is emptied by a reboot, and so are VFs, bridges and domains: mark and thing vanish together.
# shellcheck shell=sh
. ./roots.sh
set -eu
export LIBVIRT_DEFAULT_URI=qemu:///system
fail() { echo "$(hostname): $*" >&2; exit 1; }
# What could not be put back is said, and the rest goes on.
say() { echo "$(hostname): $*" >&2; }
# mark LAYER [PROOF]: PROOF is what the thing itself says, and no other thing of its name (proof.sh).
mark() { mkdir -p "$RUN"; printf '%s\n' "$TOKEN" "${2:-}" > "$RUN/$1.tmp" && mv "$RUN/$1.tmp" "$RUN/$1"; }
# unmark LAYER…
unmark() { (cd "$RUN" 2> /dev/null || exit 0; rm -f "$@"); }
token_of() { line_of "$RUN/$1" || :; }
# held_by: the stack that has this server.
held_by() { line_of "$RUN/lease/owner" || echo nobody; }
# leave_to_tenant: ends a removal when another stack than OWNER has the server by now: what is there is its own.
leave_to_tenant() {
  case $(held_by) in
    nobody | "$OWNER") ;;
    *) say "$(held_by) has this server by now, and not $OWNER: nothing was removed"; exit 0 ;;
  esac
}
# require_lease: ends what would make or change anything, unless OWNER has the server. A stack whose lease was released or went with a
# reboot would change what is another's by now; and what it makes on nobody's server, the next tenant puts back under it.
require_lease() {
  [ "$(held_by)" = "$OWNER" ] ||
    fail "$OWNER does not have this server any more ($(held_by) has it), so nothing was changed; run the same again: it takes the server, or says who has it"
}
# write_to FILE VALUE: as the kernel takes it; what it answers is an error's text.
write_to() { printf '%s\n' "$2" | tee "$1" > /dev/null; }
# try SECONDS COMMAND…: again, so long from the first time on, while the kernel says that it is busy, as a driver does that has not ended
# the last change. `$answer` is what was said last.
try() {
  patience=$1 until_second=; shift
  until answer=$("$@" 2>&1); do
    case $answer in *busy* | *temporarily* | *again* | *reset*) ;; *) return 1 ;; esac
    now_second=$(date +%s) && : "${until_second:=$((now_second + patience))}"
    [ "$now_second" -lt "$until_second" ] || return 1
    sleep 0.2
  done
}
# wait_for SECONDS WHAT COMMAND…: polls ten times a second.
wait_for() {
  tries=$(($1 * 10)); what=$2; shift 2
  until "$@"; do
    tries=$((tries - 1)); [ "$tries" -gt 0 ] || fail "gave up waiting for $what"
    sleep 0.1
  done
}
# A command on a server outlives an update that is killed: the next one waits for it here.
alone() {
  [ -d "$LOCK" ] || mkdir -m 700 "$LOCK" 2> /dev/null || :
  exec 9< "$LOCK"
  flock -w 600 9 || fail "another command of this testbed has not ended within 600 s (fuser $LOCK tells which)"
}
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
