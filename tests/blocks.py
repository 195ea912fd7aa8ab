"""Blocks of metadata that tests make themselves: XMP packets, as in sidecars, and IPTC data sets."""

from pathlib import Path

_NAMESPACES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "exif": "http://ns.adobe.com/exif/1.0/",
    "tiff": "http://ns.adobe.com/tiff/1.0/",
    "lr": "http://ns.adobe.com/lightroom/1.0/",
    "digiKam": "http://www.digikam.org/ns/1.0/",
    "mwg-rs": "http://www.metadataworkinggroup.com/schemas/regions/",
    "stArea": "http://ns.adobe.com/xmp/sType/Area#",
}


def xmp(inside: str = "", **attributes: str) -> bytes:
    """A packet with `inside` as elements, and attributes named as `xmp_Rating="4"`."""
    spaces = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in _NAMESPACES.items())
    written = " ".join(f'{name.replace("_", ":", 1)}="{value}"' for name, value in attributes.items())
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF {spaces}>'
        f'<rdf:Description rdf:about="" {written}>{inside}</rdf:Description>'
        '</rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    ).encode()


def bag(name: str, *words: str, kind: str = "Bag") -> str:
    """A property that lists words."""
    listed = "".join(f"<rdf:li>{word}</rdf:li>" for word in words)
    return f"<{name}><rdf:{kind}>{listed}</rdf:{kind}></{name}>"


def title(words: str) -> str:
    """A title in the default language, after one in another."""
    return (
        '<dc:title><rdf:Alt><rdf:li xml:lang="fr-FR">Bonjour</rdf:li>'
        f'<rdf:li xml:lang="x-default">{words}</rdf:li></rdf:Alt></dc:title>'
    )


def sidecar(path: Path, inside: str = "", **attributes: str) -> Path:
    """Write a packet at `path`."""
    path.write_bytes(xmp(inside, **attributes))
    return path


def data_set(number: int, value: bytes, record: int = 2) -> bytes:
    """One data set of IPTC."""
    return bytes((0x1C, record, number)) + len(value).to_bytes(2) + value


def photoshop(iptc: bytes, digest: bytes = b"") -> bytes:
    """An APP13 segment with IPTC, and the digest that Photoshop noted of it."""
    body = b"Photoshop 3.0\x00" + _resource(0x0404, iptc) + (_resource(0x0425, digest) if digest else b"")
    return b"\xff\xed" + (len(body) + 2).to_bytes(2) + body


def with_segment(jpeg: bytes, segment: bytes) -> bytes:
    """A JPEG with one more segment at its beginning."""
    return jpeg[:2] + segment + jpeg[2:]


def _resource(number: int, value: bytes) -> bytes:
    padded = value + b"\x00" * (len(value) % 2)
    return b"8BIM" + number.to_bytes(2) + b"\x00\x00" + len(value).to_bytes(4) + padded
