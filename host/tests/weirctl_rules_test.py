#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""weirctl_rules_test.py WEIRCTL_FAKE WEIR_SIM: rules edited, compared, applied and put back, over the site of the tests."""
import os
import signal
import subprocess
import sys
import tempfile
import time

from weirctl_common import DONE, ENV, FAILED, PARTLY, REFUSED, USAGE, Sim, check, finish, is_object, one_line, read, run, until, write

FAKE, SIM = map(os.path.abspath, sys.argv[1:3])
SITE = "site"


def ctl(*args, env=None, **more):
    """weirctl with the device and the site of this test."""
    return run(FAKE, "-d", DEVICE.url, "--site", SITE, *args, env=env, **more)


def in_force():
    """Rules in force, as the site has them."""
    try:
        return [line.strip()[2:] for line in read(SITE + "/rules").split("\n") if line.strip().startswith("- ")]
    except FileNotFoundError:
        return []


def begin(*rules):
    """A site with these rules."""
    os.makedirs(SITE, exist_ok=True)
    write(SITE + "/rules", "dry_run: false\nlist:\n" + "".join(f"- {rule}\n" for rule in rules))


A, B, C = ("{action: block, from: 203.0.113.0/24}", "{action: allow, from: \"2001:db8::/32\", to: \"2001:db8:1::1\"}",
           "{action: limit, to: 192.0.2.10, protocol: udp, port: 53, rate: {packets_per_s: 1k, burst_packets: 100}}")


def test_show():
    """What show prints, load accepts, and it is the same again."""
    begin(A, B, C)
    r = ctl("rules", "show")
    check(r.returncode == 0 and A + "   # 1: 100 hits" in r.stdout and "2: about 101 hits, until 2030" in r.stdout and "3: 102 hits" in r.stdout, r.stdout)
    write("shown.yaml", r.stdout)
    check(ctl("rules", "diff", "shown.yaml").returncode == DONE, "what show prints is what is in force")
    again = ctl("rules", "load", "shown.yaml")
    check(again.returncode == 0 and "3 rules in force" in again.stdout and ctl("rules", "show").stdout == r.stdout, "what show prints, load accepts")
    check(ctl("rules", "load", "-", input=r.stdout).returncode == 0, "from standard input")
    o = is_object(ctl("rules", "show", "--json").stdout, "rules show", 0)
    check(o and [x["rule"] for x in o["rules"]] == [A, B, C] and [x["hits"] for x in o["rules"]] == [100, 101, 102], f"show --json: {o}")
    write("p.yaml", "rules:\n  list:\n  - " + A + "\n")
    check(ctl("rules", "diff", "p.yaml").returncode == FAILED, "the section of a policy")
    write(SITE + "/rules", "rules:\n  list:\n  - " + A + "\n")
    check(ctl("rules", "show").stdout.startswith("rules:\n  list:\n  - {"), "as it was, with its section's name")
    write(SITE + "/rules", "")
    check(ctl("rules", "show").stdout == "list: []\n", "no rules")


def test_edit():
    """add and del."""
    begin(A)
    r = ctl("rules", "add", B)
    check(r.returncode == 0 and in_force() == [A, B], f"add a map: {in_force()}")
    r = ctl("rules", "add", "limit", "to", "192.0.2.10", "protocol", "udp", "port", "53", "packets_per_s", "1k", "burst_packets", "100")
    check(r.returncode == 0 and in_force() == [A, B, C], f"add words: {in_force()}")
    check("dry_run: false" in read(SITE + "/rules"), "the rest stays")
    before = time.time()
    r = ctl("rules", "add", "block", "from", "198.51.100.7", "expires", "2h", "originator", "a: \"b\", {c} # d", "--json")
    o = is_object(r.stdout, "rules add", 0)
    check(o and o["in_force"] == 4 and '"a: \\"b\\", {c} # d"' in o["added"], f"a text with everything: {o}")
    when = time.strptime(o["added"].split('expires: "')[1][:20], "%Y-%m-%dT%H:%M:%SZ")
    check(abs(__import__("calendar").timegm(when) - before - 7200) < 30, f"in two hours: {o['added']}")
    check(ctl("rules", "del", "4", "2").returncode == 0 and in_force() == [A, C], f"del by number: {in_force()}")
    # The words may stand in any spacing and quoting.
    r = ctl("rules", "del", "{action: 'block',   from: \"203.0.113.0/24\"}")
    check(r.returncode == 0 and in_force() == [C] and "deleted: " + A in r.stdout, f"del by words: {in_force()}")
    for args, status in ((["9"], FAILED), (["0"], USAGE), (["1", "x"], USAGE), (["{action: block}"], FAILED), (["1", "2"], FAILED)):
        r = ctl("rules", "del", *args)
        check(r.returncode == status and one_line(r.stderr) and in_force() == [C], f"del {args}: {r.returncode} {r.stderr}")
    r = ctl("rules", "add", A, env={"WEIR_FAKE": "apply=-1008"})
    check(r.returncode == REFUSED and in_force() == [C], "no room: nothing changes")
    check(ctl("rules", "del", "1").returncode == 0 and in_force() == [], "the last one")


