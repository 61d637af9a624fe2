#!/usr/bin/env bash
# One real server for one test JVM, where no Docker engine is; nothing is installed on the host.
#
#   test-server.sh SERVER packages [SIZE]   Debian's own packages, unpacked into a folder and run in a chroot
#   test-server.sh SERVER machine [SIZE]    the programs that the machine has
#
# With SIZE, as in "256m", it has a small disk of its own, in memory.
#
# It speaks lines. Once clients may connect it writes "ready PORT PASSWORD VERSION". Then it reads "stop fast", "stop immediate",
# "stop killed" (the main process alone), "start", "freeze", "thaw" (all its processes), "fill" and "clear" (the small disk; a
# server that ended because of it is started), and answers each with "done". "failed" means that it gave up; "unavailable REASON" that this way is not to be had
# here. All other lines are diagnostics. It runs until its standard input ends, which it does however the JVM ends, kill -9
# included; then it stops the server and removes the data.
#
# A further server is one entry in PACKAGES, one find_ function for the machine's programs, and the three functions
# create_, start_ and stop_.
set -euo pipefail

SERVER=$1 WAY=$2 DISK=${3-}
SUITE=trixie # pgvector is packaged from this release on
declare -A PACKAGES=(
  # The server, the shell it calls, the locale C.UTF-8, and the links such as /bin that all else rests on
  [postgres]="base-files dash libc-bin postgresql-17 postgresql-17-pgvector"
  [timescaledb]="base-files dash libc-bin postgresql-17 postgresql-17-timescaledb"
  [influxdb]="base-files dash libc-bin influxdb"
  [redis]="base-files dash libc-bin redis-server"
  [nats]="base-files dash libc-bin nats-server"
  [natscluster]="base-files dash libc-bin nats-server"
  [redis_cluster]="base-files dash libc-bin redis-server"
  [chromium]="base-files dash libc-bin chromium fonts-dejavu-core"
  [rabbitmq]="base-files dash libc-bin coreutils sed grep rabbitmq-server"
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
  if [ -n "$DISK" ]; then # before the lock, which must be on it
    mount -t tmpfs -o "size=$DISK,mode=755" small-disk "$INSTANCE" || { rmdir "$INSTANCE"; unavailable "a small disk needs root"; }
  fi
  exec 8>"$INSTANCE/lock"
  flock 8
  trap remove_instance EXIT
  if [ "$(id -u)" = 0 ]; then chown "$RUN_AS" "$INSTANCE"; fi
}

remove_instance() {
  signal_all CONT
  ("stop_$SERVER" immediate) >/dev/null 2>&1 || true
  if mountpoint -q "$INSTANCE"; then umount -l "$INSTANCE"; fi
  rm -rf "$INSTANCE"
}

processes() { # of this server, children included: all work in the folder of the data
  local process
  for process in /proc/[0-9]*; do
    if [ "$process/cwd" -ef "$INSTANCE/data" ]; then echo "${process#/proc/}"; fi
  done
}

signal_all() {
  local pids
  pids=$(processes)
  # shellcheck disable=SC2086 # a list of numbers; one may have ended
  [ -z "$pids" ] || kill "-$1" $pids 2>/dev/null || true
}

fill_disk() {
  [ -n "$DISK" ] || return 1
  # RabbitMQ stops taking messages when less than 50 MB are left, but looks only every few seconds: filled at once to the
  # last byte it would crash first
  if [ "$SERVER" = rabbitmq ]; then
    fallocate -l "$(($(df --output=avail -B1 "$INSTANCE" | tail -n 1) - 20000000))" "$INSTANCE/filler"
    return
  fi
  dd if=/dev/zero of="$INSTANCE/filler" bs=64k status=none 2>/dev/null || true
  dd if=/dev/zero bs=512 status=none >>"$INSTANCE/filler" 2>/dev/null || true
}

