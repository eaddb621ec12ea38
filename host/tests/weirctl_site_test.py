#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""weirctl_site_test.py WEIRCTL WEIR_SIM POLICIES: policies, rules, tables and snapshots of a simulated appliance, with a real site."""
import os
import signal
import subprocess
import sys
import tempfile
import time

from weirctl_common import DONE, ENV, FAILED, REFUSED, Sim, Traffic, check, finish, is_object, one_line, read, run, until, write

WEIRCTL, SIM, POLICIES = map(os.path.abspath, sys.argv[1:4])
POLICY = "weir_policy: 1\nprotected: [192.0.2.0/24]\nmeters:\n  class:\n    udp_reflect: {packets_per_s: 2k}\n"
RULE = "{action: block, from: 203.0.113.7}"


def ctl(*args, site="site", **more):
    """weirctl with a site."""
    return run(WEIRCTL, "-d", LIVE.url, "--site", site, *args, **more)


def rules():
    """Objects of the rules in force."""
    o = is_object(ctl("rules", "show", "--json").stdout, "rules show", 0)
    return o["rules"] if o else None


def test_nothing():
    """Before anything has been loaded from a site."""
    for args in (["rules", "show"], ["rules", "add", RULE], ["policy", "save"], ["sources", "1.2.3.4"], ["legit", "del", "1.2.3.4"], ["snapshot", "save", "x"]):
        r = ctl(*args)
        check(r.returncode == REFUSED and one_line(r.stderr, "policy"), f"{args} without a policy: {r.returncode} {r.stderr}")
    check(not os.path.exists("x"), "no snapshot of nothing")


def test_policy():
    """Check, load, save; what makes no sense changes nothing."""
    write("p.yaml", POLICY)
    r = ctl("policy", "load", "p.yaml")
    check(r.returncode == DONE, f"load: {r.stderr}")
    r = ctl("policy", "save")
    check(r.returncode == DONE and r.stdout == POLICY, f"save: {r.stdout}")
    check(ctl("policy", "save", "q.yaml").returncode == DONE and read("q.yaml") == POLICY, "save to a file, which load accepts")
    check(ctl("policy", "load", "q.yaml").returncode == DONE, "and it does")
    for name in os.listdir(POLICIES):
        r = run(WEIRCTL, "policy", "check", os.path.join(POLICIES, name))
        check(r.returncode == DONE and not r.stderr, f"{name}: {r.stderr}")
    for name, data in (("empty", ""), ("version", "weir_policy: 2\n"), ("name", "weir_policy: 1\nfrogs: 3\n"), ("range", POLICY.replace("2k", "99G")),
                       ("octets", os.urandom(500)), ("NUL", POLICY.encode() + b"\0"), ("big", POLICY.encode() + b"#" * (1 << 20)), ("tabs", "\tx"), ("deep", "{" * 5000)):
        write("bad.yaml", data)
        for command, where in (("check", []), ("load", ["-d", LIVE.url, "--site", "site"])):
            r = run(WEIRCTL, *where, "policy", command, "bad.yaml")
            check(r.returncode == FAILED and one_line(r.stderr, "bad.yaml"), f"{command} {name}: {r.returncode} {r.stderr}")
            r = run(WEIRCTL, *where, "policy", command, "bad.yaml", "--json")
            o = is_object(r.stdout, f"policy {command}", FAILED)
            check(o and o["error"]["detail"], f"{command} {name} --json: {r.stdout}")
        check(ctl("policy", "save").stdout == POLICY, f"{name}: the policy is what it was")
    for file in ("missing.yaml", "."):
        check(ctl("policy", "load", file).returncode == FAILED and run(WEIRCTL, "policy", "check", file).returncode == FAILED, file)


