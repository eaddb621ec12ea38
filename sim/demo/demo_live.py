#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""demo_live [--check] [--seconds N] BUILD: real clients and servers, a real flood, and the simulated appliance between them.

Three network namespaces of its own: `net` (clients and attacker), `edge` (weir-sim with its two TAP interfaces, or a plain cable), `site`
(Apache and dnsmasq behind a narrow line: tbf). First without Weir, then with it, honest clients fetch a page and ask for a name a few
times a second while hping3 floods the web server's address with UDP from spoofed sources. What counts is the share of honest requests answered.
--check: shorter, and the exit status says whether Weir kept the clients served while they suffered without it."""
import argparse
import ipaddress
import json
import os
import pathlib
import signal
import subprocess
import sys
import threading
import time

WEB, DNS = "192.0.2.10", "192.0.2.11"
CLIENTS = [str(ipaddress.ip_address("198.51.100.10") + i) for i in range(12)]
CLIENTS_MAC = "02:00:c6:33:64:0a"
LINE_BIT_S = "128kbit"
FLOOD_BYTES, FLOOD_GAP_US = 20, 1300
REQUEST_TIMEOUT_S = 2
LEARN_LIMIT_S = 300   # seconds on an idle machine: some 20
PAGE_BYTES = 4000


def say(text):
    print(text, flush=True)


class Failed(Exception):
    """The demo cannot go on; its text says why."""


class Lab:
    """Namespaces, processes and files; all of them end with it."""

    def __init__(self, folder):
        self.folder = folder
        self.tag = f"weir{os.getpid() % 100000}"
        self.processes, self.spaces = [], []

    def space(self, name):
        return f"{self.tag}-{name}"

    def run(self, *command, space=None, check=True):
        full = (["ip", "netns", "exec", self.space(space)] if space else []) + list(command)
        done = subprocess.run(full, capture_output=True, text=True, check=False)
        if check and done.returncode:
            raise Failed(f"{' '.join(full)}: {done.stderr.strip() or done.stdout.strip()}")
        return done

    def start(self, name, *command, space):
        log = open(self.folder / f"{name}.log", "wb")
        process = subprocess.Popen(["ip", "netns", "exec", self.space(space), *command], stdin=subprocess.DEVNULL, stdout=log,
                                   stderr=subprocess.STDOUT, start_new_session=True)
        log.close()
        self.processes.append((name, process))
        return process

    def stop(self, process, sig=signal.SIGTERM, wait_s=20):
        """End one process that was started here, with the group that it leads."""
        self.processes = [(n, p) for n, p in self.processes if p is not process]
        if process.poll() is None:
            os.killpg(process.pid, sig)
        try:
            process.wait(wait_s)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        return process.returncode

    def build(self):
        for name in ("net", "edge", "site"):
            self.run("ip", "netns", "add", self.space(name))
            self.spaces.append(name)
            self.run("ip", "link", "set", "lo", "up", space=name)
            for key in ("net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1",
                        "net.ipv4.conf.all.rp_filter=0", "net.ipv4.conf.default.rp_filter=0"):
                self.run("sysctl", "-qw", key, space=name)
        # The line to the site: its narrow end is towards the servers.
        self.run("ip", "link", "add", "line", "netns", self.space("edge"), "type", "veth", "peer", "name", "eth0", "netns",
                 self.space("site"))
        self.run("ip", "link", "add", "br0", "type", "bridge", "mcast_snooping", "0", space="edge")
        self.run("ip", "link", "set", "line", "master", "br0", space="edge")
        for device in ("br0", "line"):
            self.run("ip", "link", "set", device, "up", space="edge")
        self.run("tc", "qdisc", "add", "dev", "line", "root", "handle", "1:", "tbf", "rate", LINE_BIT_S, "burst", "2kb", "latency",
                 "100ms", space="edge")
        # A queue of packets, as routers have: in one of bytes the small ones of honest clients would find room beside large ones.
        self.run("tc", "qdisc", "add", "dev", "line", "parent", "1:1", "pfifo", "limit", "20", space="edge")
        for address in (WEB, DNS):
            self.run("ip", "address", "add", f"{address}/24", "dev", "eth0", space="site")
        self.run("ip", "link", "set", "eth0", "up", space="site")
        self.run("ip", "route", "add", "198.51.100.0/24", "dev", "eth0", space="site")

    def join_net(self, device):
        """Give the clients' end of the way to the edge its addresses."""
        # The same card as before, whichever way it is plugged in: the site's neighbour table stays right.
        self.run("ip", "link", "set", device, "address", CLIENTS_MAC, space="net")
        for address in CLIENTS:
            self.run("ip", "address", "add", f"{address}/24", "dev", device, space="net")
        self.run("ip", "link", "set", device, "up", space="net")
        self.run("ip", "route", "add", "192.0.2.0/24", "dev", device, space="net")

    def cable(self):
        self.run("ip", "link", "add", "port", "netns", self.space("edge"), "type", "veth", "peer", "name", "eth0", "netns",
                 self.space("net"))
        self.run("ip", "link", "set", "port", "master", "br0", space="edge")
        self.run("ip", "link", "set", "port", "up", space="edge")
        self.join_net("eth0")

    def uncable(self):
        self.run("ip", "link", "del", "port", space="edge")

    def servers(self):
        pages = self.folder / "pages"
        pages.mkdir(exist_ok=True)
        (pages / "index.html").write_text("<!doctype html><title>Weir</title>" + "x" * PAGE_BYTES)
        modules = "/usr/lib/apache2/modules"
        conf = self.folder / "apache.conf"
        conf.write_text(f"""ServerRoot {self.folder}
ServerName {WEB}
Listen {WEB}:80
PidFile {self.folder}/apache.pid
ErrorLog {self.folder}/apache-error.log
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule dir_module {modules}/mod_dir.so
DocumentRoot {pages}
StartServers 1
ServerLimit 2
ThreadsPerChild 16
MaxRequestWorkers 32
KeepAlive Off
User www-data
Group www-data
""")
        os.chmod(self.folder, 0o755)
        self.start("apache", "/usr/sbin/apache2", "-f", str(conf), "-D", "FOREGROUND", space="site")
        self.start("dnsmasq", "/usr/sbin/dnsmasq", "--no-daemon", "--no-hosts", "--no-resolv", "--conf-file=/dev/null",
                   f"--listen-address={DNS}", "--bind-interfaces", "--user=root", f"--address=/weir.test/{WEB}", space="site")

    def done(self):
        for _, process in reversed(list(self.processes)):
            self.stop(process, wait_s=5)
        for name in self.spaces:
            self.run("ip", "netns", "del", self.space(name), check=False)


