"""A small reader of iCalendar files (RFC 5545): strict about what the RFC says of lines, text and components."""

import dataclasses
import re

MOST_OCTETS = 75
NAME = re.compile(r"[A-Za-z0-9-]+")
# A value of a parameter: quoted, or without quotes, colons, semicolons and commas (3.1, 3.2).
PARAMETER = re.compile(r';([A-Za-z0-9-]+)=("[^"]*"|[^";:,]*)')
ESCAPES = {"\\": "\\", ";": ";", ",": ",", "n": "\n", "N": "\n"}


class Malformed(Exception):
    """The file breaks a rule of the RFC."""


@dataclasses.dataclass
class Property:
    parameters: dict
    value: str

    @property
    def text(self):
        """The value as text (3.3.11)."""
        if re.search(r"(?<!\\)(?:\\\\)*[;,]", self.value):
            raise Malformed(f"a separator that is not escaped: {self.value}")
        if re.search(r"[\x00-\x08\x0a-\x1f\x7f]", self.value):
            raise Malformed(f"a control character: {self.value!r}")

        def unescape(match):
            if match.group(1) not in ESCAPES:
                raise Malformed(f"an unknown escape: {match.group()}")
            return ESCAPES[match.group(1)]

        return re.sub(r"\\(.?)", unescape, self.value, flags=re.DOTALL)


@dataclasses.dataclass
class Component:
    name: str
    properties: dict = dataclasses.field(default_factory=dict)
    parts: list = dataclasses.field(default_factory=list)

    def one(self, name):
        found = self.properties.get(name, [])
        if len(found) != 1:
            raise Malformed(f"{self.name} has {len(found)} times {name}")
        return found[0]


def unfold(data):
    """Content lines (3.1). CRLF ends a line, a space or tab goes on with it. At most 75 octets; no character cut apart."""
    if not data.endswith(b"\r\n"):
        raise Malformed("the last line does not end")
    lines = []
    for line in data[:-2].split(b"\r\n"):
        if b"\r" in line or b"\n" in line:
            raise Malformed(f"a bare CR or LF: {line!r}")
        if len(line) > MOST_OCTETS:
            raise Malformed(f"{len(line)} octets: {line!r}")
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError as error:
            raise Malformed(f"a character cut apart: {line!r}") from error
        if text[:1] in (" ", "\t"):
            lines[-1] += text[1:]
        elif text:
            lines.append(text)
        else:
            raise Malformed("an empty line")
    return lines


def split_line(line):
    """Name and property of a content line."""
    name = NAME.match(line)
    if not name:
        raise Malformed(f"no name: {line}")
    at, parameters = name.end(), {}
    while match := PARAMETER.match(line, at):
        parameters[match.group(1).upper()] = match.group(2).strip('"')
        at = match.end()
    if line[at : at + 1] != ":":
        raise Malformed(f"no value: {line}")
    return name.group().upper(), Property(parameters, line[at + 1 :])


def parse(content):
    """The calendar of a file."""
    root = Component("")
    stack = [root]
    for line in unfold(content.encode("utf-8")):
        name, value = split_line(line)
        if name == "BEGIN":
            stack.append(Component(value.value.upper()))
            stack[-2].parts.append(stack[-1])
        elif name == "END":
            if stack.pop().name != value.value.upper():
                raise Malformed(f"crossed: {line}")
        else:
            stack[-1].properties.setdefault(name, []).append(value)
    if len(stack) != 1 or [part.name for part in root.parts] != ["VCALENDAR"] or root.properties:
        raise Malformed("not one whole VCALENDAR")
    return root.parts[0]
