"""Files of weights with nothing in them, which still are what their names say."""

import json


def onnx(content: bytes = b"") -> bytes:
    """An ONNX model of an empty graph, whose producer's name is the content."""
    length, rest = [], len(content)
    while rest > 0x7F:
        length.append(rest & 0x7F | 0x80)
        rest >>= 7
    return b"\x3a\x00\x12" + bytes([*length, rest]) + content


def safetensors(content: bytes = b"") -> bytes:
    """Tensors of one: the content as bytes."""
    head = json.dumps({"a": {"dtype": "U8", "shape": [len(content)], "data_offsets": [0, len(content)]}})
    return len(head).to_bytes(8, "little") + head.encode() + content
