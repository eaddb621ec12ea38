#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""cli_test.py WEIR_SIM MANUAL [both]: exit status, messages and outputs of weir-sim.

WEIR_SIM is the program to test; with `both` it holds the hardware, and both engines are run."""
import gzip
import json
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import tempfile
import time

PROGRAM, MANUAL = sys.argv[1], sys.argv[2]
ENGINE = "both" if sys.argv[3:] == ["both"] else "model"
checks = failed = 0


def check(ok, what):
    """Count one check; say what failed."""
    global checks, failed
    checks += 1
    if not ok:
        failed += 1
        print(f"FAILED: {what}")


def run(*args, engine=ENGINE, **more):
    """Run weir-sim; standard output and error as text."""
    return subprocess.run([PROGRAM, f"--engine={engine}", *args], capture_output=True, text=True,
                          timeout=300, check=False, **more)


def ip_sum(header):
    """Internet checksum."""
    total = sum(struct.unpack(f"!{len(header) // 2}H", header))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def udp(src, dst, payload=b"x" * 30, ttl=64, bad=False):
    """An Ethernet frame with UDP from src to dst (last bytes of two test networks), no UDP checksum."""
    datagram = struct.pack("!HHHH", 4000, 5000, 8 + len(payload), 0) + payload
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(datagram), 7, 0, ttl, 17, 0, src, dst)
    head = head[:10] + struct.pack("!H", ip_sum(head) ^ bad) + head[12:]
    return b"\2\0\0\0\0\1\2\0\0\0\0\2\x08\0" + head + datagram


CLIENT, SERVER = bytes([198, 51, 100, 7]), bytes([192, 0, 2, 10])
GLOBAL = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)


def capture(frames, start=1000.0, step=0.001, head=GLOBAL):
    """A pcap of frames; an item may be (bytes, length on the wire)."""
    out = [head]
    for i, frame in enumerate(frames):
        data, wire = frame if isinstance(frame, tuple) else (frame, len(frame))
        t = start + i * step
        out.append(struct.pack("<IIII", int(t), int(round(t % 1 * 1e6)) % 1000000, len(data), wire) + data)
    return b"".join(out)


def write(name, data):
    """Write a file, give its name back."""
    with open(name, "wb") as f:
        f.write(data)
    return name


def read_pcap(name):
    """Frames of a nanosecond pcap with their times."""
    with open(name, "rb") as f:
        data = f.read()
    assert struct.unpack("<I", data[:4])[0] == 0xA1B23C4D, name
    at, out = 24, []
    while at < len(data):
        s, ns, n, _ = struct.unpack("<IIII", data[at:at + 16])
        out.append((s * 10**9 + ns, data[at + 16:at + 16 + n]))
        at += 16 + n
    return out


def is_one_line(result, *parts):
    """One line of complaint with all parts."""
    lines = result.stderr.strip("\n").split("\n")
    return len(lines) == 1 and all(p in lines[0] for p in parts)


def test_bad_input():
    """Exit status 3."""
    good = capture([udp(CLIENT, SERVER)] * 3)
    for name, data, *parts in [
            ("empty.pcap", b"", "empty.pcap: the file is empty"),
            ("text.pcap", b"hello, world, this is text\n" * 3, "text.pcap: not a capture"),
            ("short.pcap", good[:10], "short.pcap: not a capture"),
            ("wifi.pcap", good[:20] + struct.pack("<I", 105) + good[24:], "IEEE802_11", "not Ethernet"),
            ("raw.pcap", good[:20] + struct.pack("<I", 101) + good[24:], "RAW", "not Ethernet"),
            ("bad.gz", gzip.compress(b"")[:-4] + b"abcd" + b"xx", "bad.gz")]:
        write(name, data)
        r = run("-p", "192.0.2.0/24", name)
        check(r.returncode == 3 and is_one_line(r, *parts), f"{name}: {r.returncode} {r.stderr}")
        check(r.stdout == "", f"{name}: no summary of nothing")
    r = run("missing.pcap")
    check(r.returncode == 3 and is_one_line(r, "missing.pcap", "No such file"), r.stderr)
    r = run(".")
    check(r.returncode == 3 and is_one_line(r, "directory"), r.stderr)
    r = run("-", stdin=subprocess.DEVNULL)
    check(r.returncode == 3 and is_one_line(r, "--protect"), r.stderr)
    write("good.pcap", good)
    r = run("--labels=missing.labels", "good.pcap")
    check(r.returncode == 3 and is_one_line(r, "missing.labels"), r.stderr)
    write("x.labels", b"no labels\n")
    r = run("--labels=x.labels", "good.pcap")
    check(r.returncode == 3 and is_one_line(r, "x.labels:1"), r.stderr)


def test_truncated():
    """What could be read is judged and written; then status 3."""
    whole = capture([udp(CLIENT, SERVER, bytes([i]) * 30) for i in range(5)])
    for cut, data in (("cut.pcap", whole[:-7]), ("cut.pcap.gz", gzip.compress(whole)[:-12]),
                      ("head.pcap", whole[:-80]), ("huge.pcap", whole + struct.pack("<IIII", 1, 1, 1 << 30, 60))):
        write(cut, data)
        r = run("-p", "192.0.2.0/24", "--report=r.json", "--trace=t.jsonl", "--out=o", cut)
        with open("r.json", encoding="utf-8") as f:
            offered = json.load(f)["frames"]["offered"]
        lines = sum(1 for _ in open("t.jsonl", encoding="utf-8"))
        out = read_pcap("o/to_protected.pcap")
        check(r.returncode == 3, f"{cut}: status {r.returncode}")
        check(is_one_line(r, cut, f"packet {offered + 1}:"), f"{cut}: {r.stderr}")
        check(offered == lines == len(out) and offered >= 3, f"{cut}: {offered} judged, {lines}, {len(out)} written")
        check("FRAMES" in r.stdout, f"{cut}: a summary")


def test_usage():
    """Exit status 2, and nothing done."""
    write("ok.pcap", capture([udp(CLIENT, SERVER)]))
    for args, part in [
            ([], "a capture is missing"), (["a", "b", "c"], "at most two"), (["--protect=1.2.3.4/33", "ok.pcap"], "no prefix"),
            (["--protect=1.2.3.4/8", "ok.pcap"], "clear them"), (["--depth=rtl", "ok.pcap"], "stream or gmii"),
            (["--plot=x.jpg", "ok.pcap"], ".png or .svg"), (["--seed=many", "ok.pcap"], "--seed"),
            (["--protect=1.2.3.0/24", "ok.pcap", "ok.pcap"], "with two they are given"), (["--frobnicate", "ok.pcap"], "unrecognized"),
            (["--labels=l", "ok.pcap", "ok.pcap"], "one capture"), (["-", "-"], "standard input"),
            (["--report=/nonexistent/r.json", "ok.pcap"], "/nonexistent/r.json"),
            (["--trace=/nonexistent/t", "ok.pcap"], "/nonexistent/t"), (["--out=/nonexistent/d/e", "ok.pcap"], "/nonexistent/d/e")]:
        r = run(*args)
        check(r.returncode == 2 and part in r.stderr, f"{args}: {r.returncode} {r.stderr}")
        check(r.stdout == "", f"{args}: silent")
    r = run("--engine=fpga", "ok.pcap")
    check(r.returncode == 2 and "both, rtl or model" in r.stderr, r.stderr)


def test_policy():
    """Exit status 2 with file and line."""
    write("ok.pcap", capture([udp(CLIENT, SERVER)]))
    for text, line, part in [
            ("weir_policy: 1\nbypass: [\n", 3, "not YAML"), ("weir_policy: 1\nanomalies:\n  no_such: drop\n", 3, "no_such"),
            ("weir_policy: 1\nmeters:\n  remote: {packets_per_s: 10, burst_packets: 500}\n", 3, "at most"),
            ("weir_policy: 1\nmeters:\n  remote: {hold_ms: 16000}\n", 3, "timeout_ms"),
            ("weir_policy: 1\nbypass: true\nbypass: false\n", 3, "after line 2")]:
        write("bad.yaml", text.encode())
        r = run("--policy=bad.yaml", "ok.pcap")
        check(r.returncode == 2 and is_one_line(r, f"bad.yaml:{line}: ", part), f"{text!r}: {r.returncode} {r.stderr}")
    r = run("--policy=none.yaml", "ok.pcap")
    check(r.returncode == 2 and is_one_line(r, "none.yaml"), r.stderr)


REPORT = {
    "weir_report": int, "engine": str,
    "frames": ["offered", "passed", "dropped", "answered", "diverted", "consumed", "refused", "generated", "unexplained"],
    "classes": ["ipv4", "ipv6", "arp", "vlan", "tcp", "udp", "icmp", "frag", "syn", "synack", "rst", "fin", "broadcast",
                "multicast", "ip_options", "get", "post"],
    "anomalies": dict, "reasons": dict, "meters": list,
    "connections": ["handshakes", "events", "legit", "proven", "flood_host", "flood_total", "flood_zombie"],
    "rules": ["dry_run", "exact", "prefix", "expired", "differ", "list"], "tables": list,
    "state_tables": list, "latency_ns": ["min", "p50", "p99", "max"],
    "compare": ["packets", "mismatches"], "time": ["simulated_s", "wall_s", "cycles", "packets_per_s"]}
TRACE = ["n", "t_ns", "side", "len", "verdict", "reason", "key", "threshold", "measured", "unit", "latency_ns", "classes",
         "anomalies", "event", "legit", "proven", "flood", "rule", "dry_reason"]


def without_wall(report):
    """A report without what depends on the machine."""
    report["time"].pop("wall_s")
    report["time"].pop("packets_per_s")
    return report


def test_report():
    """The names of the report and the trace are a promise."""
    frames = [udp(CLIENT, SERVER), udp(SERVER, CLIENT), udp(CLIENT, SERVER, bad=True), udp(CLIENT, SERVER, ttl=0),
              (udp(CLIENT, SERVER, b"y" * 900)[:40], 942), b"\1\x80\xc2\0\0\1" + b"\2" * 6 + b"\x88\x08" + bytes(46), b"short", udp(CLIENT, SERVER, b"z" * 1600),
              udp(CLIENT, SERVER, b"1")]
    write("mix.pcap", capture(frames))
    args = ["-p", "192.0.2.0/24", "--report=a.json", "--trace=a.jsonl", "--out=out", "mix.pcap"]
    r = run(*args)
    check(r.returncode == 0 and r.stderr == "", f"mix: {r.returncode} {r.stderr}")
    with open("a.json", encoding="utf-8") as f:
        report = json.load(f)
    check(list(report) == list(REPORT), f"names and order: {list(report)}")
    for name, kind in REPORT.items():
        if isinstance(kind, list):
            check(list(report[name]) == kind, f"{name}: {list(report[name])}")
        else:
            check(isinstance(report[name], kind), f"{name} is {type(report[name])}")
    f = report["frames"]
    check(f == {"offered": 9, "passed": 4, "dropped": 2, "answered": 0, "diverted": 0, "consumed": 1, "refused": 2,
                "generated": 0, "unexplained": 0}, f"frames: {f}")
    check(report["anomalies"] == {"ip4_checksum": 1, "ip4_ttl_zero": 1}, str(report["anomalies"]))
    check(report["classes"]["udp"] == 6 and report["classes"]["multicast"] == 1, str(report["classes"]))
    check(report["reasons"]["runt"] == {"refuse": 1, "dry_run": 0}, str(report["reasons"]))
    check(report["reasons"]["oversize"] == {"refuse": 1, "dry_run": 0}, str(report["reasons"]))
    check(list(report["tables"][0]) == ["name", "size", "peak", "evictions", "full"], "tables")
    check([t["name"] for t in report["state_tables"]] == ["connection", "host", "legit", "proven", "source", "client", "server"] and
          list(report["state_tables"][0]) == ["name", "size", "used", "evictions", "full"], "tables of state")
    check(report["connections"]["handshakes"] == report["connections"]["events"].get("established", 0), "handshakes")
    check(report["compare"]["mismatches"] == 0, "no mismatch")
    # The runt is refused before the hardware sees it.
    check(report["compare"]["packets"] == (8 if ENGINE == "both" else 0), str(report["compare"]))
    lines = [json.loads(line) for line in open("a.jsonl", encoding="utf-8")]
    check([x["n"] for x in lines] == list(range(1, 10)), "one line a packet, in order")
    check(all(list(x) == TRACE for x in lines), f"names of the trace: {list(lines[0])}")
    check([x["side"] for x in lines[:2]] == ["U", "P"], "sides")
    check(lines[0]["t_ns"] == 1000 * 10**9 and lines[0]["len"] == 72, str(lines[0]))
    check(lines[4]["len"] == 942 and "cut" in lines[4]["classes"], str(lines[4]))
    check(lines[8]["len"] == 60, "padded to 60")
    check([x["verdict"] for x in lines] == ["pass", "pass", "drop", "drop", "pass", "consume", "refuse", "refuse", "pass"], "verdicts")
    check((lines[0]["latency_ns"] is not None) == (ENGINE == "both"), "latency only with a clock")
    out, back = read_pcap("out/to_protected.pcap"), read_pcap("out/to_unprotected.pcap")
    check([len(b) for _, b in out] == [72, 942, 60] and len(back) == 1, "what each side received")
    check(out[0][1] == frames[0] and back[0][1] == frames[1], "byte for byte")
    check(out[1][1] == frames[4][0] + bytes(942 - 40), "zeros behind the snap length")
    check(out[2][1] == frames[8] + bytes(60 - len(frames[8])), "padded")
    check(all(t >= 1000 * 10**9 for t, _ in out), "simulated times")
    check("cut by the snap length" in r.stdout, "the summary tells of cut frames")
    r = run("-p", "192.0.2.0/24", "--report=b.json", "mix.pcap")
    with open("b.json", encoding="utf-8") as f:
        check(without_wall(json.load(f)) == without_wall(report), "the same again")
    r = run("-p", "192.0.2.0/24", "--report=-", "mix.pcap")
    check(without_wall(json.loads(r.stdout)) == report and "FRAMES" in r.stderr, "report on standard output")
    with open("mix.pcap", "rb") as f:
        r = run("-p", "192.0.2.0/24", "--report=b.json", "-", stdin=f)
    with open("b.json", encoding="utf-8") as f:
        check(without_wall(json.load(f)) == report, "the same from standard input")
    write("mix.pcap.gz", gzip.compress(capture(frames)))
    r = run("-p", "192.0.2.0/24", "--report=b.json", "mix.pcap.gz")
    with open("b.json", encoding="utf-8") as f:
        check(without_wall(json.load(f)) == report, "the same from gzip")


def test_two_captures():
    """One a side."""
    write("u.pcap", capture([udp(CLIENT, SERVER)] * 3, 1000.0))
    write("p.pcap", capture([udp(SERVER, CLIENT)] * 2, 1000.0005))
    r = run("--trace=two.jsonl", "u.pcap", "p.pcap")
    sides = [json.loads(line)["side"] for line in open("two.jsonl", encoding="utf-8")]
    check(r.returncode == 0 and sides == ["U", "P", "U", "P", "U"], f"two captures: {r.returncode} {sides}")
    check("guessed" not in r.stdout, "nothing to guess")


def test_sides_guessed():
    """And said so."""
    syn = bytearray(udp(CLIENT, SERVER))
    write("g.pcap", capture([bytes(syn)] * 2 + [udp(SERVER, CLIENT)]))
    r = run("--trace=g.jsonl", "g.pcap")
    check("guessed" in r.stdout and "192.0.2.10" in r.stdout, r.stdout)
    sides = [json.loads(line)["side"] for line in open("g.jsonl", encoding="utf-8")]
    check(sides == ["U", "U", "P"], f"guess: {sides}")
    r = run("-p", "203.0.113.0/24", "g.pcap")
    check("guessed" not in r.stdout, "told")


def test_fast():
    """Capture times do not count."""
    write("slow.pcap", capture([udp(CLIENT, SERVER)] * 100, step=0.5))
    for option, low, high in (("--as-timed", 49, 50), ("--as-fast-as-possible", 0.00007, 0.0001)):
        run("-p", "192.0.2.0/24", option, "--report=f.json", "slow.pcap")
        with open("f.json", encoding="utf-8") as f:
            s = json.load(f)["time"]["simulated_s"]
        check(low < s < high, f"{option}: {s} s")


def test_dry_run_and_meters():
    """A meter that trips, one in dry run, a table that is full."""
    write("flood.pcap", capture([udp(CLIENT, SERVER)] * 200, step=0.0001))
    write("trip.yaml", b"weir_policy: 1\nmeters:\n  class: {udp: {packets_per_s: 100, burst_packets: 10, action: drop}}\n"
          b"  remote: {packets_per_s: 100, burst_packets: 5, action: limit, dry_run: true}\n")
    r = run("-p", "192.0.2.0/24", "--policy=trip.yaml", "--report=m.json", "--trace=m.jsonl", "flood.pcap")
    with open("m.json", encoding="utf-8") as f:
        report = json.load(f)
    row = report["meters"][0]
    dropped = report["reasons"]["meter_class"]["drop"]
    check(r.returncode == 0 and dropped == 190, f"dropped {dropped}")
    check((row["meter"], row["key"], row["trips"], row["dropped"]) in
          (("class", "192.0.2.10 udp", 1, dropped), ("remote", "198.51.100.7", 0, 0)), str(row))
    check(report["reasons"]["meter_remote"]["dry_run"] > 100, str(report["reasons"]))
    last = json.loads(open("m.jsonl", encoding="utf-8").readlines()[-1])
    check(last["key"] == "192.0.2.10 udp" and last["threshold"] == 7 and last["measured"] > 7, str(last))
    check("METERS THAT TRIPPED" in r.stdout, "the summary tells it")


def udp6(src, dst, payload=b"x" * 30):
    """The same in IPv6; addresses as 16 bytes."""
    datagram = struct.pack("!HHHH", 4000, 5000, 8 + len(payload), 0) + payload
    pseudo = src + dst + struct.pack("!II", len(datagram), 17) + datagram + b"\0" * (len(datagram) % 2)
    datagram = datagram[:6] + struct.pack("!H", ip_sum(pseudo) or 0xFFFF) + datagram[8:]
    return b"\2\0\0\0\0\1\2\0\0\0\0\2\x86\xdd" + struct.pack("!IHBB", 6 << 28, len(datagram), 17, 64) + src + dst + datagram


def judged(frames, rules, name="rules", extra=b"", **more):
    """Run frames through a policy with these rules; result, report, trace, and what came out on the protected side."""
    write(f"{name}.yaml", b"weir_policy: 1\n" + extra + b"rules:\n" + rules)
    write(f"{name}.pcap", capture(frames, **more))
    r = run("-p", "192.0.2.0/24,2001:db8:1::/48", f"--policy={name}.yaml", f"--report={name}.json", f"--trace={name}.jsonl",
            f"--out={name}", f"{name}.pcap")
    with open(f"{name}.json", encoding="utf-8") as f:
        report = json.load(f)
    with open(f"{name}.jsonl", encoding="utf-8") as f:
        trace = [json.loads(line) for line in f]
    check(report["compare"]["mismatches"] == 0 and report["rules"]["differ"] == 0, f"{name}: no mismatch {r.stderr}")
    return r, report, trace, [frame for _, frame in read_pcap(f"{name}/to_protected.pcap")]


def host(n):
    """An address on the other side."""
    return bytes([198, 51, 100, n])


def test_rules():
    """Block, allow over block, divert, both families; the report and the trace name the line."""
    far6, near6 = bytes.fromhex("20010db8000f") + bytes(9) + b"\1", bytes.fromhex("20010db80001") + bytes(9) + b"\1"
    frames = [udp(host(7), SERVER), udp(host(8), SERVER), udp(host(9), SERVER), udp(host(200), SERVER), udp6(far6, near6),
              udp(SERVER, host(7)), udp(SERVER, host(99)), udp(host(150), SERVER, bad=True), udp(host(50), SERVER)]
    rules = b"""  divert_mac: 02-00-00-00-00-aa
  list:
  - {action: block, from: 198.51.100.7, originator: "noc 17"}
  - action: block
    from: 198.51.100.128/25
  - {action: allow, from: 198.51.100.200, expires: "2001-01-01T00:00:00Z"}
  - {action: divert, from: 198.51.100.8, to: 192.0.2.10, protocol: udp, port: 5000}
  - {action: block, to: "2001:db8:1::/48"}
  - {action: divert, to: 198.51.100.9}
  - {action: block, protocol: udp, from: 198.51.100.99, direction: out}
  - {action: allow, from: 198.51.100.144/28}
