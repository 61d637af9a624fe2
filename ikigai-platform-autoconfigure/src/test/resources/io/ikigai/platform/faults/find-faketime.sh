#!/usr/bin/env bash
# Prints where libfaketime is: installed, or Debian's package, unpacked into a folder. Nothing is installed on the host.
# The package is that of the host's own release, for it is loaded into the host's programs.
set -euo pipefail

find_library() { find "$1" -path '*faketime/libfaketime.so.1' 2>/dev/null | head -n 1; }

library=$(find_library /usr/lib)
if [ -z "$library" ]; then
  if [ "$(id -u)" = 0 ]; then CACHE=/var/cache/ikigai-platform-servers; else CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/ikigai-platform-servers; fi
  mkdir -p "$CACHE"
  exec 9>"$CACHE/faketime.lock"
  flock 9
  . /etc/os-release
  folder=$CACHE/faketime-$ID-${VERSION_ID-}
  if [ ! -e "$folder" ]; then
    rm -rf "$folder.new" && mkdir "$folder.new" && cd "$folder.new"
    apt-get -qq download libfaketime >&2 || { apt-get -qq update >&2 && apt-get -qq download libfaketime >&2; }
    dpkg-deb --extract libfaketime_*.deb . && mv "$folder.new" "$folder"
  fi
  library=$(find_library "$folder")
fi
[ -n "$library" ] && echo "$library"
