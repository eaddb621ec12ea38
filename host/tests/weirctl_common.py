# SPDX-License-Identifier: Apache-2.0
"""What the tests of weirctl share: counting of checks, running programs, an appliance to talk to."""
import json
import os
import random
import socket
import struct
import subprocess
import sys
import threading
import time

# Leaks and undefined behaviour are failures of their own; their exit status is none of weirctl's.
ENV = dict(os.environ, ASAN_OPTIONS="exitcode=77:detect_leaks=1", UBSAN_OPTIONS="print_stacktrace=1", LC_ALL="C.UTF-8")
for name in ("WEIR_DEVICE", "WEIR_STATE", "WEIR_FAKE", "NO_COLOR"):
    ENV.pop(name, None)
DONE, FAILED, USAGE, NO_DEVICE, REFUSED, PARTLY = range(6)
counts = {"checks": 0, "failed": 0}


def check(ok, what):
    """Count one check; say what failed."""
    counts["checks"] += 1
    if not ok:
        counts["failed"] += 1
        print(f"FAILED: {what}", flush=True)
    return ok


def finish(name):
    """The line that the suite counts, and the exit status."""
    print(f"{name}: {counts['checks']} checks, {counts['failed']} failed")
    sys.exit(1 if counts["failed"] else 0)


def run(program, *args, env=None, timeout=60, **more):
    """Run a program; standard output and error as text."""
    more.setdefault("stdin", subprocess.DEVNULL if "input" not in more else None)
    if "input" in more:
        more.pop("stdin")
    if "stdout" not in more:
        more["stdout"] = subprocess.PIPE
    return subprocess.run([program, *args], stderr=subprocess.PIPE, text=True, timeout=timeout, check=False,
                          env=dict(ENV, **(env or {})), **more)


def write(name, data):
    """Write a file, give its name back."""
    with open(name, "wb") as f:
        f.write(data if isinstance(data, bytes) else data.encode())
    return name


def read(name):
    """Text of a file."""
    with open(name, encoding="utf-8") as f:
        return f.read()


def is_object(text, command, status):
    """One JSON object a run: version, command, exit status. The object, or None."""
    try:
        o = json.loads(text)
    except ValueError:
        return None
    good = isinstance(o, dict) and text.count("\n") == 1 and o.get("weirctl") == 1 and o.get("command") == command
    return o if good and o.get("exit") == status else None


def one_line(text, *parts):
    """One line of complaint with all parts, from weirctl itself."""
    lines = text.splitlines()
    return len(lines) == 1 and lines[0].startswith("weirctl") and all(p in lines[0] for p in parts)


def until(seconds, what):
    """Wait until what() is true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if what():
            return True
        time.sleep(0.05)
    return what()


class Sim:
    """A running weir-sim with the model as its engine: an appliance on a socket; with `live`, two sides that take frames."""

    def __init__(self, program, name, *args, live=False):
        self.socket = os.path.abspath(name)
        self.url = "sim:" + self.socket
        self.sides = [self.socket + ".u", self.socket + ".p"] if live else []
        more = ["--live", ",".join(self.sides)] if live else []
        with open(self.socket + ".log", "wb") as log:
            self.process = subprocess.Popen([program, "--engine=model", "--listen", self.socket, "--duration=600", *more, *args],
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=ENV)
        if not until(120, lambda: "serving the host link" in read(self.socket + ".log") or self.process.poll() is not None):
            self.stop()
        if self.process.poll() is not None:
            raise RuntimeError("weir-sim: " + read(self.socket + ".log"))

    def stop(self):
        """End it. Its exit status."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            return self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()


def ip_sum(header):
    """Internet checksum."""
    total = sum(struct.unpack(f"!{len(header) // 2}H", header))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def udp(src, dst, sport, dport, size=30):
    """An Ethernet frame with UDP; addresses as four octets."""
    datagram = struct.pack("!HHHH", sport, dport, 8 + size, 0) + b"x" * size
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(datagram), 7, 0, 64, 17, 0, src, dst)
    head = head[:10] + struct.pack("!H", ip_sum(head)) + head[12:]
    return b"\2\0\0\0\0\1\2\0\0\0\0\2\x08\0" + head + datagram


class Traffic(threading.Thread):
    """Frames into a live simulator: a few both ways and, while `flood` is set, a flood of what looks like DNS answers."""

    def __init__(self, sim):
        super().__init__(daemon=True)
        self.flood = self.over = False
        self.sent = 0
        self.ends = []
        for path in sim.sides:
            s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            s.connect(path)
            s.setblocking(False)
            self.ends.append(s)

    def send(self, side, frame):
        """One frame; what a full socket does not take is not sent."""
        try:
            self.ends[side].send(frame)
            self.sent += 1
        except BlockingIOError:
            pass

    def drain(self):
        """Take what came out."""
        for s in self.ends:
            try:
                while s.recv(4096):
                    pass
            except BlockingIOError:
                pass

    def run(self):
        server, rng = bytes([192, 0, 2, 10]), random.Random(1)
        while not self.over:
            for _ in range(3):
                self.send(0, udp(bytes([198, 51, 100, rng.randrange(1, 5)]), server, 4000, 5000))
            self.send(1, udp(server, bytes([198, 51, 100, 3]), 5000, 4000))
            for _ in range(120 if self.flood else 0):
                self.send(0, udp(bytes([203, 0, 113, 7]), server, 53, 5000))
            self.drain()
            time.sleep(0.01)

    def stop(self):
        """End it."""
        self.over = True
        self.join(10)
        for s in self.ends:
            s.close()
