#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""weirctl_live_test.py WEIRCTL WEIR_SIM: what an operator sees while there is traffic and a flood: top, alarms, events, sources, why,
and the exporter."""
import codecs
import fcntl
import http.client
import json
import os
import pty
import re
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time

from weirctl_common import DONE, ENV, FAILED, NO_DEVICE, Sim, Traffic, check, finish, one_line, run, until

WEIRCTL, SIM = map(os.path.abspath, sys.argv[1:3])


class Screen:
    """weirctl on a terminal of its own, and what it looks like: enough of a VT100 for what ncurses sends to TERM=vt100."""

    def __init__(self, *args, columns=110, rows=40, term="vt100", **env):
        self.rows, self.columns, self.text, self.raw, self.rest = rows, columns, [], b"", ""
        self.decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.pid, self.fd = pty.fork()
        if not self.pid:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            os.environ.update(ENV, TERM=term, **env)
            os.execv(WEIRCTL, [WEIRCTL, "-d", LIVE.url, *args])
        self.clear()

    def clear(self):
        """An empty screen."""
        self.text = [[" "] * self.columns for _ in range(self.rows)]
        self.y = self.x = self.top = 0
        self.bottom = self.rows - 1

    def scroll(self, at, to):
        """Within the region: the line `at` goes, an empty one comes as line `to`."""
        del self.text[at]
        self.text.insert(to, [" "] * self.columns)

    def resize(self, columns, rows):
        """Another size; the program gets SIGWINCH."""
        self.columns, self.rows = columns, rows
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.clear()

    def sequence(self, arguments, letter):
        """One of the control sequences that vt100 has."""
        n = [int(a) if a.isdigit() else 0 for a in arguments.split(";")] or [0]
        if letter == "H":
            self.y, self.x = max(n[0], 1) - 1, (max(n[1], 1) if len(n) > 1 else 1) - 1
        elif letter == "J" and n[0] == 2:
            self.clear()
        elif letter == "J":
            self.text[self.y][self.x:] = [" "] * (self.columns - self.x)
            for y in range(self.y + 1, self.rows):
                self.text[y] = [" "] * self.columns
        elif letter == "K" and n[0] == 1:
            self.text[self.y][:self.x + 1] = [" "] * (self.x + 1)
        elif letter == "r":
            self.top, self.bottom = (max(n[0], 1) - 1, (n[1] if len(n) > 1 else self.rows) - 1)
            self.y = self.x = 0
        elif letter == "K":
            self.text[self.y][self.x:] = [" "] * (self.columns - self.x)
        elif letter in "ABCD":
            d = max(n[0], 1)
            self.y += {"A": -d, "B": d}.get(letter, 0)
            self.x += {"C": d, "D": -d}.get(letter, 0)

    def put(self, data):
        """Take what the program wrote; a sequence that is cut waits for its rest."""
        data = self.rest + data
        cut = re.search(r"\x1b(?:\[[0-9;?]*|[()])?\Z", data)
        self.rest = cut[0] if cut else ""
        data = data[:cut.start()] if cut else data
        for m in re.finditer(r"\x1b\[([0-9;?]*)([A-Za-z])|\x1b[()][A-Z0-9]|\x1b.|[\x0e\x0f]|(.)", data, re.S):
            if m[2]:
                self.sequence(m[1], m[2])
            elif m[3] == "\n" and self.y == self.bottom:
                self.scroll(self.top, self.bottom)
            elif m[3] == "\n":
                self.y = min(self.y + 1, self.rows - 1)
            elif m[0] == "\x1bM" and self.y == self.top:
                self.scroll(self.bottom, self.top)
            elif m[3] == "\r":
                self.x = 0
            elif m[3] == "\t":
                self.x = min((self.x // 8 + 1) * 8, self.columns - 1)
            elif m[0] == "\x1bM":
                self.y = max(self.y - 1, 0)
            elif m[3] == "\b":
                self.x -= 1
            elif m[3] and m[3] >= " " and 0 <= self.y < self.rows and 0 <= self.x < self.columns:
                self.text[self.y][self.x] = m[3]
                self.x += 1

    def watch(self, seconds, *parts):
        """Read on until all parts are on the screen, or the time is over."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and not (parts and all(p in str(self) for p in parts)):
            if not select.select([self.fd], [], [], 0.1)[0]:
                continue
            try:
                data = os.read(self.fd, 65536)
            except OSError:
                break
            self.raw += data
            self.put(self.decoder.decode(data))
        return all(p in str(self) for p in parts)

    def __str__(self):
        return "\n".join("".join(row).rstrip() for row in self.text)

    def end(self):
        """Its exit status."""
        end = time.monotonic() + 20
        while time.monotonic() < end:
            self.watch(0.2)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                os.close(self.fd)
                return os.waitstatus_to_exitcode(status)
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.fd)
        return None


