#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""weirctl_capture_test.py WEIRCTL WEIR_SIM PCAPS [ENGINE [WEIRCTL_NOMEM]]: weirctl capture beside a live simulator that gets frames of known captures.

What was captured is compared octet by octet with what was sent, and its verdict with the simulator's own trace, by the frame's number."""
import json
import os
import re
import resource
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import zlib

from weirctl_common import DONE, ENV, FAILED, NO_DEVICE, REFUSED, USAGE, Sim, check, finish, is_object, one_line, read, run, udp, until, write

WEIRCTL, SIM, PCAPS = map(os.path.abspath, sys.argv[1:4])
ENGINE = sys.argv[4] if len(sys.argv) > 4 else "model"
# weirctl that can run out of memory (weirctl_nomem.c).
NOMEM = os.path.abspath(sys.argv[5]) if len(sys.argv) > 5 else None
# The simulated hardware is slow, and writes one frame down at a time: each has its verdict before the next one comes.
HARDWARE = ENGINE != "model"
PAUSE = 0.1 if HARDWARE else 0
FILES = ["seladb+PcapPlusPlus/Tests/Pcap++Test/PcapExamples/IgmpPackets.pcap", "zeek+zeek/testing/btest/Traces/dns-edns-ecs.pcap"]
CAPTURE, QUEUE = 0x10050, 0x10058
OWN = [0x00810250, 0x1234]
RESTORED = OWN
BATCH = 1 if HARDWARE else 6


def pcap_frames(name):
    """Frames of a pcap in the octet order of this machine: (us, length, octets). ValueError when it is not whole."""
    with open(name, "rb") as f:
        data = f.read()
    magic, major, minor, _, _, snap, link = struct.unpack_from("<IHHiIII", data)
    if (magic, major, minor, link) != (0xA1B2C3D4, 2, 4, 1):
        raise ValueError(f"{name}: no pcap of Ethernet")
    frames, at = [], 24
    while at < len(data):
        s, us, captured, length = struct.unpack_from("<IIII", data, at)
        at += 16 + captured
        if captured > snap or at > len(data):
            raise ValueError(f"{name}: ends within a frame")
        frames.append((s * 1000000 + us, length, data[at - captured:at]))
    return frames, snap


def link_frame(payload):
    """A frame of the host link (docs/link.md)."""
    data = payload + struct.pack("<I", zlib.crc32(payload))
    return b"\x7e" + b"".join(bytes([0x7D, b ^ 0x20]) if b in (0x7D, 0x7E) else bytes([b]) for b in data) + b"\x7e"


def registers(address, *words, count=1):
    """What another host would do: write words, and read `count` there."""
    def body(data):
        return re.sub(rb"\x7d(.)", lambda m: bytes([m[1][0] ^ 0x20]), data, flags=re.S)

    requests = [b"\x01\x01\x01"]
    if words:
        requests.append(b"\x03\x02" + struct.pack(f"<I{len(words)}I", address, *words))
    requests.append(b"\x02\x03" + struct.pack("<IB", address, count))
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as s:
        s.settimeout(30)
        for _ in range(100):
            # The host before may not have gone yet.
            try:
                s.connect(LIVE.socket)
                break
            except OSError:
                time.sleep(0.05)
        for request in requests:
            s.sendall(link_frame(request))
            data = b""
            while True:
                data += s.recv(4096)
                replies = [body(f) for f in data.split(b"\x7e") if len(f) > 6]
                good = [r for r in replies if r[:2] == bytes([request[0] | 0x80, request[1]])]
                if good and data.endswith(b"\x7e"):
                    break
        return list(struct.unpack(f"<{count}I", good[0][3:-4]))


class Wire:
    """Both sides of the live simulator, and what has been sent."""

    def __init__(self, sim):
        self.ends, self.sent = [], []
        for path in sim.sides:
            s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            s.connect(path)
            s.setblocking(False)
            self.ends.append(s)

    def send(self, side, frame, pause=PAUSE):
        """One frame, and what has come out taken away."""
        self.ends[side].setblocking(True)
        self.ends[side].send(frame)
        self.ends[side].setblocking(False)
        self.sent.append((side, frame))
        for s in self.ends:
            try:
                while s.recv(4096):
                    pass
            except BlockingIOError:
                pass
        time.sleep(pause)

    def close(self):
        """Both."""
        for s in self.ends:
            s.close()


class Capture:
    """A running weirctl capture; ready when it captures."""

    def __init__(self, *args, out=None, more=None, **popen):
        self.name = out or "capture.out"
        with open(self.name, "wb") as o, open("capture.err", "wb") as e:
            self.process = subprocess.Popen([WEIRCTL, "-d", (more or LIVE).url, "capture", *args], stdin=subprocess.DEVNULL,
                                            env=ENV, **{"stdout": o, "stderr": e, **popen})
        until(30, lambda: "capturing at" in read("capture.err") or self.process.poll() is not None)

    def lines(self):
        """Whole lines of its output."""
        return read(self.name).split("\n")[:-1]

    def frames(self):
        """Frames of its JSON."""
        return [o for o in map(json.loads, self.lines()) if o["event"] == "frame"]

    def stop(self, number=signal.SIGINT):
        """Its exit status."""
        if self.process.poll() is None and number:
            self.process.send_signal(number)
        return self.process.wait(60)

    @staticmethod
    def counts():
        """Captured, filtered away, missed, of the closing line."""
        m = re.search(r"weirctl: (\d+) frames captured, (\d+) filtered away, (\d+) missed", read("capture.err"))
        return tuple(map(int, m.groups())) if m else None


def padded(frame):
    """As the wire has it."""
    return frame + bytes(max(0, 60 - len(frame)))


def sides_of(frames):
    """A side for each, so that both have some."""
    return [(1 if i % 3 == 2 else 0, f) for i, f in enumerate(frames)]


def paced(items, arrived, start=0):
    """Send so that the appliance's memory never is full: by batches, each when what should have come of those before has. `arrived`: how many have."""
    done = 0
    for at in range(0, len(items), BATCH):
        for side, f in items[at:at + BATCH]:
            WIRE.send(side, f)
        done = start + min(at + BATCH, len(items))
        if not until(30, lambda d=done: arrived() >= d):
            break
    return arrived() - start == len(items)