def test_diff():
    """Rules that go and come, and their order."""
    begin(A, B, C)
    for rules, lines in (([A, B, C], []), ([A, C], ["- " + B]), ([A, B, C, A], ["+ " + A]), ([B, A, C], ["- " + A, "+ " + A]), ([], ["- " + A, "- " + B, "- " + C])):
        write("d.yaml", "dry_run: false\nlist:\n" + "".join(f"  - {r}\n" for r in rules))
        r = ctl("rules", "diff", "d.yaml")
        got = r.stdout.splitlines()
        check(r.returncode == (FAILED if lines else DONE) and sorted(got) == sorted(lines), f"{rules}: {got}")
    write("d.yaml", f"dry_run: true\nlist: [{A}, {B}, {C}]\n")
    r = ctl("rules", "diff", "d.yaml", "--json")
    o = is_object(r.stdout, "rules diff", FAILED)
    check(o and [(x["change"], x["text"]) for x in o["differences"]] == [("delete", "dry_run: false"), ("add", "dry_run: true")], f"{r.stdout}")
    # Two thousand rules take no time to speak of.
    begin(*[f"{{action: block, from: 10.0.{i // 256}.{i % 256}}}" for i in range(2000)])
    write("d.yaml", "dry_run: false\nlist:\n" + "".join(f"- {{action: block, from: 10.0.{i // 256}.{i % 256}}}\n" for i in range(1, 2001)))
    start = time.monotonic()
    r = ctl("rules", "diff", "d.yaml")
    check(len(r.stdout.splitlines()) == 2 and time.monotonic() - start < 10, f"2,000 rules: {r.stdout[:200]}")


def test_hostile():
    """Files that make no sense, too much sense, or none of the kind: a line, and nothing changes."""
    begin(A)
    laughs = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(f"{chr(97 + i)}: &{chr(97 + i)} [{','.join(['*' + chr(96 + i)] * 9)}]\n" for i in range(1, 12))
    deep = "list: " + "[" * 3000 + "]" * 3000
    for name, data in (("text", "hello"), ("sequence", "- 1\n- 2\n"), ("list", "list: 3\n"), ("rules", "rules: 3\n"), ("open", "list: [\n"), ("tab", "list:\n\t- x\n"),
                       ("laughs", laughs + "list: []\n"), ("circle", "list: &x\n- {a: *x}\n"), ("deep", deep), ("scalar rule", "list: [block]\n"),
                       ("long", "list:\n- {action: block, originator: " + "x" * 5000 + "}\n"), ("octets", os.urandom(300)), ("big", b"#" * (1 << 20) + b"#"),
                       ("anchor", "list:\n- *none\n"), ("many", "list:\n" + "- {a: b}\n" * 5000)):
        r = ctl("rules", "diff", write("bad.yaml", data))
        check(r.returncode == FAILED and one_line(r.stderr), f"diff {name}: {r.returncode} {r.stderr[:300]}")
    for name, data in (("wrong", "list:\n- {action: wrong}\n"), ("NUL", b"list: []\n\0"), ("big", b"#" * (1 << 20) + b"#")):
        r = ctl("rules", "load", write("bad.yaml", data))
        check(r.returncode == FAILED and one_line(r.stderr, "bad.yaml") and in_force() == [A], f"load {name}: {r.returncode} {r.stderr}")
    for file in ("missing.yaml", ".", "/dev/null/x"):
        check(ctl("rules", "load", file).returncode == FAILED and ctl("rules", "diff", file).returncode == FAILED, file)
    r = ctl("rules", "add", "block", "originator", "x" * 2000)
    check(r.returncode == USAGE and one_line(r.stderr) and in_force() == [A], f"a long rule: {r.stderr}")