def test_top():
    """The screen fills, follows its size, obeys its keys, and gives the terminal back."""
    s = Screen("top", "--interval=300")
    ok = s.watch(20, "alarms", "1 on", "class.udp_reflect", "203.0.113.7", "offered", "removed", "source_score", "q end", "mode prevention")
    check(ok, f"top:\n{s}")
    s.resize(60, 12)
    check(s.watch(10, "frames a second", "q end") and not re.search(r"[^\n]{61}", str(s)), f"a small screen:\n{s}")
    check(str(s).split("\n")[0].startswith("Weir") and str(s).split("\n")[1] == "", f"lines are cut, not carried over:\n{s}")
    s.resize(15, 4)
    s.watch(1)
    s.resize(110, 40)
    check(s.watch(10, "top sources", "tables"), f"large again:\n{s}")
    os.write(s.fd, b" ")
    check(s.watch(10, "halted"), f"halted:\n{s}")
    os.write(s.fd, b" +")
    check(s.watch(10, "every 0.6 s"), f"longer interval:\n{s}")
    os.write(s.fd, b"--")
    check(s.watch(10, "every 0.1 s") or s.watch(1, "every 0.2 s"), f"shorter interval:\n{s}")
    os.write(s.fd, b"q")
    check(s.end() == DONE, "q ends it")
    for number in (signal.SIGINT, signal.SIGTERM):
        s = Screen("top", "--interval=300")
        check(s.watch(20, "frames a second"), "it comes up")
        os.kill(s.pid, number)
        check(s.end() == DONE, f"{number} ends it")
    s = Screen("top", "--interval=200", "--count=3")
    check(s.end() == DONE, "--count")
    s = Screen("top", "--interval=300", term="xterm-256color")
    check(s.watch(10) or b"\x1b[31m" in s.raw, "colours of a terminal that has them")
    os.write(s.fd, b"q")
    check(s.end() == DONE and b"\x1b[?1049l" in s.raw, "the terminal is given back")
    s = Screen("top", "--interval=300", term="no-such-terminal")
    check(s.end() == DONE and b"frames a second" in s.raw and b"\x1b" not in s.raw, f"a terminal that nobody knows: one look: {s.raw[:300]}")


def test_colours():
    """On a terminal, unless it or the user does not want them."""
    for term, env, wanted in (("xterm", {}, True), ("dumb", {}, False), ("xterm", {"NO_COLOR": "1"}, False)):
        s = Screen("status", term=term, **env)
        check(s.end() == DONE and (b"\x1b[3" in s.raw) == wanted, f"{term} {env}: {s.raw[:200]}")
    s = Screen("status", "--json", term="xterm")
    check(s.end() == DONE and b"\x1b" not in s.raw, "--json")


