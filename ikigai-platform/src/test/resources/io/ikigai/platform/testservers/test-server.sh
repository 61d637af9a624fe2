#!/usr/bin/env bash
# One real server for one test JVM, where no Docker engine is; nothing is installed on the host.
#
#   test-server.sh SERVER packages     Debian's own packages, unpacked into a folder and run in a chroot
#   test-server.sh SERVER machine      the programs that the machine has
#
# It speaks lines. Once clients may connect it writes "ready PORT PASSWORD VERSION". Then it reads "stop fast", "stop immediate"
# and "start", and answers each with "done". "failed" means that it gave up; "unavailable REASON" that this way is not to be had
# here. All other lines are diagnostics. It runs until its standard input ends, which it does however the JVM ends, kill -9
# included; then it stops the server and removes the data.
#
# A further server is one entry in PACKAGES, one find_ function for the machine's programs, and the three functions
# create_, start_ and stop_.
set -euo pipefail

SERVER=$1 WAY=$2
SUITE=trixie # pgvector is packaged from this release on
declare -A PACKAGES=(
  # The server, the shell it calls, the locale C.UTF-8, and the links such as /bin that all else rests on
  [postgres]="base-files dash libc-bin postgresql-17 postgresql-17-pgvector"
  [redis]="base-files dash libc-bin redis-server"
)
LEFT_OUT='^(libllvm|libz3)' # serve PostgreSQL's just-in-time compiler only, which is off: a quarter of the bytes
CHROOT_USER=21347           # user and group inside the chroot; nobody on the host has it

fail() { echo "$*"; echo failed; exit 1; }
checksum() { cksum <<<"$1" | cut -d ' ' -f 1; }
unavailable() { echo "unavailable $*"; exit 1; }

# A session of our own: a signal to the whole process group of the build must not take the supervisor before the server.
if [ -z "${IKIGAI_TEST_SERVER_SESSION-}" ]; then
  for program in flock setsid unshare chroot setpriv; do
    command -v "$program" >/dev/null || unavailable "there is no $program on the PATH (packages util-linux and coreutils)"
  done
  IKIGAI_TEST_SERVER_SESSION=1 exec setsid bash "$0" "$@"
fi
trap '' HUP INT PIPE
trap 'exit 143' TERM

# ---- folders: the unpacked programs, one template of a new server per version, one instance per JVM and server ------------

if [ "$(id -u)" = 0 ]; then
  CACHE=/var/cache/ikigai-platform-servers # not below /root, which the server's user may not enter
else
  CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/ikigai-platform-servers
fi
PROGRAMS='' # where the packages are unpacked
INSTANCES=$CACHE/instances
INSTANCE='' # this server's folder, named after its port: whoever makes the folder has the port, also while the server is stopped