def test_rules():
    """A rule acts on packets, its hits are counted, and what show prints, load accepts."""
    TRAFFIC.flood = True
    r = ctl("rules", "add", "block", "from", "203.0.113.7", "originator", "noc-17")
    check(r.returncode == DONE and "1 rule in force" in r.stdout, f"add: {r.stderr}")
    check(until(20, lambda: rules()[0]["hits"] > 500), f"it is hit: {rules()}")
    check("rule_block" in run(WEIRCTL, "-d", LIVE.url, "counters", "reason").stdout, "and blocks")
    why = is_object(run(WEIRCTL, "-d", LIVE.url, "why", "203.0.113.7", "--json").stdout, "why", 0)
    check(why and any(w["reason"] == "rule_block" and w["rule"] is not None for w in why["why"]), f"why: {why}")
    shown = ctl("rules", "show").stdout
    check("hits" in shown and "originator: noc-17" in shown, shown)
    hits = rules()[0]["hits"]
    r = ctl("rules", "load", write("shown.yaml", shown))
    check(r.returncode == DONE and rules()[0]["hits"] >= hits, f"what show prints, load accepts, and the hits go on: {r.stderr}")
    check(ctl("rules", "diff", "shown.yaml").returncode == DONE, "no difference")
    # Other words for the same are no difference, and found when they are deleted.
    write("same.yaml", "weir_policy: 1\nrules: {list: [{from: 203.0.113.7/32, originator: \"noc-17\", action: block}]}\n")
    r = ctl("rules", "diff", "same.yaml")
    check(r.returncode == DONE and not r.stdout, f"other words: {r.stdout}{r.stderr}")
    r = ctl("rules", "del", "{from: 203.0.113.7/32, originator: 'noc-17', action: block}")
    check(r.returncode == DONE and rules() == [], f"del: {r.stderr}")
    r = ctl("rules", "add", "block", "from", "198.51.100.250", "expires", "1000")
    check(r.returncode == DONE and "0 rules in force" in r.stdout, f"one that is over: {r.stdout}{r.stderr}")
    check(all(x["expired"] for x in rules()), f"it is told as such: {rules()}")
    TRAFFIC.flood = False


def test_rules_refused():
    """What makes no sense, does not fit, or would need a new policy: the rules before go on."""
    write("good.yaml", f"weir_policy: 1\nrules:\n  list:\n  - {RULE}\n")
    check(ctl("rules", "load", "good.yaml").returncode == DONE, "load")
    many = "".join(f"  - {{action: block, from: 10.{i}.0.0/16}}\n" for i in range(33))
    for name, data, status in (
            ("unknown", "weir_policy: 1\nrules: {list: [{action: frog}]}\n", FAILED), ("no version", f"rules: {{list: [{RULE}]}}\n", FAILED),
            ("policy", POLICY, FAILED), ("twice", f"weir_policy: 1\nrules: {{list: [{RULE}, {RULE}]}}\n", FAILED), ("empty", "", FAILED),
            ("too many", "weir_policy: 1\nrules:\n  list:\n" + many, REFUSED), ("latin", b"weir_policy: 1\nrules: {list: []} # \xe4\n", FAILED),
            ("diversion", "weir_policy: 1\nrules: {divert_mac: 02-00-00-00-00-01, list: [{action: divert, to: 192.0.2.20, protocol: tcp, port: 80}]}\n", REFUSED)):
        r = ctl("rules", "load", write("bad.yaml", data))
        check(r.returncode == status and one_line(r.stderr, "bad.yaml"), f"{name}: {r.returncode} {r.stderr}")
        check([x["rule"] for x in rules()] == [RULE], f"{name}: the rules are what they were")
    r = ctl("rules", "add", "block", "frogs", "3")
    check(r.returncode == FAILED and one_line(r.stderr, "frogs"), f"a word that nobody knows: {r.stderr}")


def test_confirm():
    """Put back on the appliance itself."""
    write("new.yaml", "weir_policy: 1\nrules: {list: [{action: block, from: 192.0.2.99}]}\n")
    check(ctl("rules", "apply", "new.yaml", "--confirm=1").returncode == FAILED and [x["rule"] for x in rules()] == [RULE], "end of standard input")
    ours, theirs = os.pipe()
    p = subprocess.Popen([WEIRCTL, "-d", LIVE.url, "--site", "site", "rules", "apply", "new.yaml", "--confirm=60"], stdin=ours, stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE, text=True, env=ENV)
    until(10, lambda: "192.0.2.99" in read("site/site.json") if os.path.exists("site/site.json") else False)
    time.sleep(0.5)
    p.send_signal(signal.SIGTERM)
    _, err = p.communicate(timeout=30)
    check(p.returncode == FAILED and "interrupted" in err and [x["rule"] for x in rules()] == [RULE], f"a signal: {err}")
    os.close(ours)
    os.close(theirs)
    check(ctl("rules", "apply", "new.yaml", "--confirm=60", input="\n").returncode == DONE and rules()[0]["rule"] == "{action: block, from: 192.0.2.99}", "confirmed")


