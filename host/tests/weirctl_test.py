#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""weirctl_test.py WEIRCTL WEIRCTL_FAKE WEIR_SIM MANUAL COMPLETION: commands, texts and exit statuses of weirctl.

WEIRCTL_FAKE is the same program over a site that fails as it is told to (weirctl_site.c)."""
import json
import os
import re
import select
import socket
import struct
import subprocess
import sys
import tempfile
import zlib

from weirctl_common import (DONE, ENV, FAILED, NO_DEVICE, PARTLY, REFUSED, USAGE, Sim, check, finish, is_object, one_line, read, run,
                            until, write)

WEIRCTL, FAKE, SIM, MANUAL, COMPLETION = map(os.path.abspath, sys.argv[1:6])
DEFAULT_POLICY = os.path.abspath("policies/default.yaml")
NEEDS_DEVICE = ["status", "top", "counters", "meters", "threshold get", "mode", "bypass", "param get", "sources", "connections",
                "legit show", "learn freeze", "alarms", "events", "selftest"]


def rows():
    """Commands, as --help lists them."""
    text = run(WEIRCTL, "--help").stdout
    part = text.split("Commands:\n")[1].split("\n\n")[0]
    return [m[1].strip() for m in re.finditer(r"^  (\S+(?: \S+)?)  +\S", part, re.M)]


def test_usage():
    """Exit status 2, one line that says what and where help is."""
    for args, *parts in [
            ([], "a command is missing"), (["nothing"], "nothing", "no such command"), (["rules"], "rules --help"),
            (["rules", "shout"], "rules shout", "no such command"), (["--nothing", "status"], "--nothing"),
            (["status", "--nothing"], "--nothing"), (["status", "--confirm=3"], "--confirm"), (["status", "--device"], "--device"),
            (["status", "more"], "more", "too many"), (["--json=1", "status"], "--json"), (["why", "1.2.3"], "1.2.3", "address"),
            (["threshold", "set", "class.syn"], "missing", "SERIES VALUE"), (["top", "--interval=99"], "100 to 3600000"),
            (["top", "--interval=x"], "--interval=x"), (["top", "--count=-1"], "--count=-1"), (["top", "-n", "99999999999999999999"], "-n"),
            (["mode", "loud"], "loud", "prevention"), (["bypass", "maybe"], "on or off"), (["counters", "frogs"], "frogs"),
            (["rules", "apply", "x.yaml"], "--confirm"), (["rules", "apply", "-", "--confirm=5"], "standard input"),
            (["rules", "add", "block", "from"], "from", "value"), (["rules", "add", "{a: b}", "c"], "quote"),
            (["rules", "add", "{oops"], "rule:"), (["learn", "freeze", "hot"], "on or off"),
            (["exporter", "--listen=nowhere"], "ADDRESS:PORT"), (["exporter", "--listen=1.2.3.4:70000"], "ADDRESS:PORT"),
            (["exporter", "--listen=[::1:80"], "ADDRESS:PORT"), (["learn", "export", "-", "--json"], "standard output")]:
        r = run(FAKE, *args, env={"WEIR_DEVICE": "sim:nowhere"})
        if args == ["top", "-n", "99999999999999999999"]:
            parts = ("--count=",)
        check(r.returncode == USAGE and one_line(r.stderr, *parts) and not r.stdout, f"{args}: {r.returncode} {r.stderr}{r.stdout}")


def test_texts():
    """Help, manual and completion: of every command, equal to the files that are committed, and understood by their readers."""
    commands = rows()
    check(len(commands) == len(set(commands)) >= 35, f"commands: {commands}")
    manual, completion = run(WEIRCTL, "--manual"), run(WEIRCTL, "--completion")
    check(manual.returncode == 0 and manual.stdout == read(MANUAL), "the manual page is not the program's: make regs")
    check(completion.returncode == 0 and completion.stdout == read(COMPLETION), "the completion is not the program's: make regs")
    plain = manual.stdout.replace("\\-", "-")
    for name in commands:
        text = run(WEIRCTL, *name.split(), "--help")
        check(text.returncode == 0 and text.stdout.startswith(f"Usage: weirctl {name}") and not text.stderr, f"{name} --help")
        check(f"\n.SS {name}" in plain, f"{name}: in the manual")
        for option in re.findall(r"--[a-z-]+", text.stdout.split("Options:")[1]) if "Options:" in text.stdout else []:
            check(f"\\fB{option}\\fR" in plain, f"{name} {option}: in the manual")
        example = re.search(r"^Example: weirctl (.*)$", text.stdout, re.M)
        check(example and example[1].startswith(name) and f"weirctl {example[1]}" in plain, f"{name}: example")
        r = run(FAKE, "--device=replay:nowhere", *example[1].split())
        check(r.returncode != USAGE, f"{name}: its example is wrong: {r.stderr}")
    for group in sorted({name.split()[0] for name in commands if " " in name}):
        r = run(WEIRCTL, group, "--help")
        check(r.returncode == 0 and r.stdout.count(f"\n  {group} ") >= 2, f"{group} --help")
    groff = subprocess.run(["man", "-l", "--warnings=all", "-"], input=manual.stdout, capture_output=True, text=True, check=False, env=ENV)
    check(groff.returncode == 0 and not groff.stderr, f"the manual as roff: {groff.stderr}")
    check(run(WEIRCTL, "--version").stdout.startswith("weirctl "), "--version")


def complete(*words):
    """What bash offers behind these words."""
    script = f'. {COMPLETION}; COMP_WORDS=(weirctl "$@"); COMP_CWORD=$#; _weirctl; printf "%s\\n" "${{COMPREPLY[@]}}"'
    r = subprocess.run(["bash", "-c", script, "bash", *words], capture_output=True, text=True, check=True)
    return r.stdout.split()


def test_completion():
    """bash itself reads the completion."""
    for words, offered, not_offered in [
            (["st"], ["status"], ["top"]), (["rules", ""], ["show", "apply", "diff"], ["save"]), (["rules", "ap"], ["apply"], ["add"]),
            (["rules", "apply", "--c"], ["--confirm"], []), (["mode", "d"], ["dry_run"], []), (["--device", ""], [], ["status"]),
            (["--json", "thr"], ["threshold"], []), (["--device", "usb:", "al"], ["alarms"], []), (["top", "--"], ["--interval", "--json"], ["--confirm"]),
            (["threshold", "s"], ["set"], ["get"])]:
        got = complete(*words)
        check(set(offered) <= set(got) and not set(not_offered) & set(got), f"completion of {words}: {got}")
    write("some-policy.yaml", "x")
    check("some-policy.yaml" in complete("policy", "check", "some"), "completion of a file")
    check("some-policy.yaml" in complete("--site", "some"), "completion of an option's file")


def test_commands():
    """Every command over a simulated appliance, as text and as JSON."""
    for name in NEEDS_DEVICE:
        for _ in range(2):
            r = run(WEIRCTL, "-d", DEVICE.url, *name.split())
            check(r.returncode == 0 and not r.stderr, f"{name}: {r.returncode} {r.stderr}")
        check("\33" not in r.stdout, f"{name}: colours where there is no terminal")
        r = run(WEIRCTL, *name.split(), "--json", "--device", DEVICE.url)
        if name == "events":
            check(r.returncode == 0 and not r.stdout, f"{name} --json: {r.stdout}")
            continue
        if name == "top":
            o = json.loads(r.stdout)
            check(o["weirctl"] == 1 and o["command"] == "top" and set(o["frames_per_s"]) >= {"offered", "dropped"}, f"{name} --json: {r.stdout}")
            continue
        o = is_object(r.stdout, name, 0)
        check(o and r.returncode == 0 and o["device"] == DEVICE.url and not r.stderr, f"{name} --json: {r.returncode} {r.stdout}{r.stderr}")
    r = run(WEIRCTL, "list", "--json")
    check((r.returncode, is_object(r.stdout, "list", r.returncode) is not None) in ((0, True), (1, True)), f"list: {r.stdout}")
    check("boards" in r.stdout, "list")


def test_changes():
    """What a command sets, the next one shows; what show prints, set accepts."""
    def ctl(*args):
        r = run(WEIRCTL, *args, env={"WEIR_DEVICE": DEVICE.url})
        check(r.returncode == 0, f"{args}: {r.returncode} {r.stderr}")
        return r.stdout

    for mode in ("off", "learning", "dry_run", "prevention"):
        check(ctl("mode", mode).strip() == mode == ctl("mode").strip(), f"mode {mode}")
    check(ctl("bypass", "on") == "on\n" == ctl("bypass") and "everything passes" in ctl("status"), "bypass on")
    check(ctl("bypass", "off") == "off\n" == ctl("bypass") and "running" in ctl("status"), "bypass off")
    ctl("param", "set", "margin", "175")
    line = ctl("param", "get", "margin").split("#")[0].split()
    check(line == ["margin", "175"], f"param: {line}")
    ctl("param", "set", *line)
    o = json.loads(ctl("threshold", "set", "class.syn", "40", "300", "--json"))["series"][0]
    check((o["floor"]["window"], o["ceiling"]["window"]) == (40, 300), f"bounds: {o}")
    o = json.loads(ctl("threshold", "set", "class.syn", "2k/s", "--json"))["series"][0]
    check(o["floor"]["window"] == o["ceiling"]["window"] == 131, f"2k/s are 131 a window: {o}")
    # From the end of the firmware's period on, though nothing has been learned yet.
    check(until(10, lambda: json.loads(ctl("threshold", "get", "class.syn", "--json"))["series"][0]["threshold"]["window"] == 131), "it is in force")
    o = json.loads(ctl("threshold", "set", "address.bytes", "50M/s", "--json"))["series"][0]
    check(o["ceiling"]["window"] == 51200 and o["unit"] == "bytes/s", f"50 MB/s are 51,200 x 64 bytes a window: {o}")
    name, value = ctl("threshold", "get", "class.syn").split("#")[0].split()
    check(ctl("threshold", "set", name, value).split()[:2][0] == "class.syn", "what get prints, set takes")
    # Learning has been frozen before (test_commands): what was fixed stays until it goes on.
    ctl("learn", "freeze", "off")
    ctl("threshold", "set", "class.syn", "auto")
    ctl("threshold", "set", "address.bytes", "auto")

    def free():
        series = json.loads(ctl("threshold", "get", "class.syn", "--json"))["series"][0]
        return series["threshold"]["window"] == 328 or series["learned"]   # after a minute it has learned

    check(until(10, free), "and no more")
    o = json.loads(ctl("threshold", "get", "class.syn", "--json"))["series"][0]
    check(o["floor"]["window"] != o["ceiling"]["window"] and o["ceiling"]["window"] == 328, f"auto: {o}")
    check("frozen" in ctl("learn", "freeze") and "goes on" in ctl("learn", "freeze", "off"), "freeze")
    ctl("learn", "export", "state.learned")
    check("24 series" in ctl("learn", "import", "state.learned"), "import of what was exported")
    with open("state.learned", "rb") as f:
        data = f.read()
    check(data[:4] == b"NRLW" or data[:4] == b"WLRN", f"words, least significant octet first: {data[:4]}")
    r = subprocess.run([WEIRCTL, "-d", DEVICE.url, "learn", "export", "-"], capture_output=True, env=ENV, check=False)
    check(r.returncode == 0 and r.stdout[:4] == data[:4] and not r.stderr, "export to standard output")
    check("forgotten" in ctl("learn", "forget"), "forget")


def test_refused():
    """What the appliance refuses, and files that make no sense: nothing is half done, and the line says why."""
    def ctl(status, *args):
        r = run(WEIRCTL, "-d", DEVICE.url, *args)
        check(r.returncode == status and one_line(r.stderr, args[-1] if args[-1] != "5" else ""), f"{args}: {r.returncode} {r.stderr}")
        r = run(WEIRCTL, "-d", DEVICE.url, "--json", *args)
        o = is_object(r.stdout, " ".join(args[:2]), status)
        check(o and o["error"]["number"] < 0 and o["error"]["name"] and o["error"]["text"], f"{args}: {r.stdout}")

    ctl(FAILED, "threshold", "get", "class.frogs")
    ctl(FAILED, "param", "get", "frogs")
    good = run(WEIRCTL, "-d", DEVICE.url, "learn", "export", "good.learned")
    check(good.returncode == 0, "export")
    with open("good.learned", "rb") as f:
        data = bytearray(f.read())
    for name, bad in (("empty", b""), ("odd", data[:-1]), ("short", data[:-4]), ("noise", os.urandom(400)), ("huge", bytes(5000)),
                      ("flip", data[:40] + bytes([data[40] ^ 1]) + data[41:]), ("text", b"hello, world")):
        ctl(FAILED, "learn", "import", write(name + ".learned", bytes(bad)))
    ctl(FAILED, "learn", "import", "missing.learned")
    ctl(FAILED, "learn", "import", ".")
    ctl(FAILED, "learn", "export", "no/such/folder")
    check(not [n for n in os.listdir(".") if n.startswith("good.learned.")], "no file of a half-done export is left")


def frame(payload):
    """A frame of the host link (docs/link.md)."""
    data = payload + struct.pack("<I", zlib.crc32(payload))
    return b"\x7e" + b"".join(bytes([0x7D, b ^ 0x20]) if b in (0x7D, 0x7E) else bytes([b]) for b in data) + b"\x7e"


def test_devices():
    """Exit status 3 without an appliance or permission, 4 for another version."""
    for url, status, *parts in [
            ("sim:/nowhere/at/all", NO_DEVICE, "/nowhere/at/all"), ("frog:1", NO_DEVICE, "frog"), ("", NO_DEVICE), ("tty:/dev/null", NO_DEVICE),
            ("replay:/nowhere", NO_DEVICE, "/nowhere"), ("usb:no-such-serial", NO_DEVICE, "usb:no-such-serial")]:
        r = run(WEIRCTL, f"--device={url}", "status")
        check(r.returncode == status and one_line(r.stderr, *parts), f"{url}: {r.returncode} {r.stderr}")
        r = run(WEIRCTL, f"--device={url}", "status", "--json")
        o = is_object(r.stdout, "status", status)
        check(o and o["error"]["number"] < 0, f"{url} --json: {r.stdout}")
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind("closed.sock")
    listener.close()
    r = run(WEIRCTL, "--device=sim:closed.sock", "status")
    check(r.returncode == NO_DEVICE, f"a socket that nobody serves: {r.returncode} {r.stderr}")
    # A conversation as it was, played again; and one with a version that does not exist yet.
    r = run(WEIRCTL, "-d", DEVICE.url, "--record=mode.rec", "mode")
    check(r.returncode == 0 and read("mode.rec").startswith("weir-replay 1\n"), f"--record: {r.stderr}")
    again = run(WEIRCTL, "--device=replay:mode.rec", "mode")
    check(again.returncode == 0 and again.stdout == r.stdout, f"replay: {again.stderr}")
    other = run(WEIRCTL, "--device=replay:mode.rec", "counters")
    check(other.returncode == FAILED and one_line(other.stderr), f"replay of something else: {other.returncode} {other.stderr}")
    lines = read("mode.rec").split("\n")
    at = next(i for i, line in enumerate(lines) if line.startswith("< "))
    octets = bytes.fromhex(lines[at][2:].replace(" ", ""))
    body = re.sub(rb"\x7d(.)", lambda m: bytes([m[1][0] ^ 0x20]), octets.strip(b"\x7e"), flags=re.S)[:-4]
    for name, change, status in (("protocol", (3, 9), REFUSED), ("identity", (5, 0), NO_DEVICE)):
        bad = bytearray(body)
        bad[change[0]] = change[1]
        write("bad.rec", "\n".join(lines[:at] + ["< " + frame(bytes(bad)).hex()] + lines[at + 1:]))
        r = run(WEIRCTL, "--device=replay:bad.rec", "mode")
        check(r.returncode == status and one_line(r.stderr), f"another {name}: {r.returncode} {r.stderr}")
    for text in ("", "weir-replay 1", "weir-replay 2\n", "weir-replay 1\n> zz\n", "weir-replay 1\n? 00\n", "\0\0\0"):
        r = run(WEIRCTL, "--device=replay:" + write("odd.rec", text), "status")
        check(r.returncode in (FAILED, NO_DEVICE, REFUSED) and one_line(r.stderr), f"replay of {text!r}: {r.returncode} {r.stderr}")


def test_faults():
    """Each error of the library and its exit status, by the site that fails as it is told to."""
    write("r.yaml", "list:\n- {action: block, from: 203.0.113.0/24}\n")
    for fault, args, status in [
            ("open=-13", ["rules", "show"], NO_DEVICE), ("open=-1010", ["rules", "show"], FAILED), ("rules=-1006", ["rules", "show"], REFUSED),
            ("rules=-1007", ["rules", "diff", "r.yaml"], REFUSED), ("apply=-1008", ["rules", "load", "r.yaml"], REFUSED),
            ("apply=-1010", ["rules", "load", "r.yaml"], FAILED), ("apply=-1009", ["rules", "load", "r.yaml"], PARTLY),
            ("apply=-19", ["rules", "load", "r.yaml"], NO_DEVICE), ("apply=-110", ["rules", "load", "r.yaml"], FAILED),
            ("policy=-1009", ["policy", "load", "r.yaml"], PARTLY), ("policy=-1004", ["policy", "load", "r.yaml"], REFUSED),
            ("saved=-1006", ["policy", "save"], REFUSED), ("save=-28", ["snapshot", "save", "snap"], FAILED),
            ("restore=-1009", ["snapshot", "restore", "r.yaml"], PARTLY), ("lookup=-1007", ["sources", "1.2.3.4"], REFUSED),
            ("delete=-1006", ["legit", "del", "1.2.3.4"], REFUSED), ("rows=-71", ["connections"], FAILED), ("check=-1010", ["policy", "check", "r.yaml"], FAILED),
            ("none=0", ["legit", "del", "1.2.3.9"], FAILED)]:
        env = {"WEIR_DEVICE": DEVICE.url, "WEIR_FAKE": fault}
        r = run(FAKE, "--site=fault-site", *args, env=env)
        check(r.returncode == status and one_line(r.stderr), f"{fault} {args}: {r.returncode} {r.stderr}")
        r = run(FAKE, "--site=fault-site", "--json", *args, env=env)
        name = " ".join(args[:2]) if " ".join(args[:2]) in rows() else args[0]
        o = is_object(r.stdout, name, status)
        check(o and o["error"]["detail"], f"{fault} {args}: {r.stdout}")


def overheard(command):
    """Octets that a command of a shell sends to the appliance: URL stands for a line to it that is listened to."""
    sent, listener = bytearray(), socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind("overheard.sock")
    listener.listen(1)
    p = subprocess.Popen(["bash", "-c", command.replace("URL", "sim:overheard.sock")], env=ENV, stderr=subprocess.DEVNULL)
    host, device = listener.accept()[0], socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    device.connect(DEVICE.socket)
    while True:
        ready = select.select([host, device], [], [], 30)[0]
        data = b"".join((s.recv(65536) for s in ready[:1]))
        if not data:
            break
        if ready[0] is host:
            sent += data
        (device if ready[0] is host else host).sendall(data)
    for s in (host, device, listener):
        s.close()
    os.unlink("overheard.sock")
    p.wait(30)
    return bytes(sent)


def test_output():
    """Standard output that cannot be written to is a failure, and never the appliance's link."""
    for args in (["status"], ["--help"], ["--manual"], ["counters", "--all"], ["--json", "status"], ["top", "--json"], ["meters"]):
        command = " ".join([WEIRCTL, "-d", DEVICE.url, *args] if args[0][:2] != "--" or len(args) > 1 else [WEIRCTL, *args])
        for what, shell in (("closed", f"{command} >&-"), ("full", f"{command} >/dev/full"),
                            ("all closed", f"{command} <&- >&- 2>&-"), ("no reader", f"({command}; echo $? >status) | true; exit $(cat status)")):
            if what == "no reader":
                # The reader has gone before anything is written.
                shell = f"(sleep 0.2; {command}; echo $? >status) | true; sleep 0.1; exit $(cat status)"
            r = subprocess.run(["bash", "-c", shell], capture_output=True, text=True, env=ENV, check=False, timeout=60)
            check(r.returncode == FAILED, f"{args} with standard output {what}: {r.returncode} {r.stderr}")
            check(what == "all closed" or "standard output" in r.stderr, f"{args} {what}: {r.stderr}")
    for closed in ("", "<&-", ">&-", "2>&-", "<&- >&- 2>&-"):
        octets = overheard(f"{WEIRCTL} -d URL counters --all {closed or '>/dev/null'}")
        check(len(octets) > 100 and b"frame" not in octets, f"with {closed or 'all'} nothing but requests goes to the appliance")
    r = run(WEIRCTL, "-d", DEVICE.url, "selftest")
    check(r.returncode == 0, f"the appliance is as well as before: {r.stdout}")


