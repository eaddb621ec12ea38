#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""weirctl_install_test.py: `make install` into a folder, used as somebody would who knows nothing of the tree; `make deb`, looked
into and handed to lintian; the dashboard names metrics that the exporter serves."""
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

TREE = os.getcwd()
sys.path.insert(0, os.path.join(TREE, "host/tests"))
from weirctl_common import ENV, Sim, check, finish, read, write  # noqa: E402  pylint: disable=wrong-import-position

PROGRAM = r"""
#include <stdio.h>
#include <weir/weir.h>
#include <weir/weir_regs.h>
int main(int argc, char **argv)
{
	struct weir_dev *dev;
	char detail[WEIR_DETAIL];
	uint32_t id;
	int rc = argc > 1 ? weir_dev_open(argv[1], NULL, &dev, detail) : 0;

	if (rc || argc < 2)
		return printf("%s\n", weir_strerror(rc)) < 0;
	rc = weir_read(dev, WEIR_REG_ID, 1, &id);
	printf("%s %d\n", weir_dev_url(dev), !rc && id == WEIR_REG_ID_ID_RESET);
	weir_dev_close(dev);
	return 0;
}
"""
CLEAN = {k: v for k, v in ENV.items() if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "ASAN_OPTIONS")}


def sh(command, env=None):
    """A command of a shell; its output, and what it complained of."""
    return subprocess.run(command, shell=True, capture_output=True, text=True, check=False, env=dict(CLEAN, **(env or {})), timeout=600)


def files(folder):
    """Names below a folder."""
    return {os.path.relpath(os.path.join(at, name), folder) for at, _, names in os.walk(folder) for name in names}


def test_install():
    """With a DESTDIR: only there; and all of it works from there."""
    r = sh(f"make -C {TREE} install DESTDIR={os.getcwd()}/stage PREFIX=/usr")
    check(r.returncode == 0, f"make install: {r.stderr}{r.stdout}")
    got = files("stage")
    for name in ("bin/weirctl", "bin/weir-sim", "bin/weir-gen", "lib/libweir.so.1", "lib/libweir.so", "lib/libweir.a", "lib/pkgconfig/weir.pc", "include/weir/weir.h",
                 "share/man/man1/weirctl.1", "share/bash-completion/completions/weirctl", "lib/udev/rules.d/60-weir.rules", "lib/systemd/system/weirctl-exporter.service", "share/weir/weir.hex",
                 "share/weir/weir-grafana.json", "share/weir/policies/default.yaml"):
        check("usr/" + name in got, f"{name} is installed")
    check(all(os.access(f"stage/usr/bin/{name}", os.X_OK) for name in os.listdir("stage/usr/bin")), "programs can be run")
    pc = read("stage/usr/lib/pkgconfig/weir.pc")
    check("@" not in pc and "stage" not in pc and TREE not in pc, f"the pkg-config file: {pc}")
    tree = sh(f"strip -o stripped stage/usr/bin/weirctl && grep -rlF {TREE} stripped stage/usr/share stage/usr/include; readelf -d stage/usr/bin/* | grep -i 'r.*path.*\\['")
    check(not tree.stdout, f"nothing names the tree: {tree.stdout}")
    r = sh("ldd stage/usr/bin/weirctl", {"LD_LIBRARY_PATH": "stage/usr/lib"})
    check("stage/usr/lib/libweir.so.1" in r.stdout, f"the program uses the library: {r.stdout}")


def test_library():
    """A program of somebody else, shared and static, in C and C++."""
    write("own.c", PROGRAM)
    shutil.copy("own.c", "own.cpp")
    env = {"PKG_CONFIG_PATH": "stage/usr/lib/pkgconfig", "PKG_CONFIG_SYSROOT_DIR": os.path.abspath("stage"), "LD_LIBRARY_PATH": "stage/usr/lib"}
    for name, command in (("shared", "gcc -Wall -Werror own.c $(pkg-config --cflags --libs weir) -o own"), ("C++", "g++ -Wall -Werror own.cpp $(pkg-config --cflags --libs weir) -o own"),
                          ("static", "gcc own.c $(pkg-config --cflags weir) stage/usr/lib/libweir.a $(pkg-config --static --libs-only-l weir | sed s/-lweir//) -o own")):
        r = sh(command, env)
        check(r.returncode == 0, f"{name}: {r.stderr}")
        r = sh(f"./own {DEVICE.url}", env)
        check(r.stdout == f"{DEVICE.url} 1\n", f"{name}: {r.stdout}{r.stderr}")


def test_programs():
    """The installed ones, with each other: the firmware's image is found."""
    env = {"LD_LIBRARY_PATH": "stage/usr/lib", "PATH": os.path.abspath("stage/usr/bin") + ":" + CLEAN["PATH"]}
    r = sh(f"weirctl -d {DEVICE.url} selftest", env)
    check(r.returncode == 0, f"weirctl: {r.stdout}{r.stderr}")
    r = sh("weir-gen --seed=1 --duration=0.05 --clients=2 --servers=1 --out=x.pcap --labels=x.labels && weir-sim --engine=rtl --firmware --protect=192.0.2.0/24 x.pcap", env)
    check(r.returncode == 0 and "FRAMES" in r.stdout, f"weir-sim with the installed image: {r.stdout[-400:]}{r.stderr}")
    check(sh("MANPATH=stage/usr/share/man man -w weirctl weir-sim weir-gen", env).returncode == 0, "manual pages")


