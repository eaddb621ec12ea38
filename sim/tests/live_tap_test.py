#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""live_tap_test.py WEIR_SIM rtl|model DIR: weir-sim between two TAPs, in network namespaces of its own.

Needs root, for the namespaces; without, it says so and tests what it may. Run from the top folder."""
import json
import os
import re
import signal
import subprocess
import sys
import time

PROGRAM, ENGINE, DIR = sys.argv[1:4]
NAMES = {part: f"weir{os.getpid()}{part}" for part in ("sim", "out", "in")}
TAPS = ("wtu", "wtp")
REPORT, SAID = f"{DIR}/report.json", f"{DIR}/said"
NOBODY = 65534
PATIENCE_S = 40
checks = failed = 0


def check(ok, what):
    """Count one check; say what failed."""
    global checks, failed
    checks += 1
    if not ok:
        failed += 1
        print(f"FAILED: {what}")


def ip(*args):
    """Run ip; whether it could."""
    return subprocess.run(["ip", *args], capture_output=True, check=False).returncode == 0


def inside(part, *command):
    """The same command in a network namespace."""
    return ["ip", "netns", "exec", NAMES[part], *command]


def start(*more):
    """Start weir-sim in its namespace; wait until frames are taken."""
    if os.path.exists(SAID):
        os.remove(SAID)
    with open(SAID, "w", encoding="ascii") as said:
        process = subprocess.Popen(inside("sim", PROGRAM, f"--engine={ENGINE}", f"--live={','.join(TAPS)}", "--no-firmware",
                                          f"--report={REPORT}", *more), stdout=said, stderr=said)
    end = time.time() + PATIENCE_S
    while "live between" not in text() and process.poll() is None and time.time() < end:
        time.sleep(0.02)
    return process


def text():
    """What it has said."""
    with open(SAID, encoding="utf-8") as said:
        return said.read()


def stop(process, number=signal.SIGTERM):
    """End it; its exit status."""
    if number:
        process.send_signal(number)
    try:
        return process.wait(PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        return "does not end"


def wire():
    """Give each TAP to a namespace, with an address of one network."""
    for tap, part, address in zip(TAPS, ("out", "in"), ("192.0.2.2/24", "192.0.2.1/24")):
        name = NAMES[part]
        check(ip("-n", NAMES["sim"], "link", "set", tap, "netns", name), f"{tap} goes to {name}")
        subprocess.run(inside(part, "sh", "-c", f"echo 1 > /proc/sys/net/ipv6/conf/{tap}/disable_ipv6"), check=False)
        check(ip("-n", name, "addr", "add", address, "dev", tap) and ip("-n", name, "link", "set", tap, "up"), f"{tap} is up")


SERVER = """
import socket
u = socket.socket(type=socket.SOCK_DGRAM); u.bind(("192.0.2.1", 7))
t = socket.create_server(("192.0.2.1", 80))
print("ready", flush=True)
for i in range(20):
    data, who = u.recvfrom(2000); u.sendto(data, who)
c, _ = t.accept()
n = 0
while True:
    data = c.recv(65536)
    n += len(data)
    if not data or data.endswith(b"."):
        break
c.sendall(b"%d" % n); c.close()
"""

CLIENT = """
import socket, time
u = socket.socket(type=socket.SOCK_DGRAM); u.settimeout(5); u.connect(("192.0.2.1", 7))
best = 1000.0
for i in range(20):
    then = time.time(); u.send(b"x" * (20 + 70 * i)); assert len(u.recv(2000)) == 20 + 70 * i
    best = min(best, 1000 * (time.time() - then))
t = socket.create_connection(("192.0.2.1", 80), 20)
t.settimeout(30); t.sendall(b"y" * 49999 + b"."); print(t.recv(100).decode(), "%.2f" % best)
"""

FLOOD = """
import socket, time
u = socket.socket(type=socket.SOCK_DGRAM); u.setblocking(False); n = 0; end = time.time() + 1.5
while time.time() < end:
    try:
        u.sendto(b"z" * 900, ("192.0.2.1", 9)); n += 1
    except OSError:
        pass