"""
    r, report, trace, out = judged(frames, rules)
    check(r.returncode == 0 and r.stderr == "", f"rules: {r.returncode} {r.stderr}")
    got = [(t["verdict"], t["reason"], t["rule"] and t["rule"]["line"]) for t in trace]
    want = [("drop", "rule_block", 5), ("divert", "rule_divert", 9), ("pass", "pass", None), ("pass", "rule_allow", 8),
            ("drop", "rule_block", 10), ("pass", "pass", None), ("drop", "rule_block", 12), ("pass", "rule_allow", 13),
            ("pass", "pass", None)]
    check(got == want, f"rules: {got}")
    check(trace[0]["rule"]["originator"] == "noc 17" and trace[0]["rule"]["action"] == "block" and trace[0]["rule"]["id"] >= 32,
          str(trace[0]["rule"]))
    check(list(trace[1]["rule"]) == ["id", "line", "action"] and trace[4]["rule"]["id"] < 32, str(trace[1]["rule"]))
    check(out == [b"\2\0\0\0\0\xaa" + frames[1][6:], frames[2], frames[3], frames[7], frames[8]], "diverted to that MAC address, the rest as it was")
    f = report["frames"]
    check((f["passed"], f["dropped"], f["diverted"], f["unexplained"]) == (5, 3, 1, 0), str(f))
    rows = report["rules"]["list"]
    check([x["hits"] for x in rows] == [1, 0, 1, 1, 1, 0, 1, 1], str(rows))
    check([x["kind"] for x in rows] == ["exact", "prefix", "exact", "exact"] + ["prefix"] * 4, str(rows))
    check(list(rows[0]) == ["line", "action", "match", "kind", "originator", "expires", "ids", "hits"], str(rows[0]))
    check(rows[0]["match"] == "from 198.51.100.7" and rows[2]["expires"] == "2001-01-01T00:00:00Z", str(rows))
    check((report["rules"]["exact"], report["rules"]["prefix"], report["rules"]["expired"]) == (3, 5, 0), str(report["rules"]))
    check("RULES: 8, 6 of them with hits" in r.stdout and "from 198.51.100.7 (noc 17)" in r.stdout, r.stdout)


def test_rules_expire():
    """In the time of the capture: what has expired with its first frame is left out, and said so."""
    frames = [udp(host(7), SERVER), udp(host(8), SERVER)]
    rules = b"  list:\n  - {action: block, from: 198.51.100.7, expires: 2000}\n  - {action: block, from: 198.51.100.8, expires: 2002}\n"
    r, report, trace, out = judged(frames, rules, start=2001.0)
    check(r.returncode == 0 and is_one_line(r, "rules.yaml:4: rules: expired at 1970-01-01T00:33:20Z", "left out"), r.stderr)
    check([t["verdict"] for t in trace] == ["pass", "drop"] and len(out) == 1, str(trace))
    check([x["kind"] for x in report["rules"]["list"]] == ["expired", "exact"] and report["rules"]["expired"] == 1, str(report["rules"]))
    many = b"".join(b"  - {action: block, from: 198.51.100.%d, expires: 5}\n" % n for n in range(1, 10))
    r, report, trace, out = judged(frames, b"  list:\n" + many)
    check(len(r.stderr.splitlines()) == 6 and "4 more have expired" in r.stderr and len(out) == 2, r.stderr)


def test_rules_dry():
    """Nothing happens, and everything is told."""
    frames = [udp(host(n), SERVER) for n in (7, 8, 9)]
    rules = b"""  dry_run: true
  divert_mac: 02:00:00:00:00:aa
  list:
  - {action: block, from: 198.51.100.7}
  - {action: divert, from: 198.51.100.8}
  - {action: allow, from: 198.51.100.9}