def test_names():
    """Names that are no UTF-8, and texts that are cut within a character, are told in JSON all the same."""
    odd, shown = b"\xff\xc3(\xf0\x9f\x98.yaml", "\\xff\\xc3(\\xf0\\x9f\\x98.yaml"
    for name, expected in ((odd, shown), ("\u00fc\u20ac\U0001f600.yaml".encode(), "\u00fc\u20ac\U0001f600.yaml"), (b"\\xff.yaml", "\\xff.yaml")):
        r = run(WEIRCTL, "--json", "policy", "check", name, errors="surrogateescape")
        o = is_object(r.stdout, "policy check", FAILED)
        check(o and o["file"] == expected and o["error"]["name"] == "noent" and one_line(r.stderr, os.fsdecode(name)), f"{name}: {r.stdout}{r.stderr}")
        write(name, "weir_policy: 1\n")
        o = is_object(run(WEIRCTL, "--json", "policy", "check", name).stdout, "policy check", DONE)
        check(o and o["file"] == expected, f"{name}: {o}")
    r = run(WEIRCTL, "--json", "-d", b"sim:" + odd, "status", errors="surrogateescape")
    o = is_object(r.stdout, "status", NO_DEVICE)
    check(o and shown in o["error"]["detail"], f"a device: {r.stdout}{r.stderr}")
    for name in ("\u00fc" * 700, "x" + "\u00fc" * 700, "\U0001f600" * 400):
        r = run(WEIRCTL, "--json", "policy", "check", name, errors="surrogateescape")
        o = is_object(r.stdout, "policy check", FAILED)
        check(o and o["file"] == name and name[:50] in o["error"]["detail"], f"a long name: {r.stdout[:200]}{r.stderr[:200]}")


