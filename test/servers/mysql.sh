#!/bin/sh
# Runs a command with a real MySQL (not MariaDB) of its own beside it, in a scratch folder that goes with it:
#   test/servers/mysql.sh npx mocha test/contract/mysql.test.ts
# The server is the mysqld named in YXT_MYSQLD, else Debian's own package (mysql-server-core of the suite YXT_MYSQL_SUITE, sid unless
# said otherwise), fetched with the libraries it needs into the scratch folder. Nothing is installed; needs apt-get and dpkg-deb.
# Ends with 3, and says why, where no server can be had.
set -eu
[ $# -gt 0 ] || { echo "usage: $0 COMMAND..." >&2; exit 2; }
scratch=$(mktemp -d "${TMPDIR:-/tmp}/yxt-mysql-XXXXXX")
server=
leave() {
  [ -z "$server" ] || { kill "$server" 2>/dev/null || :; wait "$server" 2>/dev/null || :; }
  rm -rf "$scratch"
}
trap leave EXIT
trap 'exit 130' INT TERM
cannot() { echo "no real MySQL: $1" >&2; exit 3; }

# apt with lists and state of its own; the mirror is the one that this machine uses
fetch() {
  command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || cannot "it is fetched by apt-get and dpkg-deb, which are not here"
  mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | grep -v '^ *#' | grep -o 'https\?://[^ ]*/debian\b' | head -n 1)
  [ -n "$mirror" ] || cannot "this machine has no Debian mirror in its sources"
  apt=$scratch/apt
  mkdir -p "$apt/state/lists/partial" "$apt/cache/archives/partial" "$scratch/root"
  : >"$apt/status"
  echo "deb $mirror ${YXT_MYSQL_SUITE:-sid} main" >"$apt/sources.list"
  own="-o Dir::Etc::sourcelist=$apt/sources.list -o Dir::Etc::sourceparts=/dev/null -o Dir::State=$apt/state"
  own="$own -o Dir::State::status=$apt/status -o Dir::Cache=$apt/cache -o Debug::NoLocking=1"
  {
    apt-get $own update && apt-get $own -y --no-install-recommends --download-only install mysql-server-core
  } >"$apt/log" 2>&1 || { tail -n 3 "$apt/log" >&2; cannot "Debian's package could not be fetched"; }
  for deb in "$apt"/cache/archives/*.deb; do dpkg-deb -x "$deb" "$scratch/root"; done
  rm -rf "$apt/cache"
}

# with the C library that it was built for, not with this machine's
run() {
  if [ -n "${YXT_MYSQLD:-}" ]; then exec "$YXT_MYSQLD" "$@"; fi
  exec "$(find "$scratch/root" -name 'ld-linux*.so.*' | head -n 1)" --library-path \
    "$(find "$scratch/root" -name '*.so*' -exec dirname {} + | sort -u | tr '\n' ':')" "$scratch/root/usr/sbin/mysqld" "$@"
}

[ -n "${YXT_MYSQLD:-}" ] || fetch
version=$(run --no-defaults --version) || cannot "its programs do not run on this machine"
case $version in *[Mm]aria*) cannot "this is MariaDB: $version" ;; esac
echo "$version" >&2

port=$(node -e 'const s=require("node:net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})')
where="--no-defaults --basedir=$scratch/root/usr --datadir=$scratch/data --socket=$scratch/socket --user=$(id -un)"
[ -z "${YXT_MYSQLD:-}" ] || where="--no-defaults --datadir=$scratch/data --socket=$scratch/socket --user=$(id -un)"
(run $where --initialize-insecure) >"$scratch/log" 2>&1 || { cat "$scratch/log" >&2; cannot "it could not make its database"; }
(run $where --bind-address=127.0.0.1 --port="$port" --mysqlx=OFF --secure-file-priv=NULL --innodb-buffer-pool-size=64M --pid-file="$scratch/pid") \
  >>"$scratch/log" 2>&1 &
server=$!
tries=0
until grep -q "ready for connections.*port: $port" "$scratch/log"; do
  tries=$((tries + 1))
  if [ $tries -gt 300 ] || ! kill -0 "$server" 2>/dev/null; then cat "$scratch/log" >&2; cannot "it did not start"; fi
  sleep 0.2
done
status=0
YXT_TEST_MYSQL_URL="mysql://root@127.0.0.1:$port" "$@" || status=$?
exit $status