clear_disk() {
  rm -f "$INSTANCE/filler"
  if (: <"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null; then return; fi
  ("stop_$SERVER" immediate) >/dev/null 2>&1 || true # what is left of it
  "start_$SERVER"
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
    if mountpoint -q "$instance"; then umount -l "$instance"; fi
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
    # SCRAM would take a client without the second compiler 20 ms of processor time for each of some thousand connections
    as_server "$BIN/initdb" -D "$HERE/data" -U postgres --pwfile="$HERE/password" --auth=md5 --encoding=UTF8 \
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

stop_postgres() { # stop_postgres fast|immediate|killed
  if [ "$1" = killed ]; then
    kill -KILL "$(head -n 1 "$INSTANCE/data/postmaster.pid")" || return 1
    # Its children end as soon as they see that: until then no new server may start
    while [ -n "$(processes)" ]; do sleep 0.05; done
    rm -f "$INSTANCE/data/postmaster.pid" # whose number is still taken while nothing has reaped the process
    return
  fi
  as_server "$BIN/pg_ctl" stop --silent --wait -t 60 -D "$HERE/data" -m "$1"
}

create_timescaledb() {
  create_postgres
  if [ "$WAY" = machine ] && [ ! -e "$("$BIN/pg_config" --sharedir)/extension/timescaledb.control" ]; then
    unavailable "the machine's PostgreSQL has no TimescaleDB"
  fi
  printf "shared_preload_libraries = 'timescaledb'\ntimescaledb.telemetry_level = off\n" >>"$INSTANCE/data/postgresql.conf"
}

start_timescaledb() { start_postgres; }

stop_timescaledb() { stop_postgres "$1"; }

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

# One node, which belongs to no cluster yet. Its bus is 10000 ports below: above are the ports that the kernel hands out.
create_redis_cluster() {
  create_redis
  printf 'cluster-enabled yes\ncluster-port %s\ncluster-node-timeout 5000\n' $((PORT - 10000)) >>"$INSTANCE/redis.conf"
}

start_redis_cluster() { start_redis; }

stop_redis_cluster() { stop_redis "$1"; }

# ---- InfluxDB -------------------------------------------------------------------------------------------------------------

create_influxdb() {
  BIN=/usr/bin/influxd
  if [ "$WAY" = machine ]; then BIN=$(command -v influxd) || unavailable "there is no influxd on the PATH"; fi
  VERSION=$(as_server "$BIN" version)
  [[ $VERSION == *" v1."* || $VERSION == *" 1."* ]] || unavailable "the machine's InfluxDB is no 1.x: $VERSION"
  PASSWORD=$(od -An -N 16 -t x1 /dev/urandom | tr -d ' \n')
  mkdir "$INSTANCE/data"
  (umask 077 && cat >"$INSTANCE/influxdb.conf") <<-CONF
	reporting-disabled = true
	bind-address = "127.0.0.1:$((PORT - 10000))"
	[meta]
	  dir = "$HERE/data/meta"
	[data]
	  dir = "$HERE/data/data"
	  wal-dir = "$HERE/data/wal"
	  query-log-enabled = false
	[monitor]
	  store-enabled = false
	[http]
	  bind-address = "127.0.0.1:$PORT"
	  auth-enabled = true
	  log-enabled = false
	CONF
  if [ "$(id -u)" = 0 ]; then chown "$RUN_AS" "$INSTANCE/data" "$INSTANCE/influxdb.conf"; fi
}

influxdb_has_its_user() { # the first one may be made by anybody; later this is refused, and not needed
  local body="q=CREATE+USER+ikigai+WITH+PASSWORD+'$PASSWORD'+WITH+ALL+PRIVILEGES" answer
  exec 5<>"/dev/tcp/127.0.0.1/$PORT" || return 1
  printf 'POST /query HTTP/1.0\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %s\r\n\r\n%s' \
    ${#body} "$body" >&5
  read -r answer <&5 || true
  exec 5>&-
  [[ $answer == *" 200 "* || $answer == *" 401 "* ]]
}

start_influxdb() {
  local tries
  rm -f "$INSTANCE/data/influxdb.pid"
  as_server /bin/sh -c 'cd "$1/data" && exec "$2" run -config "$1/influxdb.conf" -pidfile "$1/data/influxdb.pid"' - "$HERE" "$BIN" \
    </dev/null >"$INSTANCE/influxdb.log" 2>&1 &
  for ((tries = 0; tries < 600; tries++)); do
    if [ -s "$INSTANCE/data/influxdb.pid" ] && (influxdb_has_its_user) 2>/dev/null; then return; fi
    sleep 0.1
  done
  tail -n 20 "$INSTANCE/influxdb.log"
  return 1
}

stop_influxdb() { # stop_influxdb fast|immediate
  local pid signal=TERM
  if [ "$1" = immediate ]; then signal=KILL; fi
  pid=$(cat "$INSTANCE/data/influxdb.pid" 2>/dev/null) || return 1
  kill "-$signal" "$pid" || return 1
  while kill -0 "$pid" 2>/dev/null; do sleep 0.05; done
}

# ---- NATS: one server, or a cluster of three, each on a loopback address of its own ---------------------------------------

find_nats() {
  BIN=/usr/sbin/nats-server
  if [ "$WAY" = machine ]; then
    BIN=$(PATH=$PATH:/usr/sbin:/usr/local/sbin command -v nats-server) || unavailable "there is no nats-server on the PATH"
  fi
  VERSION=$(as_server "$BIN" --version)
  PASSWORD=$(od -An -N 16 -t x1 /dev/urandom | tr -d ' \n')
  mkdir "$INSTANCE/data"
}

configure_nats() { # configure_nats NODE [LINES]
  (umask 077 && cat >"$INSTANCE/nats$1.conf") <<-CONF
	listen: 127.0.0.$1:$PORT
	server_name: node$1
	authorization { user: ikigai, password: "$PASSWORD" }
	jetstream { store_dir: "$HERE/data/$1", max_file_store: 1GB, max_memory_store: 64MB }
	pid_file: "$HERE/data/$1.pid"
	log_file: "$HERE/data/$1.log"
	${2-}
	CONF
  if [ "$(id -u)" = 0 ]; then chown "$RUN_AS" "$INSTANCE/data" "$INSTANCE/nats$1.conf"; fi
}

start_node() {
  local tries
  rm -f "$INSTANCE/data/$1.pid"
  # From the folder of the data, by which a sweep knows it
  as_server /bin/sh -c 'cd "$1/data" && exec "$2" -c "$1/nats$3.conf"' - "$HERE" "$BIN" "$1" </dev/null >/dev/null 2>&1 &
  for ((tries = 0; tries < 600; tries++)); do
    if [ -s "$INSTANCE/data/$1.pid" ] && (: <"/dev/tcp/127.0.0.$1/$PORT") 2>/dev/null; then return; fi
    sleep 0.1
  done
  tail -n 20 "$INSTANCE/data/$1.log"
  return 1
}

stop_node() { # stop_node NODE fast|immediate
  local pid signal=TERM
  if [ "$2" = immediate ]; then signal=KILL; fi
  pid=$(cat "$INSTANCE/data/$1.pid" 2>/dev/null) || return 1
  kill "-$signal" "$pid" || return 1
  while kill -0 "$pid" 2>/dev/null; do sleep 0.05; done
}

create_nats() { find_nats; configure_nats 1; }
start_nats() { start_node 1; }
stop_nats() { stop_node 1 "$1"; } # stop_nats fast|immediate

create_natscluster() {
  local node routes=''
  find_nats
  for node in 1 2 3; do routes="$routes\"nats-route://127.0.0.$node:$((PORT - 10000))\", "; done
  for node in 1 2 3; do
    configure_nats $node "cluster { name: test, listen: \"127.0.0.$node:$((PORT - 10000))\", routes: [$routes] }"
  done
}

start_natscluster() { # start_natscluster [NODE]
  local node tries late
  for node in ${1-1 2 3}; do start_node "$node" || return 1; done
  # Clients may connect before, but a cluster without a leader takes no streams, and one with a server that
  # does not follow it yet takes none with three copies
  for ((tries = 1; tries <= 600; tries++)); do
    late=''
    for node in 1 2 3; do grep -qs 'metadata leader' "$INSTANCE/data/$node.log" || late="$late $node"; done
    if [ -z "$late" ]; then return; fi
    if [ $((tries % 100)) -eq 0 ]; then
      # A server that came when the others had a leader already is not always taken in, but when it comes again
      for node in $late; do
        stop_node "$node" immediate || true
        start_node "$node" || return 1
      done
    fi
    sleep 0.1
  done
  return 1
}

stop_natscluster() { # stop_natscluster 'fast|immediate [NODE]'
  local node how
  read -r how node <<<"$1"
  for node in ${node:-1 2 3}; do stop_node "$node" "$how" || [ "$how" = immediate ] || return 1; done
}

# ---- RabbitMQ: one server, or a cluster of three, each on a loopback address of its own; with an Erlang port mapper of their
# own, for they would leave one behind otherwise, on every interface

find_rabbitmq() {
  BIN=/usr/lib/rabbitmq/bin/rabbitmq-server EPMD=/usr/bin/epmd
  if [ "$WAY" = machine ]; then
    [ -x "$BIN" ] || unavailable "there is no $BIN"
    EPMD=$(command -v epmd) || unavailable "there is no epmd on the PATH"
    VERSION=$(basename /usr/lib/rabbitmq/lib/*)
  else
    VERSION=$(basename "$PROGRAMS"/usr/lib/rabbitmq/lib/*)
    [ -e "$PROGRAMS/etc/hosts" ] || echo '127.0.0.1 localhost' >"$PROGRAMS/etc/hosts"
  fi
  PASSWORD=$(od -An -N 16 -t x1 /dev/urandom | tr -d ' \n')
  mkdir "$INSTANCE/data"
  echo '[].' >"$INSTANCE/enabled_plugins"
  (umask 377 && echo "$PASSWORD" >"$INSTANCE/.erlang.cookie")
  # The mapper's port, and those of the nodes: the kernel gives no client one below 32768
  MAPPER=$((30000 + PORT * 4 % 2700))
  while (: <"/dev/tcp/127.0.0.1/$MAPPER") 2>/dev/null; do MAPPER=$((MAPPER + 4)); done
  if [ "$(id -u)" = 0 ]; then chown "$RUN_AS" "$INSTANCE/data" "$INSTANCE/enabled_plugins" "$INSTANCE/.erlang.cookie"; fi
}

configure_rabbitmq() { # configure_rabbitmq NODE [LINES]
  (umask 077 && cat >"$INSTANCE/rabbitmq$1.conf") <<-CONF
	listeners.tcp.1 = 127.0.0.$1:$PORT
	default_user = ikigai
	default_pass = $PASSWORD
	log.file = false
	log.console = true
	log.console.level = warning
	${2-}
	CONF
  if [ "$(id -u)" = 0 ]; then chown "$RUN_AS" "$INSTANCE/rabbitmq$1.conf"; fi
}

start_epmd() {
  local tries
  if (: <"/dev/tcp/127.0.0.1/$MAPPER") 2>/dev/null; then return; fi
  # From the folder of the data, by which a sweep knows it
  as_server /bin/sh -c 'cd "$1/data" && echo $$ >epmd.pid && exec "$2" -address 127.0.0.1 -port "$3"' - "$HERE" "$EPMD" "$MAPPER" \
    </dev/null >"$INSTANCE/epmd.log" 2>&1 &
  for ((tries = 0; tries < 100; tries++)); do
    if (: <"/dev/tcp/127.0.0.1/$MAPPER") 2>/dev/null; then return; fi
    sleep 0.1
  done
}

launch_rabbitmq() { # launch_rabbitmq NODE
  # Erlang's schedulers would wait for work by spinning (+sbwt).
  # With the last setting the script becomes the server and does not stay beside it
  as_server /bin/sh -c 'cd "$1/data" && echo $$ >"rabbitmq$2.pid" && shift 2 && exec "$@"' - "$HERE" "$1" env \
    ERL_EPMD_ADDRESS=127.0.0.1 ERL_EPMD_PORT="$MAPPER" RABBITMQ_NODENAME="ikigai$1@localhost" RABBITMQ_DIST_PORT=$((MAPPER + $1)) \
    RABBITMQ_CONFIG_FILE="$HERE/rabbitmq$1.conf" RABBITMQ_ENABLED_PLUGINS_FILE="$HERE/enabled_plugins" \
    RABBITMQ_MNESIA_BASE="$HERE/data" RABBITMQ_LOG_BASE="$HERE/data" RABBITMQ_LOGS=- \
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="+sbwt none +sbwtdcpu none +sbwtdio none -kernel inet_dist_use_interface {127,0,0,1} -rabbit dead_letter_worker_publisher_confirm_timeout 5000" \
    RUNNING_UNDER_SYSTEMD=true "$BIN" </dev/null >>"$INSTANCE/server$1.log" 2>&1 &
}

await_rabbitmq() { # await_rabbitmq NODE
  local tries
  for ((tries = 0; tries < 900; tries++)); do
    if (: <"/dev/tcp/127.0.0.$1/$PORT") 2>/dev/null; then return; fi
    sleep 0.1
  done
  tail -n 20 "$INSTANCE/server$1.log"
  return 1
}

stop_rabbitmq_node() { # stop_rabbitmq_node NODE fast|immediate
  local pid signal=TERM
  if [ "$2" = immediate ]; then signal=KILL; fi
  pid=$(cat "$INSTANCE/data/rabbitmq$1.pid" 2>/dev/null) || return 1
  kill "-$signal" "$pid" || return 1
  while kill -0 "$pid" 2>/dev/null; do sleep 0.05; done
}

stop_epmd() {
  local pid
  pid=$(cat "$INSTANCE/data/epmd.pid") && kill -KILL "$pid" || return 1
  while kill -0 "$pid" 2>/dev/null; do sleep 0.05; done
}

create_rabbitmq() { find_rabbitmq; configure_rabbitmq 1; }
start_rabbitmq() { start_epmd; launch_rabbitmq 1; await_rabbitmq 1; }
stop_rabbitmq() { # stop_rabbitmq fast|immediate
  stop_rabbitmq_node 1 "$1" || [ "$1" = immediate ] || return 1
  stop_epmd
}

create_rabbitmqcluster() {
  local node nodes='cluster_formation.peer_discovery_backend = classic_config'
  find_rabbitmq
  for node in 1 2 3; do nodes="$nodes
cluster_formation.classic_config.nodes.$node = ikigai$node@localhost"; done
  for node in 1 2 3; do configure_rabbitmq $node "$nodes"; done
}

start_rabbitmqcluster() { # start_rabbitmqcluster [NODE]
  local node
  start_epmd
  for node in ${1-1 2 3}; do launch_rabbitmq "$node"; done
  for node in ${1-1 2 3}; do await_rabbitmq "$node" || return 1; done
}

stop_rabbitmqcluster() { # stop_rabbitmqcluster 'fast|immediate [NODE]'
  local node how
  read -r how node <<<"$1"
  if [ -n "$node" ]; then stop_rabbitmq_node "$node" "$how"; return; fi
  for node in 1 2 3; do stop_rabbitmq_node "$node" "$how" || [ "$how" = immediate ] || return 1; done
  stop_epmd
}

# ---- Chromium: a browser that is driven through its debugging port ----------------------------------------------------------

create_chromium() {
  BIN=/usr/lib/chromium/chromium
  if [ "$WAY" = machine ]; then
    BIN=$(command -v chromium || command -v chromium-browser || command -v google-chrome) ||
      unavailable "there is no chromium on the PATH"
  fi
  VERSION=$(as_server "$BIN" --version 2>/dev/null) || fail "$BIN --version failed"
  PASSWORD=none
  mkdir "$INSTANCE/data"
  if [ "$(id -u)" = 0 ]; then chown "$RUN_AS" "$INSTANCE/data"; fi
}

start_chromium() {
  local tries
  # It talks to this machine only: no updates, no services of its maker
  as_server /bin/sh -c 'cd "$1/data" && echo $$ >chromium.pid && shift && TMPDIR=$PWD exec "$@"' - "$HERE" "$BIN" \
    --headless --hide-scrollbars --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run --disable-background-networking \
    --disable-component-update --disable-sync --disable-quic --remote-debugging-address=127.0.0.1 \
    --remote-debugging-port="$PORT" --user-data-dir="$HERE/data/profile" about:blank </dev/null >"$INSTANCE/chromium.log" 2>&1 &
  for ((tries = 0; tries < 300; tries++)); do
    if (: <"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null; then return; fi
    sleep 0.1
  done
  tail -n 20 "$INSTANCE/chromium.log"
  return 1
}

stop_chromium() { # stop_chromium fast|immediate
  local pid signal=TERM
  if [ "$1" = immediate ]; then signal=KILL; fi
  pid=$(cat "$INSTANCE/data/chromium.pid") || return 1
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
    if [ "$(id -u)" = 0 ]; then RUN_AS=$(id -u "${SERVER%_cluster}" 2>/dev/null || id -u nobody); fi ;;
  *) fail "unknown way: $WAY" ;;
esac

mkdir -p "$INSTANCES"
exec 9>"$CACHE/lock"
flock 9
sweep
if [ "$WAY" = packages ]; then SERVER=${SERVER/rabbitmqcluster/rabbitmq} unpack; fi
claim_instance
if [ "$WAY" = packages ]; then HERE=/srv; else HERE=$INSTANCE; fi
"create_$SERVER"
exec 9>&-

"start_$SERVER" || fail "$SERVER did not start"
echo "ready $PORT $PASSWORD $VERSION"
while read -r command argument; do
  case $command in
    start) "start_$SERVER" $argument ;;
    stop)
      # Of the others an immediate stop is a kill
      [[ $SERVER == postgres || $SERVER == timescaledb ]] || argument=${argument/killed/immediate}
      "stop_$SERVER" "$argument" ;;
    freeze) signal_all STOP && signal_all STOP ;; # the second time those that were being started
    thaw) signal_all CONT ;;
    fill) fill_disk ;;
    clear) clear_disk ;;
    *) fail "unknown command: $command" ;;
  esac || fail "$command failed"
  echo "done"
done