def test_looks():
    """Without a terminal: looks, one after the other, or objects."""
    r = run(WEIRCTL, "-d", LIVE.url, "top", "--interval=200", "--count=2")
    check(r.returncode == 0 and r.stdout.count("frames a second") == 2 and "source_score" in r.stdout, f"two looks: {r.stdout}{r.stderr}")
    r = run(WEIRCTL, "-d", LIVE.url, "top", "--json", "--interval=500", "--count=2")
    objects = [json.loads(line) for line in r.stdout.splitlines()]
    check(len(objects) == 2, f"two objects: {r.stdout}")
    o = objects[-1]
    rates = o["frames_per_s"]
    check(rates["offered"] > 1000 and rates["dropped"] > 0.8 * rates["offered"] and o["alarms_on"] >= 1, f"rates: {rates}")
    check(abs(rates["offered"] - sum(rates[k] for k in ("passed", "dropped", "answered", "other"))) < 1, f"offered is the sum: {rates}")
    reasons = {x["name"]: x["both"] for x in o["reasons"]}
    check(abs(sum(reasons.values()) - rates["offered"]) < 1, f"and that of the reasons: {reasons}")


def test_operator():
    """The questions of somebody who is attacked."""
    def ctl(*args):
        r = run(WEIRCTL, "-d", LIVE.url, *args, "--json")
        check(r.returncode == 0, f"{args}: {r.stderr}")
        return json.loads(r.stdout.splitlines()[0]) if r.stdout else {}

    alarms = ctl("alarms")["alarms"]
    check(any(a["name"] == "class.udp_reflect" and a["key"] == "192.0.2.10" and a["end_s"] is None and a["dropped"] > 0 for a in alarms), f"alarms: {alarms}")
    check("class.udp_reflect" in run(WEIRCTL, "-d", LIVE.url, "alarms").stdout, "alarms as text")
    top = ctl("sources")["top_sources"]
    check(top and top[0]["address"] == "203.0.113.7", f"sources: {top}")
    why = ctl("why", "203.0.113.7")["why"]
    check(why and all(w["remote"] == "203.0.113.7" and w["protected"] == "192.0.2.10" and w["protocol"] == 17 and w["sport"] == 53 for w in why), f"why: {why}")
    check({w["reason"] for w in why} & {"meter_class", "source_score"}, f"why: {why}")
    check(any(w["reason"] == "meter_class" and w["threshold"] > 300 and w["unit"] == "packets" for w in why), f"why: {why}")
    check("203.0.113.7 port 53 -> 192.0.2.10" in run(WEIRCTL, "-d", LIVE.url, "why", "203.0.113.7").stdout, "why as text")
    check(ctl("why", "198.51.100.250")["why"] == [], "nothing of somebody else")
    check(len(ctl("why")["why"]) >= 1, "why of all")
    first = ctl("events")
    check(first["event"] == "alarm" and first["alarm"]["name"], f"events: {first}")


def test_follow():
    """The end of an alarm comes as it happens; a signal ends the following well."""
    with open("events.out", "wb") as out:
        p = subprocess.Popen([WEIRCTL, "-d", LIVE.url, "events", "--follow", "--json"], stdout=out, env=ENV, stdin=subprocess.DEVNULL)
    TRAFFIC.flood = False
    try:
        def ends():
            with open("events.out", encoding="utf-8") as f:
                return [o for o in map(json.loads, f.read().splitlines()) if o.get("alarm", {}).get("state") == "end"]

        check(until(60, ends), "the end of the alarm")
        check(ends() and ends()[0]["alarm"]["end_s"] >= ends()[0]["alarm"]["start_s"], "with its times")
    finally:
        p.send_signal(signal.SIGINT)
    check(p.wait(20) == DONE, "a signal ends it")
    r = run(WEIRCTL, "-d", LIVE.url, "alarms")
    check("no alarm is on" in r.stdout, r.stdout)
    check("until 20" in run(WEIRCTL, "-d", LIVE.url, "alarms", "--all").stdout, "the one that is over")
    start = time.monotonic()
    check(run(WEIRCTL, "-d", LIVE.url, "events", "--seconds=1").returncode == DONE and 0.9 < time.monotonic() - start < 10, "--seconds")


# --- exporter

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABELS = r"\{(?:[a-zA-Z_][a-zA-Z0-9_]*=\"(?:[^\"\\\n]|\\[\\\"n])*\"(?:,(?!\})|(?=\})))*\}"
LINE = re.compile(rf"({NAME})({LABELS})? (-?[0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?)")