SEEN = []


def in_order(got, items, what, missed=0):
    """Captured frames of JSON: octet by octet what was sent, a side after the other; to be compared with the trace later. `missed`: frames that may be left out:
    on a busy machine the hardware gets two at once, and misses the second one."""
    gaps = 0
    for side, name in ((0, "unprotected"), (1, "protected")):
        expected = iter([padded(f) for s, f in items if s == side] + [None])
        for o in (o for o in got if o["side"] == name):
            for f in expected:
                if f is None or bytes.fromhex(o["octets"]) == f[:240] and o["len"] == len(f) and o["captured"] == min(len(f), 240):
                    break
                gaps += 1
            if not check(f is not None, f"{what}: frames from the {name} side: {o}"):
                break
        gaps += len([f for f in expected if f is not None])
    check(gaps <= (missed if HARDWARE else 0), f"{what}: {gaps} frames of {len(items)} have not come")
    numbers = [o["number"] for o in got]
    check(numbers == sorted(set(numbers)), f"{what}: in the order of their numbers, each once")
    SEEN.extend(got)


def test_json():
    """All frames, both sides."""
    c = Capture("--json")
    first = len(WIRE.sent)
    items = sides_of(FRAMES)
    check(paced(items, lambda: len(c.frames())), f"all {len(items)} come: {len(c.frames())} {read('capture.err')}")
    check(c.stop() == DONE, f"SIGINT ends it well: {read('capture.err')}")
    in_order(c.frames(), items, "all")
    check([o["number"] for o in c.frames()] == list(range(first + 1, first + 1 + len(items))), "numbers from 1, none left out")
    end = json.loads(c.lines()[-1])
    check((end["event"], end["captured"], end["filtered"], end["missed"]) == ("end", len(items), 0, 0), f"the last line: {end}")
    check(c.counts() == (len(items), 0, 0), f"the closing line: {read('capture.err')}")
    check(all(o["weirctl"] == 1 and o["command"] == "capture" for o in map(json.loads, c.lines())), "each line says what it is")
    now = time.time() * 1e6
    times = [o["time_us"] for o in c.frames()]
    check(times == sorted(times) and now - 600e6 < times[0] <= times[-1] < now + 600e6, "times of the appliance's clock")
    check(registers(CAPTURE, count=2) == RESTORED, "the registers are as they were")
    # Addresses, as far as this file can read them itself.
    for o in c.frames():
        data = bytes.fromhex(o["octets"])
        if data[12:14] == b"\x08\x00" and data[14] == 0x45:
            check(o["from"] == socket.inet_ntoa(data[26:30]) and o["to"] == socket.inet_ntoa(data[30:34]) and o["protocol"] == data[23], f"addresses: {o}")
            if data[23] in (6, 17) and not (data[20] & 0x1F or data[21]):
                check((o["sport"], o["dport"]) == struct.unpack_from("!HH", data, 34), f"ports: {o}")
        if data[12:14] == b"\x86\xdd":
            check(o["from"] == socket.inet_ntop(socket.AF_INET6, data[22:38]) and o["ethertype"] == 0x86DD, f"IPv6: {o}")