def test_tables():
    """Addresses are looked up with the keys of the site; somebody else has none."""
    o = is_object(ctl("sources", "198.51.100.1", "--json").stdout, "sources", 0)
    check(o and o["tables"]["remote"] and o["tables"]["remote"]["packets"] > 0 and o["tables"]["legit"] is None, f"a source: {o}")
    o = is_object(ctl("sources", "198.51.100.240", "--json").stdout, "sources", 0)
    check(o and o["tables"]["remote"] is None, f"one that was never there: {o}")
    r = ctl("legit", "del", "198.51.100.240")
    check(r.returncode == FAILED and one_line(r.stderr, "none of the legitimate"), f"legit del: {r.returncode} {r.stderr}")
    r = ctl("sources", "198.51.100.1", site="other")
    check(r.returncode == REFUSED and one_line(r.stderr), f"a site without keys: {r.returncode} {r.stderr}")


def test_snapshot():
    """A configuration goes to a file and comes back; damaged ones change nothing."""
    run(WEIRCTL, "-d", LIVE.url, "param", "set", "margin", "222")
    check(ctl("snapshot", "save", "snap").returncode == DONE, "save")
    check(os.stat("snap").st_mode & 0o777 == 0o600, "for its owner alone")
    before = [x["rule"] for x in rules()]
    ctl("rules", "load", "good.yaml")
    run(WEIRCTL, "-d", LIVE.url, "param", "set", "margin", "150")
    r = ctl("snapshot", "restore", "snap")
    check(r.returncode == DONE and [x["rule"] for x in rules()] == before, f"restore: {r.stderr}")
    check("222" in run(WEIRCTL, "-d", LIVE.url, "param", "get", "margin").stdout, "parameters, too")
    text = read("snap")
    for name, data in (("empty", ""), ("cut", text[:-20]), ("changed", text.replace("222", "223")), ("other", "{}"), ("octets", os.urandom(300))):
        r = ctl("snapshot", "restore", write("bad", data))
        check(r.returncode == FAILED and one_line(r.stderr) and [x["rule"] for x in rules()] == before, f"{name}: {r.returncode} {r.stderr}")


def test_changed():
    """Somebody else loads a policy: this site's is not in force any more. A change is not cut by a signal."""
    check(ctl("policy", "load", "p.yaml", site="other").returncode == DONE, "another site loads")
    for args in (["rules", "show"], ["rules", "load", "good.yaml"], ["sources", "198.51.100.1"]):
        r = ctl(*args)
        check(r.returncode == REFUSED and one_line(r.stderr), f"{args}: {r.returncode} {r.stderr}")
        o = is_object(ctl(*args, "--json").stdout, " ".join(args[:2]) if args[0] == "rules" else "sources", REFUSED)
        check(o and o["error"]["name"] == "changed", f"{args} --json: {o}")
    for _ in range(5):
        p = subprocess.Popen([WEIRCTL, "-d", LIVE.url, "--site", "site", "policy", "load", "p.yaml"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=ENV)
        time.sleep(0.02 * (_ + 1))
        p.send_signal(signal.SIGINT)
        err = p.communicate(timeout=60)[1]
        # Before the program holds signals back it may end by one; then nothing was begun.
        check(p.returncode == DONE or p.returncode == -signal.SIGINT and not err, f"a signal while a policy is loaded: {p.returncode} {err}")
    check(ctl("policy", "load", "p.yaml").returncode == DONE and rules() == [], "loaded again")


with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    LIVE = Sim(SIM, "live.sock", live=True)
    TRAFFIC = Traffic(LIVE)
    try:
        TRAFFIC.start()
        for test in (test_nothing, test_policy, test_rules, test_rules_refused, test_confirm, test_tables, test_snapshot, test_changed):
            test()
        check(LIVE.process.poll() is None, "weir-sim still runs: " + read("live.sock.log"))
    finally:
        TRAFFIC.stop()
        LIVE.stop()
        os.chdir("/")
finish("weirctl-site")
