#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""top_picture BUILD PNG: `weirctl top` as an operator sees it in a flood, as a picture.

weir-gen makes half a minute of honest traffic and two floods; it goes, at its own pace, through weir-sim --live between two sockets, whose
firmware learns what is normal first. `weirctl top` runs in xterm on a virtual X server; its window is taken when the alarms are on. The model
judges, because pictures are to be made on any machine; what the screen shows is what hardware would tell."""
import argparse
import json
import os
import pathlib
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time

NEEDED = {"Xvfb": "xvfb", "xterm": "xterm", "import": "imagemagick", "convert": "imagemagick"}
QUIET_S, FLOOD_S = 26, 14
PROTECTED = bytes((192, 0, 2))
FLOODS = (f"udp,rate=2500,start={QUIET_S},duration={FLOOD_S},target=192.0.2.10,port=53",
          f"syn,rate=900,start={QUIET_S + 2},duration={FLOOD_S - 2},target=192.0.2.11,port=443")
POLICY = "policies/demo-live.yaml"
START_S, SHOT_S = 30, 9   # the floods have lasted so long


class Failed(Exception):
    """No picture; its text says why."""


def frames(capture):
    """(seconds from the start, side, octets) of a nanosecond pcap, IPv4 and ARP."""
    data = capture.read_bytes()
    magic, = struct.unpack_from("<I", data)
    if magic != 0xA1B23C4D:
        raise Failed(f"{capture}: not a capture of weir-gen")
    at, first = 24, None
    while at < len(data):
        s, ns, have, _ = struct.unpack_from("<IIII", data, at)
        frame = data[at + 16:at + 16 + have]
        at += 16 + have
        now = s + ns / 1e9
        first = now if first is None else first
        yield now - first, int(frame[26:29] == PROTECTED), frame


def feed(link, wanted, until):
    """Send each frame when its time has come; stop when until() says so. What comes out is thrown away."""
    start = looked = time.monotonic()
    for when, side, frame in wanted:
        while True:
            now = time.monotonic()
            if now - looked > 0.25:
                looked = now
                if until(now - start):
                    return
            if now - start >= when:
                break
            time.sleep(min(0.002, when - (now - start)))
        try:
            link[side].send(frame, socket.MSG_DONTWAIT)
        except BlockingIOError:
            pass                 # as on any line: it is lost
        for end in link:
            try:
                while True:
                    end.recv(2048, socket.MSG_DONTWAIT)
            except BlockingIOError:
                pass
    raise Failed("the traffic has ended before the picture")


def wait_for(what, there, limit_s=START_S):
    end = time.monotonic() + limit_s
    while not there():
        if time.monotonic() > end:
            raise Failed(f"{what}: nothing for {limit_s} s")
        time.sleep(0.05)


def picture(build, png, folder, started):
    """All of it; `started` gets the processes that are to end with it."""
    def start(*command, **options):
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, **options)
        started.append(process)
        return process

    capture, sock = folder / "in.pcap", folder / "weir.sock"
    ends = [folder / "unprotected", folder / "protected"]
    subprocess.run([build / "weir-gen", "--quiet", "--clients=60", "--servers=3", "--protect=192.0.2.0/24", f"--duration={QUIET_S + FLOOD_S}",
                    *(f"--attack={a}" for a in FLOODS), f"--out={capture}"], check=True)
    wanted = list(frames(capture))
    log = open(folder / "sim.log", "wb")
    start(build / "weir-sim", "--engine=model", "--firmware", "--policy", POLICY, "--listen", sock, "--live", ",".join(map(str, ends)),
          stdout=log, stderr=log)
    wait_for("weir-sim", lambda: b"live between" in (folder / "sim.log").read_bytes())
    link = []
    for end in ends:
        link.append(socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET))
        link[-1].connect(str(end))

    read, write = os.pipe()
    xlog = open(folder / "x.log", "wb")
    start("Xvfb", "-displayfd", str(write), "-screen", "0", "1400x1000x24", "-nolisten", "tcp", pass_fds=[write], stdout=xlog, stderr=xlog)
    os.close(write)
    with os.fdopen(read) as pipe:
        number = pipe.readline().strip()
    if not number:
        raise Failed("Xvfb does not start: " + (folder / "x.log").read_text(errors="replace")[-300:])
    env = dict(os.environ, DISPLAY=f":{number}", LC_ALL="C.UTF-8", WEIR_DEVICE="sim:weir.sock")
    window = folder / "window"
    xterm = start("xterm", "-fa", "DejaVu Sans Mono", "-fs", "10", "-geometry", "94x46", "-bg", "#14181d", "-fg", "#d6dbe0", "-b", "8", "+sb",
          "-xrm", "xterm*color1: #ff6b5e", "-xrm", "xterm*color2: #6fce7c", "-xrm", "xterm*color3: #f0c455",
          "-e", "sh", "-c", f"echo $WINDOWID >{window}; exec {build.resolve()}/weirctl top --interval 500", env=env, cwd=folder, stdout=xlog, stderr=xlog)
    wait_for("xterm", lambda: window.exists() and window.read_text().strip())

    # The picture, and behind it, since the link serves one host at a time, the question whether an alarm was on.
    def taken(now_s):
        if now_s < QUIET_S + SHOT_S:
            return False
        subprocess.run(["import", "-window", window.read_text().strip(), folder / "top.png"], env=env, check=True, timeout=20)
        return True

    feed(link, wanted, taken)
    xterm.terminate()
    xterm.wait(20)
    said = ""

    def asked():
        nonlocal said
        r = subprocess.run([build.resolve() / "weirctl", "alarms", "--json"], env=env, cwd=folder, check=False, timeout=START_S,
                           capture_output=True, text=True)
        said = r.stdout
        return r.returncode == 0     # the host before may not quite have left

    wait_for("weirctl alarms", asked, 10)
    on = [a for a in json.loads(said)["alarms"] if not a.get("end_s")]
    if not on:
        raise Failed(f"no alarm was on: {said[:300]}")
    # Text in a few colours: a palette keeps it small.
    subprocess.run(["convert", folder / "top.png", "-strip", "-colors", "64", f"png8:{png}"], check=True)


def main():
    args = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    args.add_argument("build", type=pathlib.Path)
    args.add_argument("png", type=pathlib.Path)
    o = args.parse_args()
    missing = sorted({package for program, package in NEEDED.items() if not shutil.which(program)})
    if missing:
        print(f"top_picture: install {' '.join(missing)} (apt-get install {' '.join(missing)}), then again", file=sys.stderr)
        return 1
    started = []
    with tempfile.TemporaryDirectory() as folder:
        try:
            picture(o.build, o.png, pathlib.Path(folder), started)
        except (Failed, OSError, subprocess.SubprocessError) as error:
            print(f"top_picture: {error}", file=sys.stderr)
            return 1
        finally:
            for process in reversed(started):
                process.terminate()
                process.wait(20)
    print(f"{o.png}: {o.png.stat().st_size} octets")
    return 0


if __name__ == "__main__":
    sys.exit(main())