def test_tables():
    """Pages of tables and what an address is looked up for, over the site of the tests."""
    env = {"WEIR_DEVICE": DEVICE.url}
    r = run(FAKE, "connections", "--json", env=env)
    o = is_object(r.stdout, "connections", 0)
    check(o and len(o["rows"]) == 70 and not o["more"] and [x["place"] for x in o["rows"]] == list(range(70)), f"two pages: {r.stdout[:200]}")
    o = is_object(run(FAKE, "connections", "--json", "--limit=65", env=env).stdout, "connections", 0)
    check(o and len(o["rows"]) == 65 and o["more"], "--limit")
    check("established" in run(FAKE, "connections", env=env).stdout, "connections as text")
    check(len(is_object(run(FAKE, "legit", "show", "--json", env=env).stdout, "legit show", 0)["rows"]) == 70, "legit")
    o = is_object(run(FAKE, "--site=t", "sources", "1.2.3.4", "--json", env=env).stdout, "sources", 0)
    check(o and o["tables"]["source"]["score"] == 77 and o["tables"]["remote"]["tripped"], f"sources ADDRESS: {o}")
    o = is_object(run(FAKE, "--site=t", "sources", "1.2.3.9", "--json", env=env).stdout, "sources", 0)
    check(o and o["tables"] == {"remote": None, "source": None, "legit": None, "proven": None}, f"an address that nobody knows: {o}")
    check("yes" in run(FAKE, "--site=t", "legit", "show", "1.2.3.4", env=env).stdout, "legit show ADDRESS")
    check(run(FAKE, "--site=t", "legit", "del", "2001:db8::1", env=env).returncode == 0, "legit del")


with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    DEVICE = Sim(SIM, "sim.sock")
    try:
        for test in (test_usage, test_texts, test_completion, test_commands, test_changes, test_refused, test_devices, test_faults, test_names, test_tables,
                     test_output):
            test()
        check(DEVICE.stop() == 0, "weir-sim ends well")
    finally:
        DEVICE.stop()
        os.chdir("/")
finish("weirctl")