claim_instance() {
  # Below the ports that the kernel hands out to clients: a client that retries while the server is stopped could be given
  # the server's own port, and be connected to itself.
  local port
  while :; do
    port=$((20000 + RANDOM % 10000))
    if ! (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null && mkdir "$INSTANCES/$port" 2>/dev/null; then break; fi
  done
  INSTANCE=$INSTANCES/$port PORT=$port
  exec 8>"$INSTANCE/lock"
  flock 8
  trap remove_instance EXIT
  if [ "$(id -u)" = 0 ]; then chown "$RUN_AS" "$INSTANCE"; fi
}

remove_instance() {
  ("stop_$SERVER" immediate) >/dev/null 2>&1 || true
  rm -rf "$INSTANCE"
}

sweep() { # what a supervisor left behind that was itself killed: its lock is free
  local instance pid
  for instance in "$INSTANCES"/*/; do
    [ -d "$instance" ] || continue
    (exec 7>"$instance/lock" && flock -n 7) || continue
    for pid in $(head -q -n 1 "$instance"/data/*.pid 2>/dev/null); do
      # The process that has this number now may be another one
      if [ "/proc/$pid/cwd" -ef "$instance/data" ]; then kill -QUIT "$pid"; fi
    done
    rm -rf "$instance" || true # the server may still be writing: the next sweep has the rest
  done
}

# ---- packages: resolved against an empty list of installed packages, so the host's own release plays no part --------------

unpack() { # into a folder whose name changes with the list and with this function
  PROGRAMS=$CACHE/$SERVER-$SUITE-$(checksum "${PACKAGES[$SERVER]} $LEFT_OUT $(declare -f unpack)")
  [ -e "$PROGRAMS" ] && return
  local apt=$PROGRAMS.apt new=$PROGRAMS.new keyring=/usr/share/keyrings/debian-archive-keyring.gpg mirror names
  # Before the first "apt-get update" no label is known, and the address has to do
  mirror=$({
    apt-get indextargets --format '$(LABEL) $(REPO_URI)' 'Created-By: Packages' | sed -n 's/^Debian //p'
    apt-get --print-uris update | sed -nE "s#^'(.*/debian/)dists/.*#\1#p"
  } | sed -n 1p)
  [ -n "$mirror" ] || unavailable "apt is not set up for a Debian mirror"
  [ -e "$keyring" ] || unavailable "there is no $keyring (package debian-archive-keyring)"
  echo "unpacking packages of Debian $SUITE into $PROGRAMS"
  rm -rf "$apt" "$new"
  mkdir -p "$new" "$apt"/{lists,archives}/partial
  echo "deb [signed-by=$keyring] $mirror $SUITE main" >"$apt/sources.list"
  : >"$apt/status"
  local get=(apt-get -qq -o Dir::Etc::SourceList="$apt/sources.list" -o Dir::Etc::SourceParts=/dev/null
    -o Dir::Etc::Preferences=/dev/null -o Dir::Etc::PreferencesParts=/dev/null
    -o Dir::State="$apt" -o Dir::State::Lists="$apt/lists" -o Dir::State::status="$apt/status"
    -o Dir::Cache="$apt" -o Dir::Cache::Archives="$apt/archives" -o APT::Install-Recommends=false
    -o APT::Sandbox::User=root -o Acquire::Languages=none -o Acquire::Retries=3 -o Acquire::http::Timeout=30
    -o APT::Update::Error-Mode=any)
  "${get[@]}" update 2>&1 || unavailable "apt-get update failed"
  # shellcheck disable=SC2086 # a list of names
  names=$("${get[@]}" --simulate install ${PACKAGES[$SERVER]} | awk -v out="$LEFT_OUT" '$1 == "Inst" && $2 !~ out { print $2 }') ||
    unavailable "apt-get finds no ${PACKAGES[$SERVER]}"
  # shellcheck disable=SC2086
  (cd "$apt/archives" && "${get[@]}" download $names 2>&1) || unavailable "the packages could not be downloaded"
  dpkg-deb --extract "$apt"/archives/base-files_*.deb "$new" # first, or another package's /lib stands where a link must be
  find "$apt/archives" -name '*.deb' ! -name 'base-files_*' -print0 | xargs -0 -n 1 -P 4 sh -c 'dpkg-deb --extract "$1" "$0"' "$new" ||
    fail "the packages could not be unpacked"
  mkdir -p "$new"/{dev,proc,srv}
  echo "test:x:$CHROOT_USER:$CHROOT_USER::/srv:/bin/sh" >"$new/etc/passwd"
  echo "test:x:$CHROOT_USER:" >"$new/etc/group"
  rm -rf "$apt"
  mv "$new" "$PROGRAMS"
}

# ---- run a program as the server's user, with the instance's folder as $HERE ----------------------------------------------

as_server() {
  local clean=(env -i HOME="$HERE" PATH=/usr/bin:/usr/sbin:/bin:/sbin LANG=C.UTF-8 TZ=UTC)
  if [ "$WAY" = packages ]; then
    # The mounts are seen by this program and its children only, and end with the last of them
    unshare --mount --propagation private sh -ec '
      mount --rbind /dev "$1/dev"; mount --rbind /proc "$1/proc"; mount --bind "$2" "$1/srv"
      shift 2; exec "$@"
    ' - "$PROGRAMS" "$INSTANCE" "${clean[@]}" chroot --userspec="$RUN_AS:$RUN_AS" "$PROGRAMS" "$@" 8>&- 9>&-
  elif [ "$(id -u)" = 0 ]; then
    (cd "$INSTANCE" && exec setpriv --reuid="$RUN_AS" --regid="$(id -g "$RUN_AS")" --clear-groups "${clean[@]}" "$@" 8>&- 9>&-)
  else
    (cd "$INSTANCE" && exec "${clean[@]}" "$@" 8>&- 9>&-)
  fi
}

# ---- PostgreSQL -----------------------------------------------------------------------------------------------------------

find_postgres() { # the newest first; others that matter are on the PATH
  local on_path bin
  on_path=$(command -v pg_ctl) && on_path=$(dirname "$(realpath "$on_path")")
  for bin in $(printf '%s\n' /usr/lib/postgresql/*/bin /usr/pgsql-*/bin | sort -r -V) $on_path; do
    if [ -x "$bin/initdb" ] && [ "$("$bin/postgres" --version | sed -E 's/[^0-9]*([0-9]+).*/\1/')" -ge 14 ]; then
      echo "$bin"
      return
    fi
  done
  unavailable "there is no PostgreSQL 14 or later in /usr/lib/postgresql or on the PATH"
}