class Clients:
    """Honest requests at a steady pace: each a process of its own, as people's programs are."""

    def __init__(self, lab, per_s):
        self.lab, self.per_s = lab, per_s
        self.results, self.lock = [], threading.Lock()
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.pace, daemon=True)
        self.thread.start()

    def one(self, number):
        client = CLIENTS[number % len(CLIENTS)]
        if number % 2:
            kind = "dns"
            command = ["dig", "+short", "+tries=1", f"+time={REQUEST_TIMEOUT_S}", "-b", client, f"@{DNS}", f"n{number}.weir.test"]
        else:
            kind = "http"
            command = ["curl", "-s", "-o", "/dev/null", "-m", str(REQUEST_TIMEOUT_S), "--interface", client, "-w", "%{size_download}",
                       f"http://{WEB}/"]
        began = time.monotonic()
        done = self.lab.run(*command, space="net", check=False)
        answer = done.stdout.strip()
        good = not done.returncode and (answer == WEB if kind == "dns" else answer.isdigit() and int(answer) > PAGE_BYTES)
        with self.lock:
            self.results.append((began, kind, good, time.monotonic() - began))

    def pace(self):
        number, when, running = 0, time.monotonic(), []
        while not self.over.is_set():
            running = [t for t in running if t.is_alive()]
            if len(running) < 64:
                thread = threading.Thread(target=self.one, args=(number,), daemon=True)
                thread.start()
                running.append(thread)
            number += 1
            when += 1 / self.per_s
            self.over.wait(max(0, when - time.monotonic()))
        for thread in running:
            thread.join(REQUEST_TIMEOUT_S + 3)

    def share(self, since, until):
        """Of the requests that began then: answered, all, median time of those answered in ms."""
        with self.lock:
            rows = [r for r in self.results if since <= r[0] < until]
        times = sorted(r[3] for r in rows if r[2])
        return sum(r[2] for r in rows), len(rows), times[len(times) // 2] * 1000 if times else None

    def end(self):
        self.over.set()
        self.thread.join(REQUEST_TIMEOUT_S + 5)


def flood(lab, seconds):
    """UDP from spoofed sources to the web server's address; hping3 is ended by its id."""
    process = lab.start("hping3", "timeout", str(seconds), "hping3", "--udp", "--rand-source", "-p", "443", "-d", str(FLOOD_BYTES), "-i",
                        f"u{FLOOD_GAP_US}", "-q", WEB, space="net")
    began = time.monotonic()
    time.sleep(seconds)
    lab.stop(process)
    return began, time.monotonic()


def phase(lab, clients, quiet_s, flood_s):
    began = time.monotonic()
    time.sleep(quiet_s)
    before = clients.share(began, time.monotonic() - REQUEST_TIMEOUT_S)
    start, end = flood(lab, flood_s)
    time.sleep(REQUEST_TIMEOUT_S + 1)
    # The first second belongs to the alarm.
    return {"before": before, "flood": clients.share(start + 1, end - 0.5)}


def wait_for(log, text, process, limit_s):
    until = time.monotonic() + limit_s
    while time.monotonic() < until:
        if log.exists() and text in log.read_text(errors="replace"):
            return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise Failed(f"\"{text}\" did not come; {log}:\n{log.read_text(errors='replace')[-800:]}")


def percent(share):
    answered, asked, ms = share
    if not asked:
        return "nothing asked"
    return f"{100 * answered / asked:5.1f} % of {asked} answered" + (f", median {ms:.0f} ms" if ms is not None else "")


def control(lab, build, *words):
    """weirctl, over the socket of the running simulator."""
    return lab.run(str(build / "weirctl"), "--device", f"sim:{lab.folder / 'weir.sock'}", "--site", str(lab.folder / "site"), *words,
                   check=False)


def wait_learned(lab, build, limit_s):
    """Until the firmware has set its thresholds. It is as fast as the machine simulates it, so ask instead of waiting blindly."""
    until = time.monotonic() + limit_s
    while time.monotonic() < until:
        time.sleep(2)
        done = control(lab, build, "meters", "--json")
        if done.returncode:
            raise Failed(f"weirctl meters: {done.stderr.strip()}")
        series = json.loads(done.stdout)["series"]
        if all(row["learned"] for row in series):
            return
    raise Failed(f"the firmware has not learned within {limit_s} s; is the machine busy with something else?")


def with_weir(lab, build, clients_per_s, flood_s, show):
    socket = lab.folder / "weir.sock"
    report = lab.folder / "report.json"
    sim = lab.start("weir-sim", str(build / "weir-sim"), "--live", "weir0,weir1", "--listen", str(socket), "--engine", "rtl", "--policy",
                    "policies/demo-live.yaml", "--report", str(report), "--console", space="edge")
    wait_for(lab.folder / "weir-sim.log", "live between", sim, 60)
    lab.run("ip", "link", "set", "weir0", "netns", lab.space("net"), space="edge")
    lab.run("ip", "link", "set", "weir1", "master", "br0", space="edge")
    lab.run("ip", "link", "set", "weir1", "up", space="edge")
    lab.join_net("weir0")
    for line in (lab.folder / "weir-sim.log").read_text().splitlines():
        if "frames a second" in line or "capacity" in line:
            say(f"  {line}")
    clients = Clients(lab, clients_per_s)
    began = time.monotonic()
    wait_learned(lab, build, LEARN_LIMIT_S)
    learned_s = time.monotonic() - began
    before = clients.share(began + 1, time.monotonic() - REQUEST_TIMEOUT_S)
    shown = {}

    def look():
        time.sleep(flood_s * 0.6)
        for what in ("top", "alarms", "why"):
            done = control(lab, build, what)
            shown[what] = (done.returncode, done.stdout, done.stderr)

    looker = threading.Thread(target=look)
    looker.start()
    start, end = flood(lab, flood_s)
    looker.join()
    time.sleep(REQUEST_TIMEOUT_S + 1)
    result = {"learned_s": round(learned_s, 1), "before": before, "flood": clients.share(start + 1, end - 0.5)}
    clients.end()
    status = lab.stop(sim)
    if status:
        raise Failed(f"weir-sim ended with {status}: {(lab.folder / 'weir-sim.log').read_text(errors='replace')[-800:]}")
    for what, (code, out, err) in shown.items():
        (lab.folder / f"weirctl-{what}.txt").write_text(out)
        if show:
            say(f"\n$ weirctl {what}\n{out}{err}")
    result["why"] = shown["why"][1]
    result["weirctl"] = {what: code for what, (code, _, _) in shown.items()}
    result["report"] = json.loads(report.read_text())
    return result


def check(without, weir):
    """What must hold, each with its text."""
    def part(share):
        return share[0] / share[1] if share[1] else 0
    frames = weir["report"]["frames"]
    return [
        (part(without["before"]) >= 0.95, "without Weir and without a flood, clients are served"),
        (part(without["flood"]) <= 0.7, "without Weir, they suffer from the flood"),
        (part(weir["before"]) >= 0.95, "with Weir and without a flood, clients are served"),
        (part(weir["flood"]) >= 0.95, "with Weir, they are served during the flood"),
        (frames["unexplained"] == 0, "every frame is explained"),
        (frames["dropped"] > 1000, "the flood was dropped by the simulated hardware"),
        (all(code == 0 for code in weir["weirctl"].values()), f"weirctl answers meanwhile: {weir['weirctl']}"),
        ("meter_class" in weir["why"], "weirctl why names the meter that drops the flood"),
    ]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--seconds", type=int, default=10, metavar="N", help="of each flood")
    parser.add_argument("build", type=pathlib.Path)
    args = parser.parse_args()
    if os.geteuid():
        sys.exit("demo_live: network namespaces need root: run it as root")
    folder = (args.build / "demo-live").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    lab = Lab(folder)
    try:
        lab.build()
        lab.servers()
        say(f"Without Weir: a cable between clients and a site behind a line of {LINE_BIT_S[:-3]}/s. {args.seconds} s of flood.")
        lab.cable()
        clients = Clients(lab, 8)
        without = phase(lab, clients, 6, args.seconds)
        clients.end()
        lab.uncable()
        say(f"  quiet: {percent(without['before'])}\n  flood: {percent(without['flood'])}")
        say("With Weir: the simulated hardware in between, its firmware learning first. The same flood.")
        weir = with_weir(lab, args.build.resolve(), 8, args.seconds, not args.check)
        say(f"  learned after {weir['learned_s']:.0f} s\n  quiet: {percent(weir['before'])}\n  flood: {percent(weir['flood'])}")
    except Failed as error:
        sys.exit(f"demo_live: {error}")
    finally:
        lab.done()
    (folder / "result.json").write_text(json.dumps({"without": {k: without[k] for k in ("before", "flood")},
                                                    "weir": {k: weir[k] for k in ("before", "flood", "weirctl")}}, indent=1) + "\n")
    rows = check(without, weir)
    failed = [text for good, text in rows if not good]
    for text in failed:
        say(f"demo_live: does not hold: {text}")
    say(f"demo-live: {len(rows)} checks, {len(failed)} failed" if args.check else f"In {args.build}/demo-live: report.json, result.json, logs.")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