def test_pcap():
    """A file: every octet, the lengths, a clock that goes on; then a pipe."""
    items = sides_of(FRAMES[:60])
    c = Capture("-w", "all.pcap")
    check(paced(items, lambda: len(pcap_frames("all.pcap")[0])), "to a file")
    check(c.stop(signal.SIGTERM) == DONE and c.counts() == (len(items), 0, 0), f"SIGTERM ends it well: {read('capture.err')}")
    frames, snap = pcap_frames("all.pcap")
    check(snap == 240, f"snap length: {snap}")
    both = sorted((len(padded(f)), padded(f)[:240]) for _, f in items)
    check(sorted((length, octets) for _, length, octets in frames) == both, "octets and lengths of the file")
    times = [t for t, _, _ in frames]
    check(times == sorted(times) and abs(times[-1] / 1e6 - time.time()) < 600, "its times")
    check(registers(CAPTURE, count=2) == RESTORED, "the registers are as they were")
    c = Capture("--json", "--write=again.pcap", "--count=3")
    for side, f in items[:5]:
        WIRE.send(side, f)
    check(c.stop(None) == DONE and len(pcap_frames("again.pcap")[0]) == 3, "--count")
    o = is_object(read("capture.out"), "capture", 0)
    check(o and (o["file"], o["captured"], o["filtered"]) == ("again.pcap", 3, 0), f"one object: {read('capture.out')}")
    # A pipe gets each frame at once, and its end is no failure.
    p = Capture("-w", "-", stdout=subprocess.PIPE)
    pipe = p.process.stdout
    check(struct.unpack("<I", pipe.read(24)[:4])[0] == 0xA1B2C3D4, "the pipe begins as a pcap")
    for side, f in items[:3]:
        WIRE.send(side, f)
        head = struct.unpack("<IIII", pipe.read(16))
        check(head[3] == len(padded(f)) and pipe.read(head[2]) == padded(f)[:240], "a frame over the pipe, as soon as it has come")
    pipe.close()
    for side, f in items[:2]:
        WIRE.send(side, f)
    check(p.stop(None) == DONE and len(read("capture.err").splitlines()) == 2, f"a reader that goes ends it quietly: {read('capture.err')}")
    check(registers(CAPTURE, count=2) == RESTORED, "and the registers are as they were")


MARK = udp(bytes([198, 51, 100, 250]), bytes([192, 0, 2, 10]), 9999, 9999)