create_postgres() {
  local template
  BIN=/usr/lib/postgresql/17/bin
  if [ "$WAY" = machine ]; then BIN=$(find_postgres) || { echo "$BIN"; exit 1; }; fi
  VERSION=$(as_server "$BIN/postgres" --version)
  template=$CACHE/template-$WAY-$(checksum "$VERSION $BIN $(declare -f create_postgres)")
  if [ ! -e "$template" ]; then
    (umask 077 && od -An -N 16 -t x1 /dev/urandom | tr -d ' \n' >"$INSTANCE/password")
    if [ "$(id -u)" = 0 ]; then chown "$RUN_AS" "$INSTANCE/password"; fi
    as_server "$BIN/initdb" -D "$HERE/data" -U postgres --pwfile="$HERE/password" --auth=scram-sha-256 --encoding=UTF8 \
      --locale=C.UTF-8 --no-sync >"$INSTANCE/initdb.log" 2>&1 || { cat "$INSTANCE/initdb.log"; fail "initdb failed"; }
    rm -rf "$template.new" && (umask 077 && mkdir "$template.new")
    mv "$INSTANCE/data" "$INSTANCE/password" "$template.new" && mv "$template.new" "$template"
  fi
  cp -a --reflink=auto "$template/data" "$INSTANCE/data"
  PASSWORD=$(cat "$template/password")
  cat >>"$INSTANCE/data/postgresql.conf" <<-CONF
	listen_addresses = '127.0.0.1'
	port = $PORT
	unix_socket_directories = ''
	max_connections = 300
	jit = off
	timezone = 'UTC'
	CONF
}

start_postgres() {
  as_server "$BIN/pg_ctl" start --silent --wait -t 60 -D "$HERE/data" -l "$HERE/server.log" ||
    { tail -n 20 "$INSTANCE/server.log"; return 1; }
}

stop_postgres() { # stop_postgres fast|immediate
  as_server "$BIN/pg_ctl" stop --silent --wait -t 60 -D "$HERE/data" -m "$1"
}

# ---- Redis ----------------------------------------------------------------------------------------------------------------

create_redis() {
  BIN=/usr/bin/redis-server
  if [ "$WAY" = machine ]; then BIN=$(command -v redis-server) || unavailable "there is no redis-server on the PATH"; fi
  VERSION=$(as_server "$BIN" --version)
  PASSWORD=$(od -An -N 16 -t x1 /dev/urandom | tr -d ' \n')
  mkdir "$INSTANCE/data"
  (umask 077 && cat >"$INSTANCE/redis.conf") <<-CONF
	bind 127.0.0.1
	port $PORT
	requirepass $PASSWORD
	dir $HERE/data
	pidfile $HERE/data/redis.pid
	logfile $HERE/data/redis.log
	daemonize yes
	appendonly yes
	appendfsync everysec
	CONF
  if [ "$(id -u)" = 0 ]; then chown "$RUN_AS" "$INSTANCE/data" "$INSTANCE/redis.conf"; fi
}

redis_answers() {
  local answer
  exec 5<>"/dev/tcp/127.0.0.1/$PORT" || return 1
  printf 'AUTH %s\r\nPING\r\n' "$PASSWORD" >&5
  read -r answer <&5 && read -r answer <&5 || true
  exec 5>&-
  [ "${answer:0:5}" = +PONG ]
}

start_redis() {
  local tries
  as_server "$BIN" "$HERE/redis.conf" || return 1
  for ((tries = 0; tries < 600; tries++)); do
    if (redis_answers) 2>/dev/null; then return; fi
    sleep 0.1
  done
  tail -n 20 "$INSTANCE/data/redis.log"
  return 1
}

stop_redis() { # stop_redis fast|immediate
  local pid signal=TERM
  if [ "$1" = immediate ]; then signal=KILL; fi
  pid=$(cat "$INSTANCE/data/redis.pid") || return 1
  kill "-$signal" "$pid" || return 1
  while kill -0 "$pid" 2>/dev/null; do sleep 0.05; done
}

# ---- all servers ----------------------------------------------------------------------------------------------------------

RUN_AS=$(id -u)
case $WAY in
  packages)
    [ "$(id -u)" = 0 ] || unavailable "it needs root"
    command -v apt-get >/dev/null || unavailable "there is no apt-get"
    unshare --mount true 2>/dev/null || unavailable "root may not mount here (in a container: add the capability SYS_ADMIN)"
    RUN_AS=$CHROOT_USER ;;
  machine)
    # initdb wants a user that has a name
    if [ "$(id -u)" = 0 ]; then RUN_AS=$(id -u "$SERVER" 2>/dev/null || id -u nobody); fi ;;
  *) fail "unknown way: $WAY" ;;
esac

mkdir -p "$INSTANCES"
exec 9>"$CACHE/lock"
flock 9
sweep
if [ "$WAY" = packages ]; then unpack; fi
claim_instance
if [ "$WAY" = packages ]; then HERE=/srv; else HERE=$INSTANCE; fi
"create_$SERVER"
exec 9>&-

"start_$SERVER" || fail "$SERVER did not start"
echo "ready $PORT $PASSWORD $VERSION"
while read -r command argument; do
  case $command in
    start) "start_$SERVER" ;;
    stop) "stop_$SERVER" "$argument" ;;
    *) fail "unknown command: $command" ;;
  esac || fail "$command failed"
  echo "done"
done