"""
    r, report, trace, out = judged(frames, rules)
    check(out == frames and [t["dry_reason"] for t in trace] == ["rule_block", "rule_divert", None], f"{trace} {r.stderr}")
    check([t["rule"]["line"] for t in trace] == [6, 7, 8] and [x["hits"] for x in report["rules"]["list"]] == [1, 1, 1], str(trace))
    check("RULES (dry run): 3" in r.stdout, r.stdout)


def test_rules_limit():
    """What a rule limits together, in the report as a meter with the rule's line as its key."""
    frames = [udp(host(1 + n % 20), SERVER) for n in range(100)] + [udp(host(1), bytes([192, 0, 2, 11]))]
    rules = b"  list:\n  - {action: limit, to: 192.0.2.10, protocol: udp, port: 4990-4991, rate: {packets_per_s: 10}}\n" \
            b"  - {action: limit, to: 192.0.2.10, protocol: udp, port: 5000, rate: {packets_per_s: 100, burst_packets: 10}}\n"
    r, report, trace, out = judged(frames, rules, step=0.0001)
    check(r.returncode == 0 and len(out) == 11 and report["reasons"]["rule_limit"] == {"drop": 90, "dry_run": 0}, f"{len(out)} {r.stderr}")
    row = report["meters"][0]
    check((row["meter"], row["key"], row["action"], row["packets_per_s"], row["dropped"], row["threshold"]) ==
          ("rule", "line 5", "limit", 100, 90, 7), str(row))
    check(trace[99]["key"] == "line 5" and trace[99]["rule"]["line"] == 5 and trace[99]["measured"] == 100, str(trace[99]))
    check(report["rules"]["list"][1]["hits"] == 100 and trace[100]["rule"] is None, str(report["rules"]))


