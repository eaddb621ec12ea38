#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Write docs/vectors/link.txt: conversations on the host link as docs/link.md has them, with every octet on the wire.

Independent of the hardware and of the host's code: the FCS is zlib.crc32 (the CRC of RFC 1662 C.3, whose test is that it
gives 0xcbf43926 for "123456789"), stuffing and replies are plain Python, written from the text."""
import struct
import zlib

assert zlib.crc32(b"123456789") == 0xCBF43926

HEAD = """\
# SPDX-License-Identifier: Apache-2.0
# Conversations on the host link (docs/link.md), made by tb/link/link_vectors.py. One long conversation: state lasts from case
# to case. Octets and words as hexadecimal numbers, octets in their order, "-" is none.
#   case NAME            what follows is about
#   poke ADDRESS WORD    a register has this value now (others: 0)
#   call REQUEST ...     what the host wants: hello | read ADDRESS COUNT | write ADDRESS WORD... | fill ADDRESS COUNT WORD
#   send WIRE BODY       goes to the appliance; BODY: the frame without FCS; sent in the one shortest form
#   other WIRE BODY      goes to the appliance, sent otherwise, or (BODY "-") no frame at all
#   reply WIRE BODY      comes back
#   none                 nothing comes back
#   result STATUS WORD...  what the host learns from the reply (of hello: version, count, id, version, version)
#   peek ADDRESS WORD    a register has this value then
#   notice WIRE BODY WORD...  the firmware's 16 words, and what comes for them
#   counts BAD REPEATED  link_counts since the first case
"""
out = [HEAD.rstrip()]
mem = {}
state = {"last": None, "reply": None, "bad": 0, "repeated": 0, "seq": 0, "notice": 0}


def stuff(octets):
    wire = bytearray()
    for octet in octets:
        if octet in (0x7E, 0x7D):
            wire += bytes((0x7D, octet ^ 0x20))
        else:
            wire.append(octet)
    return bytes(wire)


def frame(body):
    return b"\x7e" + stuff(body + struct.pack("<I", zlib.crc32(body))) + b"\x7e"


def answer(body):
    """The reply to a request, and its effect, as docs/link.md says."""
    kind, seq, rest = body[0], body[1], body[2:]
    head = bytes((kind | 0x80, seq))
    if kind == 1:
        state["last"] = None
        if len(rest) != 1:
            return head + b"\x02"
        if rest[0] != 1:
            return head + b"\x01"
        return head + struct.pack("<BBBIII", 0, 1, 64, mem.get(0, 0), mem.get(4, 0), mem.get(0x10004, 0))
    if state["last"] == (kind, seq):
        state["repeated"] += 1
        return state["reply"]
    state["last"] = (kind, seq)
    state["reply"] = head + do(kind, rest)
    return state["reply"]


def do(kind, rest):
    if kind not in (2, 3, 4):
        return b"\x01"
    words = []
    if kind == 2:
        if len(rest) != 5:
            return b"\x02"
        address, count = struct.unpack("<IB", rest)
        most = 64
    elif kind == 3:
        if len(rest) < 8 or len(rest) % 4:
            return b"\x02"
        address, *words = struct.unpack(f"<{len(rest) // 4}I", rest)
        count, most = len(words), 64
    else:
        if len(rest) != 10:
            return b"\x02"
        address, count, word = struct.unpack("<IHI", rest)
        words, most = [word] * count, 8192
    if address % 4 or not 1 <= count <= most or address + 4 * (count - 1) >= 1 << 21:
        return b"\x02"
    if kind == 2:
        return b"\0" + b"".join(struct.pack("<I", mem.get(address + 4 * i, 0)) for i in range(count))
    for i, word in enumerate(words):
        mem[address + 4 * i] = word
    return b"\0"


def say(*words):
    out.append(" ".join(str(w) for w in words))


def case(name):
    say("case", name)


def poke(address, word):
    mem[address] = word
    say("poke", f"{address:x}", f"{word:x}")


def peek(*addresses):
    for address in addresses:
        say("peek", f"{address:x}", f"{mem.get(address, 0):x}")


def result(body):
    if body[0] == 0x81 and body[2] == 0:
        words = [body[3], body[4], *struct.unpack("<III", body[5:])]
    else:
        words = struct.unpack(f"<{(len(body) - 3) // 4}I", body[3:])
    say("result", body[2], *(f"{w:x}" for w in words))


def send(body, wire=None):
    """One frame and its reply; WIRE: not the shortest form."""
    say("other" if wire else "send", (wire or frame(body)).hex(), body.hex())
    if body[0] >> 6 or len(body) < 2:
        state["bad"] += 1
        say("none")
        return
    reply = answer(body)
    say("reply", frame(reply).hex(), reply.hex())
    result(reply)


def junk(wire, bad):
    say("other", wire.hex(), "-")
    say("none")
    state["bad"] += bad


def number():
    state["seq"] = (state["seq"] + 1) % 256
    return state["seq"]


def hello():
    say("call hello")
    send(bytes((1, number(), 1)))


def read(address, count, seq=None):
    say("call read", f"{address:x}", f"{count:x}")
    send(struct.pack("<BBIB", 2, number() if seq is None else seq, address, count))


def write(address, *words):
    say("call write", f"{address:x}", *(f"{w:x}" for w in words))
    send(struct.pack(f"<BBI{len(words)}I", 3, number(), address, *words))


def fill(address, count, word):
    say("call fill", f"{address:x}", f"{count:x}", f"{word:x}")
    send(struct.pack("<BBIHI", 4, number(), address, count, word))


def notice(words):
    body = struct.pack("<BB16I", 0x40, state["notice"] % 256, *words)
    state["notice"] += 1
    say("notice", frame(body).hex(), body.hex(), *(f"{w:x}" for w in words))


def counts():
    say("counts", f"{state['bad']:x}", f"{state['repeated']:x}")


def main():
    case("hello")
    poke(0, 0x57454952)
    poke(4, 0x00070003)
    poke(0x10004, 0x00010000)
    hello()
    case("hello again, another number")
    hello()
    case("hello with the same number: carried out all the same")
    poke(4, 0x00070004)
    state["seq"] -= 1
    hello()
    case("write, read")
    write(0x20, 0x12345678)
    peek(0x20, 0x24)
    read(0x20, 1)
    case("words with octets that must be escaped")
    write(0x100000, 0x7E7D7E7D, 0x5E5D7E20, 0x7D7D7D7D)
    read(0x100000, 4)
    case("a frame whose FCS has octets that must be escaped")
    found = 0
    for word in range(100000):
        body = struct.pack("<BBII", 3, state["seq"] + 1, 0x40, word)
        fcs = struct.pack("<I", zlib.crc32(body))
        if {0x7E, 0x7D} & set(fcs):
            write(0x40, word)
            found += 1
        if found == 3:
            break
    case("longest write and read")
    write(0x2000, *((0x01010101 * i) ^ 0x7E for i in range(64)))
    read(0x2000, 64)
    case("fill")
    fill(0x3000, 1, 0xDEADBEEF)
    fill(0x3004, 300, 0x7E)
    peek(0x3000, 0x3004, 0x3004 + 4 * 299, 0x3004 + 4 * 300)
    fill(0x18000, 8192, 0xA5A5A5A5)
    peek(0x18000, 0x1FFFC, 0x20000)
    case("the end of the address space")
    write(0x1FFFFC, 0xC0FFEE)
    read(0x1FFFFC, 1)
    read(0x1FFF00, 64)
    peek(0)
    case("beyond it: nothing is done")
    for address, n in ((0x1FFFFC, 2), (0x200000, 1), (0x1FFF04, 64), (0x80000000, 1), (0xFFFFFFFC, 1)):
        write(address, *range(1, n + 1))
        read(address, n)
    fill(0x1FFFF8, 3, 5)
    fill(0x1F8000, 8192, 6)
    fill(0x1F8004, 8192, 7)
    peek(0, 4, 0x1FFFFC, 0x1F8000)
    case("not a multiple of 4")
    for low in (1, 2, 3):
        write(0x50 + low, 9)
        read(0x50 + low, 1)
    peek(0x50)
    case("counts")
    for count in (0, 65, 255):
        read(0x2000, count)
    for count in (0, 8193, 0x4000, 0xFFFF):
        fill(0x2000, count, 1)
    send(struct.pack("<BBI", 3, number(), 0x2000))
    send(struct.pack("<BBI65I", 3, number(), 0x2000, *range(65)))
    peek(0x2000, 0x2004)
    case("lengths")
    for cut in (1, 2, 3):
        send(struct.pack("<BBII", 3, number(), 0x60, 1)[:-cut])
    send(struct.pack("<BBIIB", 3, number(), 0x60, 1, 1))
    send(struct.pack("<BBI", 2, number(), 0x60))
    send(struct.pack("<BBIH", 2, number(), 0x60, 1))
    send(struct.pack("<BBIHH", 4, number(), 0x60, 1, 1))
    send(struct.pack("<BBIHIB", 4, number(), 0x60, 1, 1, 1))
    send(bytes((2, number())))
    send(bytes((1, number())))
    send(bytes((1, number(), 1, 1)))
    peek(0x60)
    case("versions and types that are not known")
    send(bytes((1, number(), 2)))
    send(bytes((1, number(), 0)))
    for kind in (0, 5, 0x3F):
        send(struct.pack("<BBII", kind, number(), 0x60, 1))
    case("no requests: notices and replies that come back")
    for kind in (0x40, 0x41, 0x81, 0x83, 0xFF):
        send(struct.pack("<BBII", kind, number(), 0x60, 1))
    peek(0x60)
    counts()
    case("the same request again")
    write(0x70, 1)
    again = struct.pack("<BBII", 3, state["seq"], 0x70, 1)
    poke(0x70, 2)
    send(again)
    send(again)
    peek(0x70)
    send(struct.pack("<BBII", 3, state["seq"], 0x70, 5))
    peek(0x70)
    read(0x70, 1)
    poke(0x70, 3)
    read(0x70, 1, seq=state["seq"])
    read(0x70, 1)
    counts()
    case("another type with the same number")
    send(struct.pack("<BBII", 3, state["seq"], 0x70, 4))
    peek(0x70)
    read(0x70, 1, seq=state["seq"])
    case("a hello forgets the request before")
    poke(0x70, 8)
    send(bytes((1, state["seq"], 1)))
    read(0x70, 1, seq=state["seq"])
    case("one that was refused, again")
    read(0x71, 1)
    read(0x71, 1, seq=state["seq"])
    counts()
    case("any octet may be escaped")
    body = struct.pack("<BBII", 3, number(), 0x74, 0x11223344)
    whole = body + struct.pack("<I", zlib.crc32(body))
    send(body, b"\x7e" + b"".join(bytes((0x7D, o ^ 0x20)) for o in whole if o != 0x5E) + b"\x7e")
    case("empty frames, one flag between two frames")
    body = struct.pack("<BBII", 3, number(), 0x78, 1)
    send(body, b"\x7e\x7e\x7e" + frame(body)[1:])
    body = struct.pack("<BBIB", 2, number(), 0x78, 1)
    send(body, frame(body)[1:])
    case("aborted frames")
    body = struct.pack("<BBII", 3, number(), 0x7C, 0x1234)
    junk(frame(body)[:-1] + b"\x7d\x7e", 0)
    junk(b"\x7e\x01\x02\x03\x7d\x7e", 0)
    junk(b"\x7e\x7d\x7e", 0)
    peek(0x7C)
    counts()
    case("wrong FCS, every octet of a write in turn")
    body = struct.pack("<BBII", 3, number(), 0x7C, 0x1234)
    whole = body + struct.pack("<I", zlib.crc32(body))
    for i in range(len(whole)):
        wrong = bytearray(whole)
        wrong[i] ^= 1 << i % 8
        junk(b"\x7e" + stuff(wrong) + b"\x7e", 1)
    junk(b"\x7e" + stuff(whole[:-1]) + b"\x7e", 1)
    junk(b"\x7e" + stuff(whole + b"\0") + b"\x7e", 1)
    peek(0x7C)
    counts()
    case("short and long frames with a right FCS")
    junk(frame(b""), 1)
    junk(frame(b"\x02"), 1)
    longest = struct.pack("<BBI262x", 3, number(), 0x80)
    send(longest)
    junk(frame(longest + b"\0"), 1)
    junk(frame(longest + bytes(300)), 1)
    junk(b"\x7e" + stuff(longest + struct.pack("<I", zlib.crc32(longest)) + b"\x01") + b"\x7e", 1)
    counts()
    case("after all that")
    read(0x7C, 1)
    case("notices")
    notice(range(0x100, 0x110))
    notice([0x7E7D7E7D] * 16)
    read(0x78, 1)
    notice([0x10000 + i for i in range(16)])
    counts()
    print("\n".join(out))


main()