def parse(text):
    """Prometheus text, strictly: every family once, HELP and TYPE before its lines, no line twice, names by convention. {line: value}."""
    types, values, family, helped = {}, {}, None, None
    if not text.endswith("\n"):
        raise ValueError("no newline at the end")
    for line in text[:-1].split("\n"):
        if m := re.fullmatch(rf"# HELP ({NAME}) (\S.*)", line):
            if m[1] in types:
                raise ValueError(f"twice: {line}")
            helped = m[1]
        elif m := re.fullmatch(rf"# TYPE ({NAME}) (counter|gauge)", line):
            if m[1] != helped or m[1] in types:
                raise ValueError(f"no HELP before it, or twice: {line}")
            if m[1].endswith("_total") != (m[2] == "counter") or not m[1].startswith("weir_"):
                raise ValueError(f"name against convention: {line}")
            family = m[1]
            types[family] = m[2]
        elif m := LINE.fullmatch(line):
            if m[1] != family or m[1] + (m[2] or "") in values:
                raise ValueError(f"outside its family, or twice: {line}")
            values[m[1] + (m[2] or "")] = float(m[3])
            if types[family] == "counter" and not re.fullmatch("[0-9]+", m[3]):
                raise ValueError(f"a counter counts: {line}")
        else:
            raise ValueError(f"no line of the format: {line}")
    return values