def test_rules_too_many():
    """Exit status 2, with the rule that is too much."""
    write("ok.pcap", capture([udp(CLIENT, SERVER)]))
    write("many.yaml", b"weir_policy: 1\nrules:\n  list:\n" +
          b"".join(b"  - {action: block, to: 192.0.2.%d}\n" % n for n in range(40)))
    r = run("--policy=many.yaml", "-p", "192.0.2.0/24", "ok.pcap")
    check(r.returncode == 2 and is_one_line(r, "many.yaml:36: rules: no room", "takes 1 of the 32"), r.stderr)


def test_plot():
    """A picture, PNG and SVG."""
    write("flood.pcap", capture([udp(CLIENT, SERVER)] * 50 + [udp(CLIENT, SERVER, bad=True)] * 50))
    for name, magic in (("p.png", b"\x89PNG"), ("p.svg", b"<?xml")):
        r = run("-p", "192.0.2.0/24", f"--plot={name}", "flood.pcap")
        check(r.returncode == 0 and open(name, "rb").read(5).startswith(magic), f"{name}: {r.stderr}")
    empty = write("none.pcap", GLOBAL)
    r = run("-p", "192.0.2.0/24", "--plot=e.png", "--report=e.json", empty)
    check(r.returncode == 0 and os.path.getsize("e.png") > 0, f"no packet at all: {r.returncode} {r.stderr}")
    r = run("-p", "192.0.2.0/24", "--plot=n.png", "flood.pcap", env={**os.environ, "PATH": "/nonexistent"})
    check(r.returncode == 1 and "gnuplot-nox" in r.stderr, f"without gnuplot: {r.returncode} {r.stderr}")