print(n)
"""


def sent_by(part, tap):
    """Frames that the kernel of a namespace has put on a TAP, and those that it dropped there."""
    lines = subprocess.run(inside(part, "cat", "/proc/net/dev"), capture_output=True, text=True, check=False).stdout
    words = re.search(rf"{tap}:(.*)", lines).group(1).split()
    return int(words[9]), int(words[11])


def talk():
    """Real stacks on both sides: UDP, TCP, a flood; all frames are explained."""
    process = start()
    check("live between wtu and wtp" in text(), text())
    wire()
    server = subprocess.Popen(inside("in", sys.executable, "-c", SERVER), stdout=subprocess.PIPE, text=True)
    server.stdout.readline()
    client = subprocess.run(inside("out", sys.executable, "-c", CLIENT), capture_output=True, text=True, check=False, timeout=PATIENCE_S)
    check(client.stdout.startswith("50000 "), f"TCP and UDP: {client.stdout} {client.stderr[-300:]}")
    server.kill()
    server.wait()
    flood = subprocess.run(inside("out", sys.executable, "-c", FLOOD), capture_output=True, text=True, check=False, timeout=PATIENCE_S)
    check(int(flood.stdout) > 1000, f"flood: {flood.stdout} {flood.stderr}")
    time.sleep(1.5)
    (sent, dropped), (back, _) = sent_by("out", TAPS[0]), sent_by("in", TAPS[1])
    check(stop(process) == 0, text())
    with open(REPORT, encoding="utf-8") as f:
        report = json.load(f)
    sides, frames = report["live"]["sides"], report["frames"]
    check(frames["unexplained"] == 0 and frames["passed"] > 60, frames)
    check(sides[0]["arrived"] == sent + dropped and sides[1]["arrived"] == back, (sides, sent, dropped, back))
    check(sides[0]["not_carried_kernel"] == dropped, (sides, dropped))
    check(frames["offered"] == sum(s["arrived"] - s["not_carried"] for s in sides), (frames, sides))
    if ENGINE != "model":
        check(sides[0]["not_carried"] > 0 and "frames not carried" in text(), sides)


def refusals():
    """What stands in the way of a TAP."""
    process = start()
    busy = subprocess.run(inside("sim", PROGRAM, "--engine=model", "--live=wtu,wtx"), capture_output=True, text=True, check=False)
    check(busy.returncode == 2 and "another program has this TAP open" in busy.stderr, busy.stderr)
    # Taken away while it runs.
    ip("-n", NAMES["sim"], "link", "del", TAPS[0])
    check(stop(process, 0) == 1 and "an interface has been taken away" in text(), text())
    other = subprocess.run(inside("sim", PROGRAM, "--engine=model", "--live=lo,wtp"), capture_output=True, text=True, check=False)
    check(other.returncode == 2 and "lo: is no TAP" in other.stderr, other.stderr)
    name = subprocess.run([PROGRAM, "--engine=model", "--live=a-name-of-an-interface,wtp"], capture_output=True, text=True, check=False)
    check(name.returncode == 2 and "longer than a name" in name.stderr, name.stderr)


def no_permission():
    """Nobody in particular may not."""
    drop = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.getuid() == 0 else {}
    r = subprocess.run([PROGRAM, "--engine=model", "--live=wtu,wtp"], capture_output=True, text=True, check=False, cwd="/", **drop)
    check(r.returncode == 2 and ("no permission" in r.stderr or "/dev/net/tun cannot be opened" in r.stderr), r.stderr)


def main():
    """All of it, or what may be."""
    global PROGRAM
    PROGRAM = os.path.abspath(PROGRAM)
    os.makedirs(DIR, exist_ok=True)
    try:
        if all(ip("netns", "add", name) for name in NAMES.values()) and os.path.exists("/dev/net/tun"):
            talk()
            refusals()
        else:
            print("live-tap: SKIPPED, no network namespaces or no TAPs: may be done by root only")
        no_permission()
    finally:
        for name in NAMES.values():
            ip("netns", "del", name)
    print(f"live-tap: {checks} checks, {failed} failed")
    return failed > 0


sys.exit(main())