class Exporter:
    """A running exporter."""

    def __init__(self, *args, device=None):
        with open("exporter.err", "wb") as err:
            self.process = subprocess.Popen([WEIRCTL, "-d", device or LIVE.url, "exporter", "--interval=300", *args], stderr=err, stdin=subprocess.DEVNULL,
                                            stdout=subprocess.DEVNULL, env=ENV)
        until(20, lambda: self.port() or self.process.poll() is not None)

    @staticmethod
    def port():
        """Where it serves."""
        with open("exporter.err", encoding="utf-8") as f:
            m = re.search(r"serving port (\d+)", f.read())
        return int(m[1]) if m else None

    def get(self, path="/metrics", method="GET", host="127.0.0.1", body=None):
        """Status, type and body."""
        c = http.client.HTTPConnection(host, self.port(), timeout=10)
        c.request(method, path, body=body)
        r = c.getresponse()
        result = r.status, r.getheader("Content-Type", ""), r.read().decode()
        c.close()
        return result

    def values(self):
        """What it serves, parsed."""
        return parse(self.get()[2])

    def stop(self, number=signal.SIGTERM):
        """Its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(20)


def test_exporter():
    """The format, values that move, other requests, many at once."""
    e = Exporter("--listen=127.0.0.1:0")
    status, kind, text = e.get()
    check(status == 200 and kind == "text/plain; version=0.0.4; charset=utf-8", f"{status} {kind}")
    try:
        first = parse(text)
    except ValueError as error:
        check(False, f"exposition format: {error}")
        first = {}
    for name in ("weir_up", "weir_running", "weir_firmware_up", 'weir_mode{mode="prevention"}', 'weir_alarm_active{series="class.udp_reflect"}', "weir_alarms_active",
                 'weir_packets_total{reason="meter_class"}', 'weir_class_packets_total{class="udp",side="unprotected"}',
                 'weir_threshold_packets_per_second{series="class.syn"}', 'weir_threshold_bytes_per_second{series="address.bytes"}',
                 'weir_threshold_connections{series="connections"}', 'weir_side_taken_total{side="protected"}', 'weir_table_entries{kind="state",table="connection"}',
                 "weir_link_requests_total"):
        check(name in first, f"{name} is served")
    check(first.get("weir_up") == 1 and first.get('weir_alarm_active{series="class.udp_reflect"}') == 1, "the alarm is on")
    check(abs(first.get('weir_threshold_packets_per_second{series="class.syn"}', 0) - 328 / 0.065536) < 1, "packets a second, not a window")
    time.sleep(1)
    second = e.values()
    check(all(second[k] >= v for k, v in first.items() if "_total" in k), "counters never go back")
    name = 'weir_class_packets_total{class="udp",side="unprotected"}'
    check(second[name] > first[name], "and move")
    check(set(first) == set(second), "the same series at each scrape")
    for path, method, body, wanted in (("/", "GET", None, 200), ("/metrics", "HEAD", None, 200), ("/nothing", "GET", None, 404), ("/metrics", "POST", "x" * 5000, 405),
                                       ("/metrics?a=b", "GET", None, 200), ("/metrics", "DELETE", None, 405), ("//metrics/../x", "GET", None, 404)):
        got = e.get(path, method, body=body)
        check(got[0] == wanted, f"{method} {path}: {got[0]}")
    results = []
    threads = [threading.Thread(target=lambda: results.append(len(e.values()))) for _ in range(12)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    check(results == [len(second)] * 12, f"many at once: {results}")
    # One that says nothing, and one that says nonsense, keep nobody else out.
    silent = [socket.create_connection(("127.0.0.1", e.port())) for _ in range(5)]
    silent[0].sendall(b"\0\1\2\3" * 3000)
    check(e.get()[0] == 200, "beside connections that are silent")
    for s in silent:
        s.close()
    r = run(WEIRCTL, "-d", LIVE.url, "exporter", f"--listen=127.0.0.1:{e.port()}", timeout=30)
    check(r.returncode in (FAILED, NO_DEVICE) and one_line(r.stderr), f"port or appliance taken: {r.returncode} {r.stderr}")
    check(e.stop() == DONE, "SIGTERM ends it")


def test_exporter_lost():
    """An appliance that goes is weir_up 0, and comes back; what is localhost only is not elsewhere."""
    sim = Sim(SIM, "other.sock")
    e = Exporter("--listen=[::1]:0" if socket.has_ipv6 and os.path.exists("/proc/net/if_inet6") and "00000001 01" in open("/proc/net/if_inet6").read() else
                 "--listen=127.0.0.1:0", device=sim.url)
    host = "::1" if "[::1]" in " ".join(e.process.args) else "127.0.0.1"
    check(parse(e.get(host=host)[2])["weir_up"] == 1, "up")
    sim.stop()
    check(until(30, lambda: parse(e.get(host=host)[2]) == {k: v for k, v in parse(e.get(host=host)[2]).items()} and parse(e.get(host=host)[2])["weir_up"] == 0), "gone")
    gone = parse(e.get(host=host)[2])
    check(set(gone) == {"weir_up", "weir_looks_total", "weir_look_failures_total"} and gone["weir_look_failures_total"] > 0, f"nothing old is served: {gone}")
    sim = Sim(SIM, "other.sock")
    check(until(30, lambda: parse(e.get(host=host)[2])["weir_up"] == 1), "back")
    check(e.stop(signal.SIGINT) == DONE, "SIGINT ends it")
    sim.stop()
    r = run(WEIRCTL, "-d", "sim:nowhere", "exporter", "--listen=127.0.0.1:0")
    check(r.returncode == NO_DEVICE and one_line(r.stderr), f"no appliance at the start: {r.returncode} {r.stderr}")


with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    LIVE = Sim(SIM, "live.sock", live=True)
    TRAFFIC = Traffic(LIVE)
    try:
        TRAFFIC.start()
        TRAFFIC.flood = True
        check(until(60, lambda: "1 on" in run(WEIRCTL, "-d", LIVE.url, "status").stdout), "an alarm comes")
        time.sleep(3)
        for test in (test_looks, test_operator, test_top, test_colours, test_exporter, test_follow, test_exporter_lost):
            test()
        check(LIVE.process.poll() is None, "weir-sim still runs: " + open("live.sock.log", encoding="utf-8").read())
    finally:
        TRAFFIC.stop()
        LIVE.stop()
        os.chdir("/")
finish("weirctl-live")
