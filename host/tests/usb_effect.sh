#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# usb_effect.sh SIM DIR OPTION...: thresholds pushed over libusb into a simulated board, and what that does to packets. The same flood of echo
# requests is judged twice: with the threshold of its class pinned low, and pinned high, each time through usb_bridge before the first
# frame (--hold).
set -eu
sim=$1 dir=$2
shift 2
rm -rf "$dir" && mkdir -p "$dir"
checks=0 failed=0
check() { # WHAT CONDITION...
  checks=$((checks + 1))
  [ "${@:2}" ] || { failed=$((failed + 1)); echo "usb_effect: $1: not [ ${*:2} ]"; }
}

build/weir-gen --quiet --clients=0 --duration=60ms --attack icmp,rate=5000,sources=spoofed,target=192.0.2.10 --out "$dir/flood.pcap"
judge() { # NAME THRESHOLD: frames dropped, into $dropped
  local socket=$dir/$1.sock pid
  timeout 400 "$sim" --listen "$socket" --hold --once --protect 192.0.2.0/24 --report "$dir/$1.json" "${@:3}" "$dir/flood.pcap" \
    >"$dir/$1.log" 2>&1 &
  pid=$!
  for _ in $(seq 600); do
    [ -S "$socket" ] && grep -q "serving the host link" "$dir/$1.log" && break
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.1
  done
  local pushed=0
  build/host/usb_bridge "$socket" SIM env $PRELOAD build/host/usb_push usb:SIM class.icmp "$2" || pushed=$?
  check "threshold $2 over usb:" "$pushed" = 0
  local ended=0
  wait "$pid" || ended=$?
  [ "$ended" = 0 ] || tail -n 20 "$dir/$1.log"
  check "$1: the simulator ends well" "$ended" = 0
  dropped=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["frames"]["dropped"])' "$dir/$1.json")
  offered=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["frames"]["offered"])' "$dir/$1.json")
  echo "usb_effect: class.icmp pinned to $2: $dropped of $offered frames dropped"
}
judge low 4 "$@"
low=$dropped
judge high 5000 "$@"
check "a low threshold drops nearly all" "$low" -gt $((offered * 8 / 10))
check "a high one nothing" "$dropped" = 0
echo "usb_effect: $checks checks, $failed failed"
[ "$failed" = 0 ]