def on_terminal(*arguments):
    """What the program writes to a terminal as its standard error."""
    master, slave = pty.openpty()
    seen = b""
    with subprocess.Popen([PROGRAM, f"--engine={ENGINE}", *arguments], stderr=slave, stdout=subprocess.DEVNULL) as p:
        os.close(slave)
        while True:
            try:
                part = os.read(master, 4096)
            except OSError:
                break
            if not part:
                break
            seen += part
        p.wait()
    os.close(master)
    return seen


def test_progress():
    """A bar on a terminal, none in a pipe."""
    count = 3000 if ENGINE == "both" else 40000
    seen = b""
    # A bar takes 0.2 s: longer captures, until the machine needs that.
    for _ in range(4):
        write("long.pcap", capture([udp(CLIENT, SERVER, bytes(200))] * count, step=0.00001))
        seen = on_terminal("-p", "192.0.2.0/24", "long.pcap")
        if seen:
            break
        count *= 4
    r = run("-p", "192.0.2.0/24", "long.pcap")
    check(r.stderr == "", "silent in a pipe")
    check(b"packets/s" in seen and b"left" in seen, f"bar: {seen[:200]}")
    check(seen.endswith(b"\r\033[K"), "the bar is wiped")


def test_write_fails():
    """A full disk is a failure."""
    write("ok.pcap", capture([udp(CLIENT, SERVER)]))
    for option in ("--report=/dev/full", "--trace=/dev/full"):
        r = run("-p", "192.0.2.0/24", option, "ok.pcap")
        check(r.returncode == 1 and "/dev/full" in r.stderr, f"{option}: {r.returncode} {r.stderr}")
    with open("/dev/full", "w", encoding="utf-8") as full:
        r = subprocess.run([PROGRAM, f"--engine={ENGINE}", "-p", "192.0.2.0/24", "ok.pcap"], stdout=full,
                           stderr=subprocess.PIPE, text=True, check=False)
    check(r.returncode == 1, f"standard output: {r.returncode}")