def picked(what, args, items, fits):
    """A capture with a filter that the test knows: what fits comes, nothing else. Behind each batch comes a frame that fits any filter."""
    c = Capture("--json", *args)
    sent, marks = [], 1 if args[0].startswith("--side") else 2
    for n, at in enumerate(range(0, len(items), BATCH), 1):
        for side, f in items[at:at + BATCH] + [(0, MARK), (1, MARK)]:
            WIRE.send(side, f)
            sent.append((side, f))
        if not until(1 if HARDWARE else 30, lambda want=n * marks: len([o for o in c.frames() if o["sport"] == 9999]) >= want) and not HARDWARE:
            break
    check(c.stop() == DONE, f"{what}: {read('capture.err')}")
    expected = [i for i in sent if fits(*i) or i[1] == MARK and f"--side={('unprotected', 'protected')[1 - i[0]]}" not in args]
    check(0 < len([i for i in expected if i[1] != MARK]) < len(items), f"{what}: {len(expected)} of {len(items)}")
    got, filtered, missed = c.counts()
    in_order(c.frames(), expected, what, missed)
    check(got + missed >= len(expected) >= got and missed <= (len(sent) // 8 if HARDWARE else 0), f"{what}: {read('capture.err')}")
    check("-" in args[0] or filtered + missed >= len(sent) - len(expected) >= filtered, f"{what}: filtered away: {read('capture.err')}")
    return missed


def test_filters():
    """In the appliance, and behind it."""
    items = sides_of(FRAMES[12:42] if HARDWARE else FRAMES[:90])
    for name, side in (("unprotected", 0), ("protected", 1)):
        picked(f"--side={name}", [f"--side={name}"], items, lambda s, f, want=side: s == want)
        check(Capture.counts()[1] == 0, "nothing was fetched in vain")
    picked("ip6", ["ip6 or", "udp port 9999"], items, lambda s, f: f[12:14] == b"\x86\xdd")
    # The length that it had, not what is left of it.
    picked("greater 250", ["greater", "250", "or", "udp", "port", "9999"], items, lambda s, f: len(f) >= 250)
    picked("udp and not port 53", ["udp and", "not port 53"], [i for i in items if len(i[1]) > 42 and i[1][12:15] == b"\x08\0\x45"],
           lambda s, f: f[23] == 17 and 53 not in struct.unpack_from("!HH", f, 34))


def test_every():
    """One of N, by the number, as docs/soc.md says."""
    for every in (2, 8):
        c = Capture("--json", f"--every={every}")
        first = len(WIRE.sent) + 1
        numbers = []
        for at in range(first, first + (60 if HARDWARE else 120)):
            WIRE.send(0, udp(bytes([198, 51, 100, at % 200 + 1]), bytes([192, 0, 2, 10]), 1000 + at, 53))
            if not (at ^ at >> 7) & (every - 1):
                numbers.append(at)
                until(20, lambda n=len(numbers): len(c.frames()) >= n)
        check(c.stop() == DONE, "--every")
        got = c.frames()
        check([o["number"] for o in got] == numbers, f"--every={every}: {[o['number'] for o in got]} instead of {numbers}")
        check(all(o["sport"] == 1000 + o["number"] for o in got), f"--every={every}: each number is that frame")
        check(c.counts() == (len(numbers), 0, 0), f"--every={every}: {read('capture.err')}")
        SEEN.extend(got)


def test_verdicts():
    """By verdict and reason, as the simulator's own trace has them: judged at the end (test_trace), here that there are some."""
    drops = [o for o in SEEN if o["verdict"] == "drop"]
    check(drops and len({o["verdict"] for o in SEEN}) > 1, "some of the frames are dropped, others are not")
    reason = drops[0]["reason"]
    items = sides_of(FRAMES)
    for args, fits in ((["--verdict=drop"], lambda o: o["verdict"] == "drop"), (["--verdict=drop,answer", f"--reason={reason}"], lambda o: o["reason"] == reason),
                       (["--verdict=pass"], lambda o: o["verdict"] == "pass")):
        c = Capture("--json", *args)
        first = len(WIRE.sent) + 1
        for side, f in items:
            WIRE.send(side, f, PAUSE or 0.015)
        time.sleep(1 if HARDWARE else 0.2)
        check(c.stop() == DONE and c.counts()[2] <= (5 if HARDWARE else 0), f"{args}: {read('capture.err')}")
        got = c.frames()
        check(got and all(fits(o) for o in got), f"{args}: nothing else: {[o['reason'] for o in got if not fits(o)]}")
        PICKED.append((args, range(first, first + len(items)), fits, {o["number"] for o in got}, c.counts()[2]))
        SEEN.extend(got)


PICKED = []


def test_missed():
    """A host that does not fetch: 16 wait, the others are counted."""
    c = Capture("--json")
    frames = [(0, udp(bytes([198, 51, 100, i + 1]), bytes([192, 0, 2, 10]), 2000 + i, 53)) for i in range(50)]
    c.process.send_signal(signal.SIGSTOP)
    for side, f in frames:
        WIRE.send(side, f)
    time.sleep(2 if HARDWARE else 0.5)
    c.process.send_signal(signal.SIGCONT)
    check(until(30, lambda: len(c.frames()) >= 16), f"what waits is fetched: {len(c.frames())}")
    check(c.stop() == DONE and c.counts() == (16, 0, 34), f"missed: {read('capture.err')}")
    in_order(c.frames(), frames if HARDWARE else frames[:16], "the oldest", 34)
    check(json.loads(c.lines()[-1])["missed"] == 34, "missed, as JSON")
    # What waits when a signal comes has been captured: it is fetched before the end.
    c = Capture("--json")
    c.process.send_signal(signal.SIGSTOP)
    for side, f in frames[:5]:
        WIRE.send(side, f)
    time.sleep(1 if HARDWARE else 0.3)
    c.process.send_signal(signal.SIGINT)
    c.process.send_signal(signal.SIGCONT)
    check(c.stop(None) == DONE and c.counts() == (5, 0, 0), f"what waits at the end: {read('capture.err')}")
    in_order(c.frames(), frames[:5], "what waits at the end")


def test_lines():
    """For people: time, side, length, verdict, reason, addresses, ports."""
    c = Capture("--count=2", "--seconds=60")
    WIRE.send(0, udp(bytes([198, 51, 100, 77]), bytes([192, 0, 2, 10]), 4001, 53))
    WIRE.send(1, b"\2\0\0\0\0\1\2\0\0\0\0\2\x88\xb5" + bytes(60))
    check(c.stop(None) == DONE, read("capture.err"))
    lines = c.lines()
    check(len(lines) == 2 and re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z unprotected   72 pass    pass +198\.51\.100\.77:4001 > 192\.0\.2\.10:53 udp", lines[0]),
          f"a line: {lines}")
    check(len(lines) == 2 and re.search(r"Z protected     74 \w+ +\w+ +ethertype 0x88b5$", lines[1]), f"another: {lines}")
    start = time.monotonic()
    r = run(WEIRCTL, "-d", LIVE.url, "capture", "--seconds=1")
    check(r.returncode == DONE and not r.stdout and 0.9 < time.monotonic() - start < 20 and "0 frames captured, 0 filtered away, 0 missed" in r.stderr, f"--seconds: {r.stderr}")
    # A reader that goes: of text it is a failure, as of every command.
    p = Capture(stdout=subprocess.PIPE)
    p.process.stdout.close()
    WIRE.send(0, udp(bytes([198, 51, 100, 77]), bytes([192, 0, 2, 10]), 4001, 53))
    check(p.stop(None) == FAILED and "standard output" in read("capture.err"), f"lines that nobody reads: {read('capture.err')}")
    check(registers(CAPTURE, count=2) == RESTORED, "the registers are as they were")


def test_who_else():
    """A host that captures already."""
    registers(CAPTURE, 0x00FF0301, 0)
    r = run(WEIRCTL, "-d", LIVE.url, "capture", "--seconds=1")
    check(r.returncode == REFUSED and one_line(r.stderr, "--force") and not r.stdout, f"refused: {r.returncode} {r.stderr}")
    check(registers(CAPTURE, count=2) == [0x00FF0301, 0], "and left as it was")
    r = run(WEIRCTL, "-d", LIVE.url, "capture", "--seconds=1", "-w", "refused.pcap")
    check(r.returncode == REFUSED and not os.path.exists("refused.pcap"), "no file either")
    r = run(WEIRCTL, "-d", LIVE.url, "capture", "--seconds=1", "--force")
    check(r.returncode == DONE and registers(CAPTURE, count=2) == [0x00FF0300, 0], f"--force: {r.stderr}")
    registers(CAPTURE, *OWN)


def test_bad():
    """What makes no sense opens nothing; files that cannot be."""
    for args, *parts in [
            (["--every=3"], "--every=3", "power of two"), (["--every=0"], "1 to 32768"), (["--every=65536"], "1 to 32768"), (["--verdict=frogs"], "frogs", "no verdict"),
            (["--verdict="], "--verdict"), (["--verdict=drop,"], "nothing"), (["--verdict=" + "drop," * 100], "--verdict"), (["--reason=frogs"], "frogs"),
            (["--side=left"], "left"), (["--count=0"], "--count"), (["--seconds=x"], "--seconds"), (["-w", "-", "--json"], "standard output"),
            (["--write="], "--write"), (["port"], "filter \"port\""), (["host", "1.2.3.4", "and"], "filter"), (["frogs"], "frogs"), (["(" * 5000], "longer"),
            (["ether[" + "1+" * 1000 + "1] = 1", "&&"], "filter")]:
        r = run(WEIRCTL, "-d", "sim:nowhere", "capture", *args)
        check(r.returncode == USAGE and one_line(r.stderr, *parts) and not r.stdout, f"{args}: {r.returncode} {r.stderr[:300]}")
    for name in ("no/such/folder", ".", "/dev/full"):
        r = run(WEIRCTL, "-d", LIVE.url, "capture", "--seconds=1", "-w", name)
        check(r.returncode == FAILED and one_line(r.stderr, name, "cannot be written"), f"{name}: {r.returncode} {r.stderr}")
        check(registers(CAPTURE, count=2) == RESTORED, f"{name}: the registers are as they were")

    def small():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (24 + 3 * (16 + 72) + 30, 24 + 3 * (16 + 72) + 30))

    c = Capture("-w", "small.pcap", preexec_fn=small)
    for i in range(6):
        WIRE.send(0, udp(bytes([198, 51, 100, i + 1]), bytes([192, 0, 2, 10]), 3000 + i, 53))
    check(c.stop(None) == FAILED and "small.pcap cannot be written" in read("capture.err"), f"a disk that is full: {read('capture.err')}")
    check([length for _, length, _ in pcap_frames("small.pcap")[0]] == [72] * 3, "a file of whole frames is left")
    check(registers(CAPTURE, count=2) == RESTORED, "and the registers are as they were")


def test_no_memory():
    """The n-th allocation fails, for every n: whatever that breaks off, the appliance captures nothing, and its registers are as they were."""
    if not NOMEM:
        return
    ended, frame = [], udp(bytes([198, 51, 100, 77]), bytes([192, 0, 2, 10]), 3000, 53)
    for nth in range(1, 1000):
        with open("nomem.err", "wb") as err:
            p = subprocess.Popen([NOMEM, "-d", LIVE.url, "--json", "capture", "--count=1", "--side=unprotected"], stdin=subprocess.DEVNULL,
                                 stdout=subprocess.DEVNULL, stderr=err, env=dict(ENV, WEIR_FAIL_ALLOC=str(nth)))
        said = until(30, lambda process=p: "capturing at" in read("nomem.err") or process.poll() is not None)
        while p.poll() is None:
            WIRE.send(0, frame, 0.02)
        told = read("nomem.err")
        # Some can be done without.
        check(said and p.returncode in (DONE, FAILED) and (p.returncode == DONE or "memory" in told), f"allocation {nth}: {p.returncode} {told}")
        check(registers(CAPTURE, count=2) == RESTORED, f"allocation {nth}: the registers are as they were: {told}")
        if "capturing at" in told:
            ended.append(p.returncode)
        if "nomem: enough" in told:
            break
    check(ended.count(FAILED) >= 10 and ended[-1:] == [DONE], f"while it captures: {len(ended)} allocations, {ended}")


def test_lost():
    """The appliance goes away in the middle."""
    global LIVE, WIRE  # pylint: disable=global-statement
    kept = LIVE, WIRE
    LIVE = Sim(SIM, "lost.sock", *ENGINE_ARGS, live=True)
    WIRE = Wire(LIVE)
    c = Capture("-w", "lost.pcap")
    items = [(0, udp(bytes([198, 51, 100, i + 1]), bytes([192, 0, 2, 10]), 3000 + i, 53)) for i in range(6)]
    check(paced(items, lambda: len(pcap_frames("lost.pcap")[0])), "before")
    LIVE.process.kill()
    check(c.stop(None) == NO_DEVICE, f"a board that is gone: {read('capture.err')}")
    lines = read("capture.err").splitlines()
    check(len(lines) == 3 and "weirctl: capture: " in lines[1] and c.counts() == (6, 0, 0), f"it says so, once: {lines}")
    check(len(pcap_frames("lost.pcap")[0]) == 6, "a whole file is left")
    LIVE.stop()
    WIRE.close()
    LIVE, WIRE = kept


def test_trace(trace):
    """Every frame that any capture has shown, against the simulator's own trace."""
    rows = {o["n"]: o for o in map(json.loads, read(trace).splitlines()) if "n" in o}
    check(len(rows) == len(WIRE.sent) and len(SEEN) > 200, f"the trace has {len(rows)} frames, {len(WIRE.sent)} were sent, {len(SEEN)} captured")
    names = {"unprotected": "U", "protected": "P"}
    for o in SEEN:
        row = rows[o["number"]]
        check((o["verdict"], o["reason"], o["len"], names[o["side"]]) == (row["verdict"], row["reason"], row["len"], row["side"]), f"{o} is {row}")
        check(abs(o["time_us"] - row["t_ns"] / 1000) < (2e6 if HARDWARE else 50), f"time of {o['number']}: {o['time_us']} {row['t_ns']}")
    for args, numbers, fits, got, missed in PICKED:
        expected = {n for n in numbers if fits(rows[n])}
        check(got <= expected and len(expected - got) <= missed, f"{args}: too many {got - expected}, too few {expected - got}")


for lacking in (name for name in FILES if not os.path.exists(os.path.join(PCAPS, name))):
    sys.exit(f"weirctl-capture: {PCAPS} has no {lacking}; name the folder of the captures with CORPUS= (docs/corpus.md)")
with tempfile.TemporaryDirectory() as folder:
    FRAMES = [f for name in FILES for _, length, f in pcap_frames(os.path.join(PCAPS, name))[0] if 14 <= len(f) == length <= 1514][::3 if HARDWARE else 1]
    os.chdir(folder)
    ENGINE_ARGS = [f"--engine={ENGINE}"] + (["--no-firmware"] if HARDWARE else [])
    LIVE = Sim(SIM, "sim.sock", *ENGINE_ARGS, "--trace=trace.jsonl", live=True)
    WIRE = Wire(LIVE)
    try:
        check(registers(CAPTURE, *OWN, count=2) == OWN, "settings of somebody before us")
        for test in (test_json, test_pcap, test_filters, test_every, test_verdicts, test_missed, test_lines, test_who_else, test_bad, test_no_memory,
                     test_lost):
            began = time.monotonic()
            test()
            print(f"{test.__name__}: {time.monotonic() - began:.1f} s", flush=True)
        check(registers(QUEUE)[0] & 0xFF == 0, "nothing waits at the end")
        check(LIVE.stop() == 0, "weir-sim ends well")
        test_trace("trace.jsonl")
    finally:
        LIVE.stop()
        WIRE.close()
        os.chdir("/")
finish("weirctl-capture")
