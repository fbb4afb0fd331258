# Debian's source packages, and a copy of this tree: for the platforms that are built for here. Sourced, never run.
# shellcheck shell=bash

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

# Installs packages of the system's, if a tool or file that stands for each is not there.
want() { # log, then pairs of a tool or file and the package that has it
  local log=$1 packages=
  shift
  while [ $# -gt 0 ]; do
    has "$1" || [ -f "$1" ] || packages="$packages $2"
    shift 2
  done
  [ -n "$packages" ] || return 0
  echo "uvnet: installing$packages"
  # shellcheck disable=SC2086
  as_root env DEBIAN_FRONTEND=noninteractive sh -c '
    install() { apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "$@"; }
    install "$@" || { apt-get update && install "$@"; }' sh $packages >>"$log" 2>&1 ||
    { tail -n 5 "$log"; die "these packages cannot be installed:$packages"; }
}

# Unpacks source packages in a directory, by lists of its own: what the system's apt knows stays as it is.
sources() { # directory log packages...
  local directory=$1 log=$2 suite
  shift 2
  [ -f "$directory/.sources" ] && return
  echo "uvnet: fetching the sources of $*"
  mkdir -p "$directory/apt/lists/partial" "$directory/apt/archives/partial"
  # shellcheck disable=SC1091
  suite=$(. /etc/os-release && echo "${VERSION_CODENAME:-sid}")
  echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${DEBIAN_MIRROR:-http://deb.debian.org/debian} $suite main" \
    >"$directory/apt/sources.list"
  local apt="apt-get -o Dir::Etc::SourceList=$directory/apt/sources.list -o Dir::Etc::SourceParts=/dev/null
    -o Dir::State::Lists=$directory/apt/lists -o Dir::Cache=$directory/apt -o APT::Sandbox::User=root
    -o Acquire::Check-Valid-Until=false"
  # shellcheck disable=SC2086
  { $apt update && (cd "$directory" && $apt source "$@"); } >>"$log" 2>&1 ||
    { tail -n 5 "$log"; die "no sources of $* (see $log)"; }
  touch "$directory/.sources"
}

# A copy, so that what is changed meanwhile does not matter.
copy_tree() { # directory
  rm -rf "$1"
  mkdir -p "$1"
  git ls-files -z --cached --others --exclude-standard | xargs -0 tar cf - | tar xf - -C "$1"
}