def test_service():
    """The unit's command, as it is but for the port: on localhost alone, and what Prometheus asks for comes."""
    unit = read("stage/usr/lib/systemd/system/weirctl-exporter.service")
    lines = dict(line.split("=", 1) for line in unit.splitlines() if "=" in line and not line.startswith("#"))
    check(lines.get("DynamicUser") == "yes" and lines.get("IPAddressDeny") == "any" and "@" not in lines.get("ExecStart", "@"), f"the unit: {unit}")
    if shutil.which("systemd-analyze"):
        # It wants the program where it is to be; anything else it says is a mistake.
        write("weirctl-exporter.service", unit.replace("/usr/bin/weirctl", os.path.abspath("stage/usr/bin/weirctl")))
        r = sh("SYSTEMD_LOG_LEVEL=warning systemd-analyze verify --man=no ./weirctl-exporter.service")
        check(r.returncode == 0 and not r.stderr, f"systemd-analyze: {r.stderr}{r.stdout}")
    else:
        print("install: no systemd on this machine: the unit is not held to systemd-analyze")
    command = lines["ExecStart"].split()
    check(command[0] == "/usr/bin/weirctl" and command[-1] == "127.0.0.1:9469", f"command: {command}")
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    env = dict(CLEAN, LD_LIBRARY_PATH="stage/usr/lib", WEIR_DEVICE=DEVICE.url)
    with subprocess.Popen(["stage" + command[0], *command[1:-1], f"127.0.0.1:{port}"], env=env) as exporter:
        text = ""
        for _ in range(100):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as r:
                    text = r.read().decode()
                break
            except OSError:
                time.sleep(0.1)
        exporter.terminate()
    check("\nweir_up 1\n" in text, f"metrics: {text[:300]}")
    check(exporter.returncode == 0, f"the service ends with {exporter.returncode}")


def test_uninstall():
    """Nothing is left."""
    r = sh(f"make -C {TREE} uninstall DESTDIR={os.getcwd()}/stage PREFIX=/usr")
    check(r.returncode == 0 and not files("stage"), f"left: {files('stage')}")


def test_packages():
    """What is in them, what they need, and what lintian says."""
    r = sh(f"make -C {TREE} deb")
    check(r.returncode == 0, f"make deb: {r.stderr}{r.stdout}")
    debs = {name.split("_")[0]: os.path.join(TREE, "build/deb", name) for name in os.listdir(os.path.join(TREE, "build/deb")) if name.endswith(".deb")}
    check(set(debs) == {"libweir1", "libweir-dev", "weirctl", "weir-sim"}, f"packages: {debs}")
    for package, name in (("libweir1", "libweir.so.1.0.0"), ("libweir-dev", "include/weir/weir.h"), ("weirctl", "usr/bin/weirctl"), ("weirctl", "60-weir.rules"), ("weirctl", "systemd/system/weirctl-exporter.service"),
                          ("weir-sim", "share/weir/weir.hex"), ("weir-sim", "man1/weir-gen.1.gz")):
        check(name in sh(f"dpkg-deb -c {debs.get(package)}").stdout, f"{package} has {name}")
    needs = sh(f"dpkg-deb -f {debs.get('weirctl')} Depends").stdout
    check(all(n in needs for n in ("libweir1 (>= 1.0.0)", "libmicrohttpd12", "libncursesw6", "libjansson4", "libpcap0.8")), f"weirctl depends on {needs}")
    script = sh(f"dpkg-deb --info {debs.get('weirctl')} postinst").stdout
    check("deb-systemd-invoke" not in script and "was-enabled 'weirctl-exporter.service'" in script, f"the service is neither started nor enabled: {script}")
    r = sh("lintian --no-cfg --allow-root --fail-on error,warning --tag-display-limit 0 " + " ".join(debs.values()))
    lines = [line for line in r.stdout.splitlines() if not line.startswith("N:")]
    check(r.returncode == 0 and not lines, "lintian:\n" + r.stdout + r.stderr)


def test_dashboard():
    """Every metric of the dashboard exists, with the labels that it is asked for."""
    board = json.loads(read(os.path.join(TREE, "host/packaging/weir-grafana.json")))
    source = "".join(read(os.path.join(TREE, "host/weirctl", name)) for name in ("metrics.c", "tables.c"))
    asked = set(re.findall(r"weir_[a-z0-9_]+", json.dumps(board["panels"]) + json.dumps(board["templating"])))
    sides = {f"weir_side_{n}_total" for n in re.findall(r"FIELD\((\w+),", source)}
    series = {f"weir_{v}_{u}" for v in ("threshold", "learned_mean", "learned_peak") for u in ("packets_per_second", "bytes_per_second", "connections")}
    served = set(re.findall(r"\"(weir_[a-z0-9_]+)\"", source)) | sides | series
    check(asked and asked <= served, f"not served: {asked - served}")
    check(len({p["id"] for p in board["panels"]}) == len(board["panels"]) and all(p["targets"] for p in board["panels"]), "panels")


with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    DEVICE = Sim(os.path.join(TREE, "build/weir-sim"), "sim.sock")
    try:
        for test in (test_install, test_library, test_programs, test_service, test_uninstall, test_packages, test_dashboard):
            test()
    finally:
        DEVICE.stop()
        os.chdir("/")
finish("install")
