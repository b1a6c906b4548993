# Sourced by every script here: where the repository, the virtual environment and the state are, and how to install.
# shellcheck shell=bash
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
cd "$ROOT"

say() { printf '%s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

# As root the servers run as the user `trunkline`, who must be able to enter every folder above them.
others_can_enter() {
  local folder=$1
  while [ "$folder" != / ]; do
    case $(stat -c %A "$folder") in *[xt]) ;; *) return 1 ;; esac
    folder=$(dirname "$folder")
  done
}

home=$ROOT
if [ "$(id -u)" = 0 ] && ! others_can_enter "$ROOT"; then
  home=/var/lib/trunkline
  mkdir -p "$home"
fi
VENV=${TRUNKLINE_VENV:-$home/.venv}
export TRUNKLINE_VAR=${TRUNKLINE_VAR:-$home/var}
export PYTHONDONTWRITEBYTECODE=${PYTHONDONTWRITEBYTECODE:-} PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PIP_ROOT_USER_ACTION=ignore

# install_system PACKAGE …: Debian packages, only those that are missing. No daemon is started by it.
install_system() {
  local missing=() package
  for package in "$@"; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
  done
  [ ${#missing[@]} = 0 ] && return
  local by=()
  if ! command -v apt-get >/dev/null; then
    say "Not a Debian system: please install what is in these Debian packages yourself: ${missing[*]}"
    return 1
  elif [ "$(id -u)" != 0 ]; then
    by=(sudo)
    if ! sudo -n true 2>/dev/null && ! { [ -t 0 ] && command -v sudo >/dev/null; }; then
      say "Missing Debian packages, and no right to install them. Please run: apt-get install ${missing[*]}"
      return 1
    fi
  fi
  say "Installing Debian packages: ${missing[*]}"
  "${by[@]}" bash -c "$INSTALL_QUIETLY" _ "${missing[@]}" </dev/null >&2
}

# Runs as root. policy-rc.d 101 keeps dpkg from starting daemons; a Kamailio or RTPengine new to this machine is not
# started at boot either.
# shellcheck disable=SC2016
INSTALL_QUIETLY='
set -eu
export DEBIAN_FRONTEND=noninteractive
policy=/usr/sbin/policy-rc.d
log=$(mktemp)
trap "rm -f $log" EXIT
if [ ! -e $policy ]; then
  trap "rm -f $policy $log" EXIT
  printf "#!/bin/sh\nexit 101\n" >$policy
  chmod 755 $policy
fi
apt-get update -qq >$log 2>&1 || cat $log
if ! apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=300 "$@" >$log 2>&1; then
  tail -n 20 $log
  exit 1
fi
case " $* " in *" kamailio "*) systemctl disable kamailio >/dev/null 2>&1 || true ;; esac
case " $* " in *" rtpengine-daemon "*) systemctl disable rtpengine-daemon >/dev/null 2>&1 || true ;; esac
'

# A Python of 3.11 or newer that can make virtual environments; the system's own first.
find_python() {
  local candidate
  for candidate in ${TRUNKLINE_PYTHON:-} /usr/bin/python3 python3 python3.13 python3.12 python3.11; do
    if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$candidate"
      return
    fi
  done
  return 1
}

# install_python LOCK …: the virtual environment with exactly the locked packages; a second run only compares hashes.
install_python() {
  local lock wanted=() python
  mkdir -p "$(dirname "$VENV")"
  exec 9<"$(dirname "$VENV")"
  flock 9 # two scripts at once: the second waits
  if ! "$VENV/bin/python" -c 'import pip' 2>/dev/null; then
    python=$(find_python) || { install_system python3-venv && python=$(find_python); } ||
      die "Python 3.11 or newer with venv is needed (Debian: python3-venv)."
    "$python" -m venv --clear "$VENV"
  fi
  mkdir -p "$VENV/.locks"
  for lock in "$@"; do
    cmp -s "$lock" "$VENV/.locks/${lock//\//-}" || wanted+=("$lock")
  done
  if [ ${#wanted[@]} != 0 ]; then
    say "Installing Python packages: ${wanted[*]}"
    for lock in "${wanted[@]}"; do
      "$VENV/bin/python" -m pip install --quiet --require-hashes -r "$lock"
      cp "$lock" "$VENV/.locks/${lock//\//-}"
    done
  fi
  exec 9>&-
}

RUNTIME_LOCKS=(requirements.txt requirements/node.txt requirements/embedded.txt)
NODE_PACKAGES=(kamailio kamailio-redis-modules kamailio-sqlite-modules kamailio-tls-modules rtpengine-daemon ca-certificates)
TEST_PACKAGES=(sip-tester chromium libatomic1) # libatomic1: for the Node.js inside the playwright wheel
PYTHON=$VENV/bin/python