def apply(answer, *args, seconds="20", env=None, number=None):
    """rules apply with an answer on standard input (None: it stays open and silent); a signal, when one is given."""
    ours, theirs = os.pipe()
    p = subprocess.Popen([FAKE, "-d", DEVICE.url, "--site", SITE, "rules", "apply", "new.yaml", "--confirm", seconds, *args], stdin=ours,
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(ENV, **(env or {})))
    os.close(ours)
    new = until(20, lambda: in_force() == [B, C] or p.poll() is not None) and in_force()
    if answer is not None:
        try:
            os.write(theirs, answer.encode())
        except BrokenPipeError:
            pass   # it has ended without asking
    if answer is not None:
        os.close(theirs)
    if number:
        time.sleep(0.3)
        p.send_signal(number)
    out, err = p.communicate(timeout=60)
    if answer is None:
        os.close(theirs)
    return p.returncode, out, err, new


def test_apply():
    """Confirmed, and everything that puts the rules before back."""
    write("new.yaml", f"list:\n- {B}\n- {C}\n")
    for answer in ("\n", "yes\n", "YES\n", "y\n"):
        begin(A)
        status, out, err, new = apply(answer)
        check(status == DONE and new == in_force() == [B, C] and "confirmed" in out, f"answer {answer!r}: {status} {out} {err}")
    for answer in ("no\n", "", "yes", "yess\n", "x" * 100, " \n"):
        begin(A)
        status, out, err, new = apply(answer)
        check(status == FAILED and new == [B, C] and in_force() == [A] and "in force again" in err, f"answer {answer!r}: {status} {err} {new}")
        check(("has ended" in err) == (answer in ("", "yes")), f"answer {answer!r}: why: {err}")
    begin(A)
    start = time.monotonic()
    status, out, err, new = apply(None, seconds="1")
    check(status == FAILED and new == [B, C] and in_force() == [A] and 0.9 < time.monotonic() - start < 10, f"time is over: {status} {err}")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        begin(A)
        status, out, err, new = apply(None, number=number)
        check(status == FAILED and new == [B, C] and in_force() == [A] and "interrupted" in err, f"{number}: {status} {err}")
    begin(A)
    status, out, err, new = apply("no\n", "--json")
    o = is_object(out, "rules apply", FAILED)
    check(o and not o["confirmed"] and o["reverted"] and o["in_force"] == 1, f"--json: {out}")
    begin(A)
    status, out, err, new = apply("yes\n", "--json")
    o = is_object(out, "rules apply", DONE)
    check(o and o["confirmed"] and o["in_force"] == 2, f"--json: {out}")
    # The first call puts the new ones in force, the second one fails.
    begin(A)
    status, out, err, new = apply("no\n", "--json", env={"WEIR_FAKE": "apply=-19@2"})
    o = is_object(out, "rules apply", PARTLY)
    check(status == PARTLY and "could not be put back" in err and o and not o["reverted"] and o["error"], f"no way back: {status} {err} {out}")
    begin(A)
    status, out, err, new = apply("yes\n", env={"WEIR_FAKE": "apply=-1010"})
    check(status == FAILED and in_force() == [A] and "Enter" not in err, f"refused at once: {status} {err}")
    begin(A)
    write("new.yaml", "list:\n- {action: wrong}\n")
    status, out, err, new = apply("yes\n")
    check(status == FAILED and in_force() == [A] and "new.yaml:2" in err, f"a bad file: {status} {err}")


with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    DEVICE = Sim(SIM, "sim.sock")
    try:
        for test in (test_show, test_edit, test_diff, test_hostile, test_apply):
            test()
    finally:
        DEVICE.stop()
        os.chdir("/")
finish("weirctl-rules")
