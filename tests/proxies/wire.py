"""Requests as bytes, which no client library would send; and their answers, one by one."""

import re
import socket
import ssl
from dataclasses import dataclass

HOST = "names.example.com"
TIMEOUT = 15
LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")


@dataclass(frozen=True, slots=True)
class Reply:
    status: int  # 0: the line was closed without an answer
    head: str
    body: str

    def header(self, name: str) -> str:
        found = re.search(rf"(?im)^{re.escape(name)}: *(.*)\r?$", self.head)
        return found[1].strip() if found else ""


def connect(port: int, *protocols: str) -> ssl.SSLSocket:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if protocols:
        context.set_alpn_protocols(list(protocols))
    plain = socket.create_connection(("127.0.0.1", port), TIMEOUT)
    return context.wrap_socket(plain, server_hostname=HOST)


def request(path: str = "/", *lines: str, method: str = "GET") -> bytes:
    """One honest request, with these header lines added as they are."""
    head = [f"{method} {path} HTTP/1.1", f"Host: {HOST}", "Accept: text/html", *lines, "", ""]
    return "\r\n".join(head).encode("utf-8", "surrogateescape")


def send(port: int, sent: bytes) -> list[Reply]:
    """All answers to these bytes until the other side closes, or has nothing more to say."""
    with connect(port) as line:
        line.sendall(sent)
        line.settimeout(TIMEOUT if b"Connection: close" in sent else 2)
        heard = b""
        try:
            while piece := line.recv(65536):
                heard += piece
        except (TimeoutError, ConnectionResetError, ssl.SSLError):
            pass
    return replies(heard)


def ask(port: int, path: str = "/", *lines: str, method: str = "GET") -> Reply:
    found = send(port, request(path, *lines, "Connection: close", method=method))
    return found[0] if found else Reply(0, "", "")


def replies(heard: bytes) -> list[Reply]:
    found = []
    while heard.startswith(b"HTTP/"):
        head, _, rest = heard.partition(b"\r\n\r\n")
        length = LENGTH.search(head)
        if length:
            body, heard = rest[: int(length[1])], rest[int(length[1]) :]
        elif b"chunked" in head.lower():
            body, _, heard = rest.partition(b"\r\n0\r\n\r\n")
        else:
            body, heard = (rest, b"") if not rest.startswith(b"HTTP/") else (b"", rest)
        found.append(Reply(int(head.split(b" ", 2)[1]), head.decode("latin-1"), body.decode("utf-8", "replace")))
    return found


# HTTP/2, as little of it as carries one request whose fields no library would send.

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RESET, SETTINGS, GOAWAY = 0, 1, 3, 4, 7  # kinds of frames
LAST, WHOLE = 1, 5  # flags: of the last frame of a stream, and of a request in one frame


def frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


def field(name: str, value: str) -> bytes:
    """A literal field, neither indexed nor compressed; each part shorter than 127 bytes."""
    return b"\x00" + b"".join(bytes([len(part)]) + part for part in (name.encode(), value.encode()))


def send_h2(port: int, path: str, *fields: tuple[str, str]) -> None:
    """One GET with these fields; what came of it stands in the log of whoever got it."""
    pseudo = [(":method", "GET"), (":scheme", "https"), (":authority", HOST), (":path", path)]
    block = b"".join(field(name, value) for name, value in (*pseudo, *fields))
    with connect(port, "h2") as line:
        assert line.selected_alpn_protocol() == "h2"
        line.sendall(PREFACE + frame(SETTINGS, 0, 0, b"") + frame(HEADERS, WHOLE, 1, block))
        line.settimeout(TIMEOUT)
        heard = b""
        try:
            while not ended(heard) and (piece := line.recv(65536)):
                heard += piece
        except (TimeoutError, ConnectionResetError, ssl.SSLError):
            pass


def ended(heard: bytes) -> bool:
    """Whether the one request was answered whole, or refused."""
    while len(heard) >= 9:
        size, kind, flags, stream = (
            int.from_bytes(heard[:3], "big"),
            heard[3],
            heard[4],
            int.from_bytes(heard[5:9], "big"),
        )
        if kind in {RESET, GOAWAY} or (stream == 1 and kind in {DATA, HEADERS} and flags & LAST):
            return True
        heard = heard[9 + size :]
    return False