def test_jumps_of_time():
    """Years forward, years back, and on: no frame is lost, and nobody waits for them."""
    out = [GLOBAL]
    for t in (1000, 1000, 900000000, 900000001, 5, 6, 4000000000, 3999999999, 4000000001):
        frame = udp(CLIENT, SERVER)
        out.append(struct.pack("<IIII", t, 0, len(frame), len(frame)) + frame)
    write("years.pcap", b"".join(out))
    r = run("-p", "192.0.2.0/24", "--report=y.json", "--trace=y.jsonl", "years.pcap")
    with open("y.json", encoding="utf-8") as f:
        report = json.load(f)
    times = [json.loads(line)["t_ns"] for line in open("y.jsonl", encoding="utf-8")]
    check(r.returncode == 0 and report["frames"]["passed"] == 9, f"{r.returncode} {r.stderr} {report['frames']}")
    check(times == sorted(times), f"times go forward: {times}")
    check(report["compare"]["mismatches"] == 0 and report["time"]["wall_s"] < 60, str(report["time"]))


def test_interrupt():
    """What was read is reported; status 1."""
    with subprocess.Popen([PROGRAM, f"--engine={ENGINE}", "-p", "192.0.2.0/24", "--report=i.json", "-"],
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as p:
        p.stdin.write(capture([udp(CLIENT, SERVER)] * 3000))
        p.stdin.flush()
        time.sleep(3)
        p.send_signal(signal.SIGINT)
        out, err = p.communicate(timeout=120)
    with open("i.json", encoding="utf-8") as f:
        frames = json.load(f)["frames"]
    check(p.returncode == 1 and b"interrupted" in err and b"FRAMES" in out, f"{p.returncode} {err}")
    check(frames["unexplained"] == 0 and frames["offered"] > 100, str(frames))


def test_help_and_manual():
    """The same options in both."""
    r = run("--help")
    check(r.returncode == 0, "--help")
    options = set(re.findall(r"--[a-z-]+", r.stdout))
    with open(MANUAL, encoding="utf-8") as f:
        text = f.read().replace("\\-", "-")
    told = set(re.findall(r"^(?:\\fB-\S\\fR, )?\\fB(--[a-z-]+)\\fR", text, re.M))
    check(options == told, f"help and manual differ in {options ^ told}")
    short = set(re.findall(r"^ +(-\S), --", r.stdout, re.M))
    check(short == set(re.findall(r"^\\fB(-\S)\\fR, ", text, re.M)), "short ones")


LEARNING = """weir_policy: 1
protected: [192.0.2.0/24]
firmware: {period_ms: 100, learn_min: 20, floor: 4, hold_s: 1, merge_s: 0, thaw_s: 0}
meters:
  class:
    udp: {packets_per_s: 20k, action: drop, hold_ms: 500}
"""


def steady_and_burst(steady_s, burst):
    """100 packets a second, then so many, 5,000 a second, then a quiet end."""
    frames = [(i / 100, udp(CLIENT, SERVER)) for i in range(int(steady_s * 100))]
    frames += [(steady_s + i / 5000, udp(CLIENT, SERVER)) for i in range(burst)]
    frames += [(steady_s + 1 + i / 20, udp(CLIENT, SERVER)) for i in range(100)]
    out = [GLOBAL]
    for t, data in frames:
        out.append(struct.pack("<IIII", 1000 + int(t), int(t % 1 * 1e6), len(data), len(data)) + data)
    return b"".join(out)


def test_firmware():
    """Natively beside the model: it learns, drops by what it learned, tells one alarm with its end, everywhere."""
    write("learn.yaml", LEARNING.encode())
    write("steady.pcap", steady_and_burst(4, 0))
    write("burst.pcap", steady_and_burst(4, 2000))
    write("early.pcap", steady_and_burst(1.5, 2000))

    def judged(name, *options):
        r = run("--policy=learn.yaml", "--report=f.json", "--trace=f.jsonl", *options, name, engine="model")
        check(r.returncode == 0, f"{name}: {r.returncode} {r.stderr}")
        with open("f.json", encoding="utf-8") as f:
            return r, json.load(f)

    _, plain = judged("burst.pcap")
    check("firmware" not in plain and plain["frames"]["dropped"] == 0, "the policy's threshold is far above")
    r, told = judged("burst.pcap", "--firmware", "--console")
    alarms = told["firmware"]["alarms"]
    check(told["frames"]["dropped"] > 1000, str(told["frames"]))
    # One source floods: its own meter trips first, within milliseconds, and names it; the others hear of it at the end of a period.
    for series, address, latest_ns in (("remote", "198.51.100.7", 4.05e9), ("class.udp", None, 4.3e9)):
        check(any(a["series"] == series and a["kind"] == "meter" and a["measured"] > 100 and a["threshold"] < 100 and a["address"] == address and
                  3.9e9 < a["start_ns"] < latest_ns and a["end_ns"] and a["end_ns"] > 5e9 for a in alarms), f"{series}: {alarms}")
    check("ALARMS" in r.stdout and "class.udp" in r.stdout, r.stdout)
    check(re.search(r"^\[ +4\.\d+\] .*alarm", r.stderr, re.M), r.stderr)
    with open("f.jsonl", encoding="utf-8") as f:
        lines = [json.loads(line) for line in f]
    states = [line["state"] for line in lines if "alarm" in line and line["series"] == "class.udp"]
    check(states[0] == "start" and states[-1] == "end", str(states))
    check(sum("n" in line for line in lines) == told["frames"]["offered"], "lines of packets")
    # Thresholds: of the policy (20,000 a second are 1,311 a window), learned after 20 periods of 100 ms.
    steps = [row["steps"] for row in told["firmware"]["thresholds"] if row["series"] == "class.udp"]
    check(len(steps) == 1 and steps[0][0] == {"at_ns": 0, "threshold": 1311} and 1.9e9 < steps[0][1]["at_ns"] < 2.1e9 and
          all(row["threshold"] < 100 for row in steps[0][1:]), str(told["firmware"]["thresholds"]))
    r, _ = judged("burst.pcap", "--firmware", "--plot=f.svg")
    with open("f.svg", encoding="utf-8") as f:
        text = f.read()
    check("alarm: remote, " in text and "remote, threshold" in text and "remote, measured" in text, "picture of alarms")
    r, _ = judged("burst.pcap", "--plot=f.svg")
    with open("f.svg", encoding="utf-8") as f:
        check("alarm" not in f.read(), "picture without firmware")
    _, untrained = judged("early.pcap", "--firmware")
    _, trained = judged("early.pcap", "--learn=steady.pcap")
    check(untrained["frames"]["dropped"] == 0 and trained["frames"]["dropped"] > 1000,
          f"{untrained['frames']} {trained['frames']}")
    _, again = judged("early.pcap", "--learn=steady.pcap")
    check({**again, "time": 0} == {**trained, "time": 0}, "the same twice")
    r = run("--policy=learn.yaml", "--learn=none.pcap", "early.pcap", engine="model")
    check(r.returncode == 3 and is_one_line(r, "none.pcap"), r.stderr)


def test_firmware_missing():
    """An image that cannot be read; firmware options that contradict each other."""
    write("fw.pcap", capture([udp(CLIENT, SERVER)]))
    r = run("--learn=fw.pcap", "--no-firmware", "fw.pcap")
    check(r.returncode == 2 and "--learn needs firmware" in r.stderr, r.stderr)
    r = run("--no-firmware", "-p", "192.0.2.0/24", "fw.pcap")
    check(r.returncode == 0 and "ALARMS" not in r.stdout, r.stderr)
    if ENGINE != "both":
        return
    for name, data, *parts in [("none.hex", None, "none.hex", "No such file"), ("bad.hex", b"0g\n", "bad.hex", "no image"),
                               ("empty.bin", b"", "empty.bin", "no image"), ("big.bin", b"x" * 32769, "big.bin", "no image")]:
        if data is not None:
            write(name, data)
        r = run(f"--firmware={name}", "-p", "192.0.2.0/24", "fw.pcap")
        check(r.returncode == 2 and is_one_line(r, *parts), f"{name}: {r.returncode} {r.stderr}")


def test_engine_missing():
    """A program without the hardware says so."""
    if ENGINE == "both":
        return
    write("ok.pcap", capture([udp(CLIENT, SERVER)]))
    for engine in ("rtl", "both"):
        r = run("-p", "192.0.2.0/24", "ok.pcap", engine=engine)
        check(r.returncode == 1 and is_one_line(r, "not in this build", "--engine=model"), r.stderr)


def main():
    global PROGRAM, MANUAL
    PROGRAM, MANUAL = os.path.abspath(PROGRAM), os.path.abspath(MANUAL)
    tests = [test for name, test in sorted(globals().items()) if name.startswith("test_")]
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for test in tests:
            test()
        os.chdir("/")
    print(f"weir-sim-cli-{ENGINE}: {checks} checks, {failed} failed")
    sys.exit(1 if failed else 0)


main()
